"""Forms of the back office: each runs its action when checked, so a refusal stands beside its field."""
# ruff: noqa: ARG002 - the signatures are those of the packages we override

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import NOBODY, Viewer
from yuanba.kernel.errors import DomainError
from yuanba.people import actions
from yuanba.people.models import Account, ApiKey, Holding, Organization, Post
from yuanba.people.scopes import SAID, givable_by

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class ActionForm(_ModelForm):
    """A form whose `act` makes the row. ``note`` is said once afterwards: the only time a secret is seen."""

    viewer: ClassVar[Viewer] = NOBODY
    note = ""

    def act(self, values: dict[str, Any]) -> models.Model:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors or self.instance.pk is not None:
            return values
        try:
            made = self.act(values)
        except DomainError as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)
        else:
            self.instance = made
        return values

    def by(self) -> dict[str, Any]:
        return {"actor": self.viewer, "at": timezone.now()}

    def _post_clean(self) -> None:
        """The action has checked and stored the row; nothing is left to construct from the fields."""

    def save(self, commit: bool = True) -> Any:
        return self.instance

    def save_m2m(self) -> None:
        """The actions store everything themselves."""


class AccountForm(ActionForm):
    def act(self, values: dict[str, Any]) -> models.Model:
        account, password = actions.create_account(
            username=values["username"], person=values["person"], is_staff=values["is_staff"], **self.by()
        )
        self.note = _("One-time password, shown only now: %(password)s") % {"password": password}
        return account

    class Meta:
        model = Account
        fields = ("username", "person", "is_staff")


class OrganizationForm(ActionForm):
    def act(self, values: dict[str, Any]) -> models.Model:
        return actions.add_organization(**values, **self.by())

    class Meta:
        model = Organization
        fields = ("code", "name", "short_name", "kind", "parent", "place", "phone")


class PostForm(ActionForm):
    def act(self, values: dict[str, Any]) -> models.Model:
        return actions.create_post(**values, **self.by())

    class Meta:
        model = Post
        fields = ("kind", "title", "organization", "place", "duty", "promise")


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
