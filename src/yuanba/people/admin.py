"""The operators' back office for accounts, keys and the ground of people.

It writes through the same actions as everything else, so rows are added and acted on here, never edited.
Names and phone numbers of persons are not even read from the database.
"""
# ruff: noqa: ARG002 - the signatures are those of the packages we override

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import DomainError, Invalid, Missing
from yuanba.people import actions
from yuanba.people.backoffice import AccountForm, ApiKeyForm, HoldingForm, OrganizationForm, PostForm
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Account, ApiKey, Holding, Organization, Person, Post
from yuanba.people.queries import persons_with_phone
from yuanba.people.scopes import SAID
from yuanba.playbooks.queries import current_playbook

# The admin's own sign-in page knows no second factor: send everybody through ours.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ByPower(ModelAdmin):  # type: ignore[misc]
    """Open to whoever has `power` in the whole district; adding goes through the form's own action."""

    power: Power = Power.MANAGE_PEOPLE
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=gettext_lazy("Person's number"), ordering="person_id")
    def person_number(self, row: Any) -> int | None:
        """The key that forms here ask for; the name is not read."""
        number: int | None = row.person_id
        return number

    def _may(self, request: HttpRequest) -> bool:
        return viewer_of(request).scope(self.power).everywhere

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        # The form runs the action itself while it is checked, so that a refusal stands beside its field.
        return form if change else type(form.__name__, (form,), {"viewer": viewer_of(request)})

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        if note := getattr(form, "note", ""):
            messages.warning(request, note)

    def run(self, request: HttpRequest, rows: QuerySet[Any], act: Any) -> None:
        """Apply an action to each chosen row and say what came of it."""
        if not self._may(request):
            raise PermissionDenied
        for row in rows:
            try:
                note = act(row)
            except DomainError as error:
                messages.error(request, f"{row}: {error.message}")
            else:
                messages.success(request, f"{row}: {note or _('done')}")


@admin.register(Account)
class AccountAdmin(ByPower):
    form = AccountForm
    list_display = ("username", "person_number", "is_active", "is_staff", "last_login", "initial_until")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username",)
    raw_id_fields = ("person",)
    fields = ("username", "person", "is_staff")
    actions = ("disable", "enable", "new_password", "new_second_factor")

    @admin.action(description=gettext_lazy("Disable and end all sessions"))
    def disable(self, request: HttpRequest, rows: QuerySet[Account]) -> None:
        self.run(request, rows, lambda row: self._note(actions.disable_account(row.pk, **self._by(request))))

    @admin.action(description=gettext_lazy("Enable again"))
    def enable(self, request: HttpRequest, rows: QuerySet[Account]) -> None:
        self.run(request, rows, lambda row: self._note(actions.enable_account(row.pk, **self._by(request))))

    @admin.action(description=gettext_lazy("Make a one-time password"))
    def new_password(self, request: HttpRequest, rows: QuerySet[Account]) -> None:
        self.run(request, rows, lambda row: actions.reset_password(row.pk, **self._by(request))[1])

    @admin.action(description=gettext_lazy("Remove the second factor"))
    def new_second_factor(self, request: HttpRequest, rows: QuerySet[Account]) -> None:
        self.run(
            request, rows, lambda row: self._note(actions.reset_second_factor(row.pk, **self._by(request)))
        )

    @staticmethod
    def _by(request: HttpRequest) -> dict[str, Any]:
        return {"actor": viewer_of(request), "at": timezone.now()}

    @staticmethod
    def _note(_account: Account) -> str:
        return ""


@admin.register(Organization)
class OrganizationAdmin(ByPower):
    form = OrganizationForm
    list_display = ("name", "code", "kind", "place", "phone", "closed_on")
    list_filter = ("kind",)
    list_select_related = ("place",)
    search_fields = ("name", "short_name", "code")
    raw_id_fields = ("parent", "place")
    fields = ("code", "name", "short_name", "kind", "parent", "place", "phone")
    ordering = ("path",)
    actions = ("close",)

    @admin.action(description=gettext_lazy("Close from today"))
    def close(self, request: HttpRequest, rows: QuerySet[Organization]) -> None:
        def close(row: Organization) -> None:
            now = timezone.now()
            actions.close_organization(row.pk, on=timezone.localdate(now), actor=viewer_of(request), at=now)

        self.run(request, rows, close)


class PostKindFilter(admin.SimpleListFilter):
    """By kind of post, as the playbook in force calls them."""

    title = gettext_lazy("post kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        try:
            return [(kind.code, kind.name) for kind in current_playbook().playbook.posts]
        except Missing:
            return []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Post)
