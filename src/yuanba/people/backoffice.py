"""Forms of the back office: each runs its action when checked, so a refusal stands beside its field."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from yuanba.kernel.errors import Missing
from yuanba.people import actions
from yuanba.people.models import Account, ApiKey, Holding, Organization, Person, Post
from yuanba.people.scopes import SAID, givable_by
from yuanba.people.texts import NAME_LENGTH
from yuanba.playbooks.queries import current_playbook
from yuanba.web.action_form import ActionForm


def post_kinds() -> list[tuple[str, str]]:
    """The kinds of post of the playbook in force, by code, as one chooses them; none without a playbook."""
    try:
        return [(kind.code, kind.name) for kind in current_playbook().playbook.posts]
    except Missing:
        return []


class AccountForm(ActionForm):
    def act(self, values: dict[str, Any]) -> models.Model:
        account, password = actions.create_account(
            username=values["username"], person=values["person"], is_staff=values["is_staff"], **self.by()
        )
        self.note = _("One-time password, shown only now: %(password)s") % {"password": password}
        return account

    def correct(self, values: dict[str, Any]) -> models.Model:
        standing: Account = self.instance
        if values["person"] is None:
            return standing
        return actions.give_account_its_person(standing.pk, values["person"], **self.by())

    class Meta:
        model = Account
        fields = ("username", "person", "is_staff")


class OrganizationForm(ActionForm):
    def act(self, values: dict[str, Any]) -> models.Model:
        return actions.add_organization(**values, **self.by())

    def correct(self, values: dict[str, Any]) -> models.Model:
        return actions.correct_organization(self.instance.pk, **values, **self.by())

    class Meta:
        model = Organization
        fields = ("code", "name", "short_name", "kind", "parent", "place", "phone")


class PostForm(ActionForm):
    kind = forms.ChoiceField(label=gettext_lazy("Post kind"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is not None:
            # The kind of a post that stands is only shown.
            self.fields.pop("kind", None)
        kind = self.fields.get("kind")
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [("", "---------"), *((code, f"{name} · {code}") for code, name in post_kinds())]

    def act(self, values: dict[str, Any]) -> models.Model:
        return actions.create_post(**values, **self.by())

    def correct(self, values: dict[str, Any]) -> models.Model:
        return actions.correct_post(self.instance.pk, **values, **self.by())

    class Meta:
        model = Post
        fields = ("kind", "title", "organization", "place", "duty", "promise")


class PersonForm(ActionForm):
    """Whoever will hold a post. What is stored is not read back into it: the fields of a person who stands
    already are empty, and what is left so stays as it was.
    """

    name = forms.CharField(
        label=gettext_lazy("Person's name"), max_length=NAME_LENGTH, widget=UnfoldAdminTextInputWidget
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is not None:
            for name in ("name", "phone"):
                self.initial[name] = ""
                self.fields[name].required = False
                self.fields[name].help_text = _("To correct it. Left empty, it stays as it is.")

    def act(self, values: dict[str, Any]) -> models.Model:
        return actions.register_person(**values, **self.by())

    def correct(self, values: dict[str, Any]) -> models.Model:
        return actions.correct_person(self.instance.pk, **values, **self.by())

    class Meta:
        model = Person
        fields = ("name", "phone")


class HoldingForm(ActionForm):
    def act(self, values: dict[str, Any]) -> models.Model:
        return actions.appoint(values["post"].pk, values["person"], on=values["from_on"], **self.by())

    class Meta:
        model = Holding
        fields = ("post", "person", "from_on")


class ApiKeyForm(ActionForm):
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Keys that read or change matters are made on the server: yuanba apikey create."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The form of an existing key only shows it and has no such field to fill in.
        if "scopes" in self.fields:
            self.fields["scopes"].choices = [(name, SAID[name]) for name in givable_by(self.viewer)]  # type: ignore[attr-defined]

    def act(self, values: dict[str, Any]) -> models.Model:
        key, raw = actions.create_api_key(**values, **self.by())
        self.note = _("The key, shown only now: %(key)s") % {"key": raw}
        return key

    class Meta:
        model = ApiKey
        fields = ("label", "scopes", "organization")
