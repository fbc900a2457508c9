"""The operators' back office for places: reading, and the few actions that need no page of their own."""
# ruff: noqa: ARG002 - the signatures are those of the packages we override

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin, TabularInline

from yuanba.kernel.authority import NOBODY, Power, Viewer
from yuanba.kernel.errors import DomainError
from yuanba.places.actions import give_door_code
from yuanba.places.models import Place, PlaceAlias, PlaceCode
from yuanba.places.queries import PLACE_FIELDS


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    return viewer


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
    """Places of the viewer's territory. Nothing is edited here: changes are actions that are journaled."""

    list_display = ("name", "kind", "code", "community", "door_code", "retired_on")
    list_filter = ("kind", "unmanaged")
    search_fields = ("name__startswith", "code__startswith", "door_code__iexact", "aliases__name__startswith")
    search_help_text = gettext_lazy("Beginning of a name or code, or a door code")
    list_select_related = ("community",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("path",)
    inlines = (Aliases, FormerCodes)
    fields = (
        "name", "kind", "code", "parent", "street", "community", "lon", "lat",
        "households_count", "unmanaged", "door_code", "retired_on", "replaced_by",
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
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

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
