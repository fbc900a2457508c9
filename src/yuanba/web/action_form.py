"""Forms of the back office: each runs its action when checked, so a refusal stands beside its field."""
# ruff: noqa: ARG002 - the signatures are those of the packages we override

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone

from yuanba.kernel.authority import NOBODY, Viewer
from yuanba.kernel.errors import DomainError

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class ActionForm(_ModelForm):
    """A form whose `act` makes the row, and whose `correct` changes one that stands.

    ``note`` is said once afterwards: the only time a secret is seen.
    """

    viewer: ClassVar[Viewer] = NOBODY
    note = ""

    def act(self, values: dict[str, Any]) -> models.Model:
        raise NotImplementedError

    def correct(self, values: dict[str, Any]) -> models.Model:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        try:
            made = self.act(values) if self.instance.pk is None else self.correct(values)
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
