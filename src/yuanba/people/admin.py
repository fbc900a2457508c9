"""The operators' back office for accounts, keys and the ground of people.

It writes through the same actions as everything else: each form runs one, so that all of it is in the journal.
Names and phone numbers of persons are shown masked.
"""
# ruff: noqa: ARG002 - the signatures are those of the packages we override

from typing import Any

from allauth.account.decorators import secure_admin_login
from axes.models import AccessLog
from django.conf import settings
from django.contrib import admin
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Power
from yuanba.kernel.errors import DomainError
from yuanba.people import actions
from yuanba.people.backoffice import (
    AccountForm,
    ApiKeyForm,
    HoldingForm,
    OrganizationForm,
    PersonForm,
    PostForm,
    post_kinds,
)
from yuanba.people.by_power import ByPower, Choices, label_of, posts_of
from yuanba.people.middleware import viewer_of
from yuanba.people.models import Account, ApiKey, Holding, Organization, Person, Post
from yuanba.people.queries import persons_with_phone
from yuanba.people.scopes import SAID

# The admin's own sign-in page knows no second factor: send everybody through ours.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Its search boxes call a row by its bare name and ask for the right to its list.
admin.site.autocomplete_view = Choices.as_view(admin_site=admin.site)  # type: ignore[method-assign, assignment]


@admin.register(Account)
class AccountAdmin(ByPower):
    form = AccountForm
    corrected = ("person",)
    list_display = ("username", "holder", "is_active", "is_staff", "last_login", "initial_until")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username",)
    list_select_related = ("person",)
    autocomplete_fields = ("person",)
    fields = ("username", "person", "is_staff")
    actions = ("disable", "enable", "new_password", "new_second_factor")

    def may_correct(self, row: Account) -> bool:
        return row.person_id is None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("username", "holder", "is_staff") if obj is not None and obj.person_id else self.fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        rows: QuerySet[Account] = super().get_queryset(request)
        return rows.prefetch_related("person__holdings__post__organization")

    @admin.display(description=gettext_lazy("person"))
    def holder(self, row: Account) -> str:
        return label_of(row.person) if row.person else ""

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
    autocomplete_fields = ("parent", "place")
    corrected = ("name", "short_name", "phone")
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
        return post_kinds()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Post)
class PostAdmin(ByPower):
    power = Power.MANAGE_POSTS
    form = PostForm
    list_display = ("title", "kind_name", "organization", "place", "holder", "abolished_on")
    list_filter = (PostKindFilter,)
    list_select_related = ("organization", "place")
    search_fields = ("title", "organization__name", "place__name")
    autocomplete_fields = ("organization", "place")
    fields = ("kind", "title", "organization", "place", "duty", "promise")
    shown = ("kind_name", "title", "organization", "place", "duty", "promise", "holder")
    corrected = ("title", "duty", "promise")
    actions = ("abolish",)

    @admin.display(description=gettext_lazy("post kind"), ordering="kind")
    def kind_name(self, row: Post) -> str:
        """As the playbook in force calls it; a kind that it no longer has keeps its code."""
        said: str = row.kind_said  # type: ignore[attr-defined]
        return said

    def may_correct(self, row: Post) -> bool:
        return row.abolished_on is None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        rows: QuerySet[Post] = super().get_queryset(request)
        names = [When(kind=code, then=Value(name)) for code, name in post_kinds()]
        said = Case(*names, default=F("kind"), output_field=CharField())
        return rows.annotate(kind_said=said).prefetch_related("holdings__person")

    @admin.display(description=gettext_lazy("held by"))
    def holder(self, row: Post) -> str:
        """Whose it is today or from a day to come, masked; empty for a vacant post."""
        today = timezone.localdate()
        held = (one for one in row.holdings.all() if one.to_on is None or one.to_on > today)
        return "、".join(one.person.masked_name for one in held)

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
    list_display = ("post_said", "holder", "from_on", "to_on")
    list_select_related = ("post__organization", "post__place", "person")
    search_fields = ("post__title", "post__organization__name")
    autocomplete_fields = ("post", "person")
    fields = ("post", "person", "from_on")
    shown = ("post_said", "holder", "from_on", "to_on")
    ordering = ("-from_on",)
    actions = ("end",)

    @admin.display(description=gettext_lazy("post"), ordering="post__title")
    def post_said(self, row: Holding) -> str:
        return label_of(row.post)

    @admin.display(description=gettext_lazy("person"))
    def holder(self, row: Holding) -> str:
        return " · ".join(filter(None, (row.person.masked_name, row.person.masked_phone)))

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
    autocomplete_fields = ("organization",)
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


