"""Model fields that keep personal data encrypted, and the column they are found by."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, IsNull

from yuanba.kernel.crypto.cipher import blind_index, decrypt, encrypt

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
    _Char = models.CharField[str, str]
else:
    _Text, _Char = models.TextField, models.CharField


class _IsEmpty(Exact):
    """The one comparison that makes sense with a ciphertext: whether there is none."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError(
                "an encrypted field can only be compared with empty text; search by its blind index"
            )
        return self.rhs


class EncryptedTextField(_Text):
    """Text that is readable in Python and encrypted in the database; empty text stays empty.

    Bound to its table and column, so a ciphertext copied into another column can't be read there. It can't be
    filtered by, except for being empty: a `BlindIndexField` beside it can.
    """

    def _context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(
        self, value: str | None, _expression: object, _connection: BaseDatabaseWrapper
    ) -> str | None:
        return decrypt(value, self._context()) if value else value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, str) and value:
            return encrypt(value, self._context())
        return super().get_db_prep_save(value, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        lookup = {"exact": _IsEmpty, "isnull": IsNull}.get(lookup_name)
        if lookup is None:
            raise FieldError(f"{self._context()} is encrypted; search by its blind index")
        return lookup


class BlindIndexField(_Char):
    """The blind index of another field, computed whenever the row is written; empty where the source is
    empty.

    `source` names the field, `purpose` the kind of value (columns of one purpose can be compared), and
    `normalise` brings the value to the form that is indexed.
    """

    def __init__(
        self, *, source: str = "", purpose: str = "", normalise: Callable[[str], str] = str, **kwargs: Any
    ) -> None:
        self.source, self.purpose, self.normalise = source, purpose, normalise
        kwargs.update(max_length=64, blank=True, editable=False, default="")
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "blank", "editable", "default"):
            kwargs.pop(fixed, None)
        return name, path, list(args), kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002 - Django calls it so
        text = getattr(model_instance, self.source)
        index = blind_index(self.normalise(text), self.purpose) if text else ""
        setattr(model_instance, self.attname, index)
        return index
