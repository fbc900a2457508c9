"""What a client asked for: from query and form alike, where an empty argument is the same as none."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](\[\])?")
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")
# What Python calls a number is wider: nan, 1_000, digits of other scripts.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")


def is_number(text: str) -> bool:
    """A finite number in the digits of ASCII."""
    return _NUMBER.fullmatch(text) is not None


@dataclass(frozen=True)
class Arguments:
    """The arguments of one request; those in the body win over those in the address."""

    query: QueryDict
    form: QueryDict

    @classmethod
    def of(cls, request: HttpRequest) -> "Arguments":
        """Raises `Invalid` for a body that is no form, and for text that is not UTF-8."""
        _check_form(request)
        form = request.POST if request.method == "POST" else QueryDict()
        found = cls(request.GET, form)
        for given in (found.query, found.form):
            for name, values in given.lists():
                if any("\ufffd" in value or "\0" in value for value in (name, *values)):
                    raise Invalid(_("Send all text as UTF-8."), field=name[:60])
        return found

    def text(self, name: str) -> str:
        """The argument, trimmed; empty for none."""
        for given in (self.form, self.query):
            if value := given.get(name, "").strip():
                return value
        return ""

    def texts(self, name: str) -> list[str]:
        """Every value of an argument that may be repeated."""
        values = [*self.form.getlist(name), *self.query.getlist(name)]
        return [value.strip() for value in values if value.strip()]

    def listed(self, name: str) -> list[str]:
        """A comma-separated list, which may be repeated as well."""
        parts = (part.strip() for value in self.texts(name) for part in value.split(","))
        return [part for part in parts if part]

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "1", "yes"}

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number between bounds. Raises `Invalid`."""
        value = self.text(name)
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
            message = _("%(name)s must be a whole number from %(least)d to %(most)d.")
            raise Invalid(message % {"name": name, "least": least, "most": most}, field=name)
        return int(value)

    def degrees(self, name: str, most: float) -> float | None:
        """WGS-84 degrees. Raises `Invalid`."""
        value = self.text(name)
        if not value:
            return None
        found = float(value) if is_number(value) else float("nan")
        if not -most <= found <= most:
            message = _("%(name)s must be degrees between -%(most)d and %(most)d.")
            raise Invalid(message % {"name": name, "most": most}, field=name)
        return found

    def moment(self, name: str) -> datetime | None:
        """A time with zone (W3C date and time format). Raises `Invalid`."""
        value = self.text(name)
        if not value:
            return None
        # A plus sign that was not encoded arrives as a space.
        try:
            found = parse_datetime(_LOST_PLUS.sub(r"+\1", value))
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or not 1970 <= found.year <= 9000:
            message = _("%(name)s must be a time with zone, as in 2026-03-03T09:00:00+08:00.")
            raise Invalid(message % {"name": name}, field=name)
        return found

    def attributes(self) -> dict[str, list[str]]:
        """Answers to the questions of a service: ``attribute[CODE]=v`` or ``attribute[CODE][]=v``."""
        found: dict[str, list[str]] = {}
        for given in (self.query, self.form):
            for name, values in given.lists():
                if match := _ATTRIBUTE.fullmatch(name):
                    kept = [value.strip() for value in values if value.strip()]
                    found.setdefault(match[1], []).extend(kept)
        return found


def _check_form(request: HttpRequest) -> None:
    """Raises `Invalid` for a body of another kind: nothing would be found in it, and all be said to be missing."""
    if request.META.get("CONTENT_LENGTH") in {None, "", "0", 0} or request.content_type in FORMS:
        return
    message = _("Send a form, as %(forms)s. A body of the type %(type)s is not read.")
    said = {"forms": ", ".join(sorted(FORMS)), "type": (request.content_type or "")[:60]}
    raise Invalid(message % said, field="Content-Type")