class ServingFilter(admin.SimpleListFilter):
    """Those who work here, among all who ever reported something."""

    title = gettext_lazy("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("serving", gettext_lazy("With a post or an account"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() != "serving":
            return queryset
        return queryset.filter(
            Exists(Holding.objects.filter(person=OuterRef("pk"))) | Q(account__isnull=False)
        )


@admin.register(Person)
class PersonAdmin(ByPower):
    """Whoever will hold a post is added here. Names and numbers stay masked; a wish to be forgotten is met."""

    form = PersonForm
    list_display = (
        "number", "masked_name", "masked_phone", "posts", "user_name", "language_name", "created_at",
        "retain_until", "forgotten_at",
    )  # fmt: skip
    list_filter = (ServingFilter,)
    # What the search box takes besides: numbers and names are encrypted, so a phone is found whole or not at all.
    search_fields = ("holdings__post__title", "holdings__post__organization__name", "account__username")
    search_help_text = gettext_lazy(
        "The whole telephone number that was given, a person's number, a post, an office or a user name"
    )
    ordering = ("-pk",)
    fields = ("name", "phone")
    shown = (
        "masked_name", "masked_phone", "posts", "name", "phone", "language_name", "created_at", "retain_until",
        "forgotten_at",
    )  # fmt: skip
    corrected = ("name", "phone")
    actions = ("forget",)

    def may_correct(self, row: Person) -> bool:
        return row.forgotten_at is None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        if obj is None or self.may_correct(obj):
            return fields
        return tuple(name for name in fields if name not in self.corrected)

    @admin.display(description=gettext_lazy("Number"), ordering="pk")
    def number(self, row: Person) -> int:
        return row.pk

    @admin.display(description=gettext_lazy("Person's name"))
    def masked_name(self, row: Person) -> str:
        return row.masked_name

    @admin.display(description=gettext_lazy("phone"))
    def masked_phone(self, row: Person) -> str:
        return row.masked_phone

    @admin.display(description=gettext_lazy("posts"))
    def posts(self, row: Person) -> str:
        return posts_of(row)

    @admin.display(description=gettext_lazy("user name"))
    def user_name(self, row: Person) -> str:
        account = getattr(row, "account", None)
        return account.username if account else ""

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def language_name(self, row: Person) -> str:
        return str(dict(settings.LANGUAGES).get(row.language, row.language))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        rows: QuerySet[Person] = super().get_queryset(request)
        return rows.select_related("account").prefetch_related("holdings__post__organization")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        term = search_term.strip()
        try:
            keys = {person.pk for person in persons_with_phone(viewer_of(request), term)}
        except DomainError:
            keys = set()
        if term.isascii() and term.isdigit() and len(term) < 11:
            keys.add(int(term))
        if keys:
            return queryset.filter(pk__in=keys), False
        found, doubled = super().get_search_results(request, queryset, search_term)
        return found, doubled

    @admin.action(description=gettext_lazy("Forget"))
    def forget(self, request: HttpRequest, rows: QuerySet[Person]) -> None:
        def forget(row: Person) -> None:
            actions.forget_person(row.pk, actor=viewer_of(request), at=timezone.now())

        self.run(request, rows, forget)


@admin.register(AccessLog)
class AccessLogAdmin(ByPower):
    """Who signed in, when and from where, for reading."""

    power = Power.OPERATE
    list_display = ("username", "attempt_time", "ip_address", "user_agent", "logout_time")
    fields = ("username", "attempt_time", "ip_address", "user_agent", "path_info", "logout_time")
    search_fields = ("username__iexact", "ip_address__startswith")
    ordering = ("-attempt_time",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
