"""What every list and form of the back office stands on: powers, actions in place of edits, choices to search."""
# ruff: noqa: ARG002 - the signatures are those of the packages we override

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import DomainError
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Holding, Organization, Person, Post
from yuanba.places.models import Place
from yuanba.places.queries import full_name

_APPOINTING = (Power.MANAGE_PEOPLE, Power.MANAGE_POSTS)
# Who may choose a row in a form, which takes less than reading its list.
_CHOOSING: dict[type[Model], tuple[Power, ...]] = {
    Person: _APPOINTING,
    Post: _APPOINTING,
    Place: (*_APPOINTING, Power.MANAGE_PLACES),
    Organization: (*_APPOINTING, Power.OPERATE),
}
_IN_USE: dict[type[Model], QuerySet[Any]] = {
    Person: Person.objects.filter(forgotten_at=None).prefetch_related("holdings__post__organization"),
    Post: Post.objects.filter(abolished_on=None).select_related("organization", "place"),
    Place: Place.objects.filter(retired_on=None),
    Organization: Organization.objects.filter(closed_on=None),
}


def label_of(row: Model) -> str:
    """How a row is called in lists, choices and messages: so that one can tell it from its like.

    A person is the masked name, the masked number and the posts held: enough to choose by, never the whole.
    """
    match row:
        case Person():
            called = row.masked_name or _("person %(number)d") % {"number": row.pk}
            return " · ".join(filter(None, (called, row.masked_phone, posts_of(row))))
        case Post():
            return f"{row.title} · {row.organization or row.place}"
        case Holding():
            return f"{label_of(row.post)} · {row.person.masked_name} {row.from_on}"
        case Place():
            return full_name(row)
        case _:
            return str(row)


def posts_of(person: Person) -> str:
    """The posts that a person holds, now or from a day to come; takes prefetched holdings."""
    today = timezone.localdate()
    held = (one.post for one in person.holdings.all() if one.to_on is None or one.to_on > today)
    return "、".join(
        f"{post.title}（{post.organization}）" if post.organization else post.title for post in held
    )


class Choices(AutocompleteJsonView):
    """What a form's search box offers: rows in use, to whoever may appoint or found."""

    def has_perm(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._everywhere() or bool(self.model_admin.has_view_permission(request))

    def _everywhere(self) -> bool:
        viewer = viewer_of(self.request)
        return any(viewer.scope(power).everywhere for power in _CHOOSING.get(self.model_admin.model, ()))

    def get_queryset(self) -> QuerySet[Any]:
        model = self.model_admin.model
        rows = _IN_USE[model] if self._everywhere() else self.model_admin.get_queryset(self.request)
        rows = rows.order_by(*(self.model_admin.get_ordering(self.request) or ("-pk",)))
        found, doubled = self.model_admin.get_search_results(self.request, rows, self.term)
        return found.distinct() if doubled else found

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        return {"id": str(obj.pk), "text": label_of(obj)}


class ByPower(ModelAdmin):  # type: ignore[misc]
    """Open to whoever has `power` in the whole district; forms go through their own actions.

    ``shown`` are the fields of a row that stands, ``corrected`` those of them that its form may still change.
    """

    power: Power = Power.MANAGE_PEOPLE
    shown: tuple[str, ...] = ()
    corrected: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    show_full_result_count = False

    def may(self, request: HttpRequest) -> bool:
        return viewer_of(request).scope(self.power).everywhere

    def may_correct(self, row: Any) -> bool:
        """Whether anything of this row can still be changed."""
        return bool(self.corrected)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is not None and self.may_correct(obj) and self.may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.shown if obj is not None and self.shown else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return tuple(name for name in self.get_fields(request, obj) if name not in self.corrected)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        # The form runs the action itself while it is checked, so that a refusal stands beside its field.
        return type(form.__name__, (form,), {"viewer": viewer_of(request)})

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any] | Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = label_of
        return field

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        if note := getattr(form, "note", ""):
            messages.warning(request, note)

    def run(self, request: HttpRequest, rows: QuerySet[Any], act: Callable[[Any], str | None]) -> None:
        """Apply an action to each chosen row and say what came of it."""
        if not self.may(request):
            raise PermissionDenied
        for row in rows:
            called = label_of(row)
            try:
                note = act(row)
            except DomainError as error:
                messages.error(request, f"{called}: {error.message}")
            else:
                said = note or _("done")
                messages.success(request, f"{called}: {said}")
