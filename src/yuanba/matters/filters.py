"""The filter above a list of matters, from the address to a condition."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid
from yuanba.matters.flow import State
from yuanba.matters.models import Channel
from yuanba.matters.queries import FIRST_DAY, LAST_DAY, Filter, Reach
from yuanba.matters.wording import holds_words
from yuanba.people.models import Organization
from yuanba.places.models import Place
from yuanba.places.queries import subtree
from yuanba.playbooks.queries import current_playbook

_DAY = {"type": "date"}
_LIVED = (MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY))
_WIDE = frozenset({"nation", "province", "city", "district"})


def _places(viewer: Viewer) -> QuerySet[Place]:
    """Streets for whoever sees a whole district, else the communities of the viewer's own ground: a short
    list.
    """
    scope = viewer.scope(Power.SEE)
    rows = Place.objects.filter(retired_on=None).order_by("path")
    wide = scope.everywhere or any(each.kind in _WIDE for each in scope.territories)
    if wide or not scope.territories:
        return rows.filter(kind="street")
    ground = Q(pk__in=[])
    for each in scope.territories:
        ground |= subtree(each.path)
    return rows.filter(ground, kind__in=["street", "community"])


class WordsField(forms.CharField):
    """Words to search requests by; from which nothing can be found is refused beside the field."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"})
        long = _("At most %(limit_value)d characters are searched for. Please write fewer.")
        super().__init__(max_length=60, widget=widget, error_messages={"max_length": long}, **options)

    def clean(self, value: Any) -> str:
        words: str = super().clean(value)
        if words:
            try:
                holds_words(words)
            except Invalid as error:
                raise forms.ValidationError(error.message, code=error.code) from error
        return words


class FilterForm(forms.Form):
    """All fields may stay empty; what can't be read narrows nothing."""

    words = WordsField(label=_("Words of the request"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *State.choices])
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    channel = forms.ChoiceField(
        label=_("Came in by"), required=False, choices=[("", _("Any")), *Channel.choices]
    )
    place = forms.ModelChoiceField(
        label=_("Place"), required=False, queryset=Place.objects.none(), empty_label=_("Any")
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), required=False, queryset=Organization.objects.none(), empty_label=_("Any")
    )
    received_from = forms.DateField(
        label=_("Received from"), required=False, widget=forms.DateInput(attrs=_DAY), validators=_LIVED
    )
    received_to = forms.DateField(
        label=_("Received until"), required=False, widget=forms.DateInput(attrs=_DAY), validators=_LIVED
    )
    open_only = forms.BooleanField(label=_("Open only"), required=False)
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, reach: Reach, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer_rows("place", _places(viewer))
        if reach in {Reach.OWN, Reach.CLAIMS}:
            # All of them have the same owner.
            del self.fields["owner"]
        else:
            offices = Organization.objects.filter(kind__in=["department", "street", "centre"], closed_on=None)
            self._offer_rows("owner", offices.order_by("kind", "path"))
        playbook = current_playbook().playbook
        tiers = [(tier.code, tier.name) for tier in playbook.tiers]
        groups = [
            (group.name, [(item.code, item.name) for item in group.categories])
            for group in playbook.categories
        ]
        self._offer("tier", [("", _("Any")), *tiers])
        self._offer("category", [("", _("Any")), *groups])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def _offer_rows(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows

    @property
    def active(self) -> int:
        """How many filters hold."""
        self.is_valid()
        return sum(1 for value in self.cleaned_data.values() if value)

    @property
    def gone(self) -> list[str]:
        """The fields whose value is none of the choices: an address kept from before may name what is gone."""
        self.is_valid()
        return [
            str(self.fields[name].label)
            for name, errors in self.errors.as_data().items()
            if any(error.code == "invalid_choice" for error in errors)
        ]

    def as_filter(self) -> Filter:
        """The filter; an unreadable field narrows nothing and shows its error."""
        self.is_valid()
        data = self.cleaned_data
        return Filter(
            words=data.get("words", ""),
            state=data.get("state", ""),
            tier=data.get("tier", ""),
            category=data.get("category", ""),
            channel=data.get("channel", ""),
            place=data.get("place"),
            owner_id=data["owner"].pk if data.get("owner") else None,
            received_from=data.get("received_from"),
            received_to=data.get("received_to"),
            open_only=data.get("open_only", False),
            overdue=data.get("overdue", False),
        )