class PostAdmin(ByPower):
    power = Power.MANAGE_POSTS
    form = PostForm
    list_display = ("title", "kind_name", "organization", "place", "abolished_on")
    list_filter = (PostKindFilter,)
    list_select_related = ("organization", "place")
    search_fields = ("title",)
    raw_id_fields = ("organization", "place")
    fields = ("kind", "title", "organization", "place", "duty", "promise")
    actions = ("abolish",)

    @admin.display(description=gettext_lazy("post kind"), ordering="kind")
    def kind_name(self, row: Post) -> str:
        """As the playbook in force calls it; a kind that it no longer has keeps its code."""
        try:
            return current_playbook().playbook.post(row.kind).name
        except (Missing, KeyError):
            return row.kind

    @admin.action(description=gettext_lazy("Abolish from today"))
    def abolish(self, request: HttpRequest, rows: QuerySet[Post]) -> None:
        def abolish(row: Post) -> None:
            now = timezone.now()
            actions.abolish_post(row.pk, on=timezone.localdate(now), actor=viewer_of(request), at=now)

        self.run(request, rows, abolish)


@admin.register(Holding)
class HoldingAdmin(ByPower):
    power = Power.MANAGE_POSTS
    form = HoldingForm
    list_display = ("post", "person_number", "from_on", "to_on")
    list_select_related = ("post",)
    raw_id_fields = ("post", "person")
    fields = ("post", "person", "from_on")
    ordering = ("-from_on",)
    actions = ("end",)

    @admin.action(description=gettext_lazy("End today"))
    def end(self, request: HttpRequest, rows: QuerySet[Holding]) -> None:
        def end(row: Holding) -> None:
            now = timezone.now()
            actions.end_holding(row.post_id, on=timezone.localdate(now), actor=viewer_of(request), at=now)

        self.run(request, rows.filter(to_on=None), end)


@admin.register(ApiKey)
class ApiKeyAdmin(ByPower):
    power = Power.OPERATE
    form = ApiKeyForm
    list_display = (
        "label",
        "prefix",
        "scopes_said",
        "organization",
        "created_at",
        "last_used_on",
        "revoked_at",
    )
    list_select_related = ("organization",)
    search_fields = ("label", "prefix")
    raw_id_fields = ("organization",)
    fields = ("label", "scopes", "organization")
    actions = ("revoke",)

    @admin.display(description=gettext_lazy("scopes"))
    def scopes_said(self, row: ApiKey) -> str:
        return " · ".join(str(SAID.get(name, name)) for name in row.scopes)

    @admin.action(description=gettext_lazy("Revoke"))
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        def revoke(row: ApiKey) -> None:
            actions.revoke_api_key(row.pk, actor=viewer_of(request), at=timezone.now())

        self.run(request, rows, revoke)


@admin.register(Person)
class PersonAdmin(ByPower):
    """Dates only, for looking up a key in the forms above and for answering a wish to be forgotten. Persons are
    found by the telephone they gave, which is not shown.
    """

    # Nothing of theirs can be searched in the table; `get_search_results` finds by index.
    search_fields = ("pk",)
    search_help_text = gettext_lazy("The whole telephone number that was given, or a person's number")
    list_display = ("number", "language_name", "created_at", "retain_until", "forgotten_at")
    fields = ("language", "created_at", "retain_until", "forgotten_at")
    actions = ("forget",)

    @admin.display(description=gettext_lazy("Number"), ordering="pk")
    def number(self, row: Person) -> int:
        return row.pk

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def language_name(self, row: Person) -> str:
        return str(dict(settings.LANGUAGES).get(row.language, row.language))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        rows: QuerySet[Person] = super().get_queryset(request)
        return rows.defer("name", "phone", "email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        if not search_term.strip():
            return queryset, False
        try:
            found = {person.pk for person in persons_with_phone(viewer_of(request), search_term)}
        except Invalid:
            found = set()
        term = search_term.strip()
        if term.isascii() and term.isdigit() and len(term) < 11:
            found.add(int(term))
        return queryset.filter(pk__in=found), False

    @admin.action(description=gettext_lazy("Forget"))
    def forget(self, request: HttpRequest, rows: QuerySet[Person]) -> None:
        def forget(row: Person) -> None:
            actions.forget_person(row.pk, actor=viewer_of(request), at=timezone.now())

        self.run(request, rows, forget)
