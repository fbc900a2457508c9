"""The operators' back office for places: adding, naming, and the few actions that need no page of their own."""
# ruff: noqa: ARG002 - the signatures are those of the packages we override

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline

from yuanba.kernel.authority import NOBODY, Power, Viewer
from yuanba.kernel.errors import DomainError
from yuanba.places.actions import add_place, give_door_code, rename_place
from yuanba.places.models import Place, PlaceAlias, PlaceCode
from yuanba.places.queries import PLACE_FIELDS, full_name
from yuanba.web.action_form import ActionForm


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    return viewer


class PlaceForm(ActionForm):
    """A new place; of one that stands, the name can be corrected, and the old one goes on being understood."""

    def act(self, values: dict[str, Any]) -> Model:
        parent, kind, name = values["parent"], values["kind"], values["name"]
        return add_place(parent, kind, name, code=values["code"], **self.by())

    def correct(self, values: dict[str, Any]) -> Model:
        return rename_place(self.instance, values["name"], **self.by())

    class Meta:
        model = Place
        fields = ("parent", "kind", "name", "code")


class _Shown(TabularInline):  # type: ignore[misc]
    """Rows under a place, for reading."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Aliases(_Shown):
    model = PlaceAlias
    fields = ("name",)


class FormerCodes(_Shown):
    model = PlaceCode
    fields = ("code", "valid_from", "valid_to")


@admin.register(Place)
class PlaceAdmin(ModelAdmin):  # type: ignore[misc]
    """Places of the viewer's territory. Forms run actions, which are journaled; most changes come by import."""

    form = PlaceForm

    list_display = ("name", "kind", "code", "community", "door_code", "retired_on")
    list_filter = ("kind", "unmanaged")
    search_fields = ("name__startswith", "code__startswith", "door_code__iexact", "aliases__name__startswith")
    search_help_text = gettext_lazy("Beginning of a name or code, or a door code")
    list_select_related = ("community",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("path",)
    inlines = (Aliases, FormerCodes)
    autocomplete_fields = ("parent",)
    fields = ("parent", "kind", "name", "code")
    shown = (
        "name", "kind", "code", "parent", "street", "community", "lon", "lat",
        "households_count", "unmanaged", "door_code", "signs", "retired_on", "replaced_by",
    )  # fmt: skip
    actions = ("renew_door_codes",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Place]:
        reach = _viewer(request).scope(Power.MANAGE_PLACES).condition(PLACE_FIELDS)
        return Place.objects.filter(reach).order_by("path")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return not _viewer(request).scope(Power.MANAGE_PLACES).empty

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:
        return obj is not None and obj.retired_on is None and self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: Place | None) -> Any:
        return () if obj is None else self.inlines

    def get_fields(self, request: HttpRequest, obj: Place | None = None) -> Any:
        return self.fields if obj is None else self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: Place | None = None) -> Any:
        return () if obj is None else tuple(name for name in self.shown if name != "name")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"viewer": _viewer(request)})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = full_name
        return field

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """The form's action has stored the place."""

    @admin.display(description=gettext_lazy("door signs"))
    def signs(self, row: Place) -> SafeString:
        """The way to the sheet to print: this place's own door and all below it."""
        return format_html(
            '<a class="text-primary-600 underline" href="{}">{}</a>',
            reverse("places:doors", args=[row.pk]),
            _("Print the signs of this place and of all doors in it"),
        )

    @admin.action(description=gettext_lazy("Give new door codes (the old signs stop working)"))
    def renew_door_codes(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        given = 0
        for place in chosen:
            try:
                give_door_code(place, renew=True, actor=_viewer(request), at=timezone.now())
            except DomainError as refusal:
                self.message_user(request, f"{place}: {refusal.message}", messages.ERROR)
            else:
                given += 1
        if given:
            told = ngettext("%(count)d door has a new code.", "%(count)d doors have new codes.", given)
            self.message_user(
                request, told % {"count": given} + " " + _("Print their signs again."), messages.SUCCESS
            )
