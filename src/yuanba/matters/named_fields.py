"""Fields in which a place or an office is named in words; what was understood is shown back to choose from.

A district has hundreds of offices and thousands of places, too many for a list to pick from. Whoever writes
words that fit several gets these back as choices, without scripts, and nothing typed is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Missing
from yuanba.people.models import Organization
from yuanba.places.models import Place
from yuanba.places.queries import by_door_code, full_name, in_use
from yuanba.places.resolve import resolve

SURE = 0.8
"""A place that has so much of the belief is meant; below it, a person is asked."""
SHOWN_PLACES = 5
SHOWN_OFFICES = 12


@dataclass(frozen=True, slots=True)
class Said:
    """What came with the form: the words, and the key chosen among what was shown for ``words_then``."""

    words: str = ""
    key: str = ""
    words_then: str = ""

    @property
    def chosen(self) -> int | None:
        """The choice, unless the words were changed after it was offered."""
        digits = self.key.isascii() and self.key.isdigit() and len(self.key) < 19
        return int(self.key) if digits and self.words == self.words_then else None


class NamedInput(forms.TextInput):
    """A line for words and, once there is something to choose from, the choices below it."""

    template_name = "matters/widgets/named.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.candidates: Sequence[tuple[int, str]] = ()
        self.chosen: int | None = None

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Said:  # noqa: ARG002
        words = str(data.get(name) or "").strip()
        return Said(words, str(data.get(f"{name}_key") or ""), str(data.get(f"{name}_then") or ""))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:  # noqa: ARG002
        return name not in data

    def format_value(self, value: Any) -> str | None:
        return value.words if isinstance(value, Said) else value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["choices"] = [
            {"key": key, "label": label, "checked": key == self.chosen} for key, label in self.candidates
        ]
        return context


class _NamedField(forms.Field):
    """What both fields do: read what came, offer what fits, give the one row that is meant, or None."""

    widget = NamedInput

    def clean(self, value: Any) -> Any:
        said = value if isinstance(value, Said) else Said()
        if not said.words:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        if len(said.words) > 200:
            raise forms.ValidationError(_("Fewer words are enough: at most 200 characters."))
        candidates, sure = self.find(said.words)
        widget = self.widget
        if isinstance(widget, NamedInput):
            widget.candidates = [(row.pk, self.label_of(row)) for row in candidates]
        by_key = {row.pk: row for row in candidates}
        meant = by_key.get(said.chosen or 0, sure)
        if meant is None:
            raise forms.ValidationError(
                _("Which one is meant? Choose below, or write more.") if candidates else self.nothing()
            )
        if isinstance(widget, NamedInput):
            widget.chosen = meant.pk
        return meant

    def find(self, words: str) -> tuple[Sequence[Any], Any]:
        """What the words may mean, likeliest first, and the one that they surely mean, if any."""
        raise NotImplementedError

    def nothing(self) -> str:
        """What to say where nothing fits."""
        raise NotImplementedError

    def label_of(self, row: Any) -> str:
        """A candidate as it is shown."""
        raise NotImplementedError


class PlaceField(_NamedField):
    """A place in words as people say it, or the code on a door; looked for `within` a place first."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.within: Place | None = None

    def nothing(self) -> str:
        return _("We can't tell which place of this district is meant. Name the street, community or estate.")

    def find(self, words: str) -> tuple[Sequence[Place], Place | None]:
        """By the door's code, else by the words."""
        try:
            at_door = by_door_code(words)
        except Missing:
            pass
        else:
            return [at_door], at_door
        matches = resolve(words, self.within, SHOWN_PLACES)
        rows = in_use().in_bulk([match.place_id for match in matches])
        found = [rows[match.place_id] for match in matches if match.place_id in rows]
        sure = bool(found) and matches[0].confidence >= SURE
        return found, found[0] if sure else None

    def label_of(self, row: Place) -> str:
        return full_name(row)


class OfficeField(_NamedField):
    """An open organization below the district, by its name or a part of it."""

    def nothing(self) -> str:
        return _("No organization has this in its name. Write a part of its name, such as the street's.")

    def find(self, words: str) -> tuple[Sequence[Organization], Organization | None]:
        """Who is called exactly so, else whose name holds every word."""
        rows: QuerySet[Organization] = Organization.objects.filter(closed_on=None, parent__isnull=False)
        rows = rows.select_related("parent").order_by("path")
        exact = list(rows.filter(Q(name=words) | Q(short_name=words) | Q(code=words))[:SHOWN_OFFICES])
        if exact:
            return exact, exact[0] if len(exact) == 1 else None
        for word in words.split():
            rows = rows.filter(Q(name__icontains=word) | Q(short_name__icontains=word))
        found = list(rows[:SHOWN_OFFICES])
        return found, found[0] if len(found) == 1 else None

    def label_of(self, row: Organization) -> str:
        above = row.parent
        under = f" · {above.called}" if above is not None and above.parent_id is not None else ""
        return f"{row.name} · {row.get_kind_display()}{under}"
