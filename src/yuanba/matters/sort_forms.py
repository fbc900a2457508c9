"""The forms by which a person says what a matter is, where, how hard, and who gets it."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.authority import Power
from yuanba.matters.actions.sorting import REASON_LENGTH
from yuanba.matters.deciding import decision_for, said_before, whole_facts
from yuanba.matters.facts_fields import FactsFields
from yuanba.matters.flow import State
from yuanba.matters.named_fields import OfficeField, PlaceField
from yuanba.matters.office_forms import OFFICES, MoveForm, ReasonForm
from yuanba.matters.owners import arrival_at
from yuanba.people.models import Organization
from yuanba.places.models import Place
from yuanba.places.queries import full_name
from yuanba.playbooks.decisions import Facts, decide_tier


def _accused() -> OfficeField:
    return OfficeField(
        label=_("Office complained about"),
        required=False,
        help_text=_("It will neither get this matter nor see it, and the requester stays hidden."),
    )


class SortForm(FactsFields, MoveForm):
    """Category, place and tier; who is complained about, and whether the requester is protected."""

    drawn_by = "matters/sort_fields.html"

    category = forms.ChoiceField(label=_("Category"))
    place = PlaceField(label=_("Another place"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    tier_reason = forms.CharField(
        label=_("Why another tier than the table's"), max_length=REASON_LENGTH, required=False
    )
    accused = _accused()
    nobody_accused = forms.BooleanField(
        label=_("No office is complained about"),
        required=False,
        help_text=_("The office noted before may get and see this matter again."),
    )
    protect = forms.BooleanField(label=_("Hide who asks from everybody who works on it"), required=False)
    unprotect = forms.BooleanField(label=_("Who asks need no longer be hidden"), required=False)

    def prepare(self) -> None:
        groups = [
            (group.name, [(item.code, item.name) for item in group.categories])
            for group in self.playbook.categories
        ]
        self.choose("category", [("", _("Please choose")), *groups], self.matter.category)  # type: ignore[list-item]
        self._offer_tiers()
        everywhere = self.viewer.scope(Power.TRIAGE).everywhere
        # Only where an office is noted, and only for those who may take it back.
        if not (self.matter.accused_path and everywhere):
            del self.fields["nobody_accused"]
        if self.matter.confidential:
            del self.fields["protect"]
        # Whom an office accuses stays hidden as long as one is noted.
        if not (self.matter.confidential and everywhere) or self.matter.accused_path:
            del self.fields["unprotect"]
        self._say_what_is_known()

    def _offer_tiers(self) -> None:
        """The table's tier stands first; one that a person has chosen against it stays chosen."""
        self.ask_for(self.playbook, said_before(self.matter, self.matter.state))
        self.known, self.decision = decision_for(self.matter, self.said)
        decided = self.matter.state != State.RECEIVED and self.matter.tier != self.decision.tier
        self.choose("tier", self._tiers(), self.matter.tier if decided else "")

    def _tiers(self) -> list[tuple[str, str]]:
        by_table = gettext("By the table: %(tier)s") % {"tier": self.playbook.tier(self.decision.tier).name}
        return [("", by_table), *((tier.code, tier.name) for tier in self.playbook.tiers)]

    def _ask_again(self, category: str, said: Facts) -> None:
        """What the table gives for what was just said, for a form that has to come back."""
        facts = whole_facts(self.playbook, category or self.matter.category, said, self.known.repeated)
        self.decision = decide_tier(self.playbook, facts)
        tier = self.fields["tier"]
        if isinstance(tier, forms.ChoiceField):
            tier.choices = self._tiers()

    @property
    def still_open(self) -> list[tuple[str, str]]:
        """The rules that an answer could still bring in, each with the tier it leads to."""
        return [(row.text, self.playbook.tier(row.tier).name) for row in self.decision.open]

    def _say_what_is_known(self) -> None:
        """Beside the fields that may stay empty: what then stays as it is."""
        if self.roughly:
            self.fields["place"].label = gettext("Where is it?")
            help_text = gettext(
                "Only this much is known: %(place)s. Name street, community, estate or building."
            )
        else:
            help_text = gettext("Known: %(place)s. Leave empty if that is right.")
        self.fields["place"].help_text = help_text % {"place": full_name(self.matter.place)}
        noted = self.matter.accused
        if noted is not None:
            said = gettext("Supposed by the rules until somebody names it: %(office)s.")
            if not self.matter.accused_supposed:
                said = gettext("Noted: %(office)s.")
            told = (str(self.fields["accused"].help_text), said % {"office": noted.called})
            self.fields["accused"].help_text = " ".join(told)

    @cached_property
    def roughly(self) -> bool:
        """Whether no community is known yet: then the place is asked for before anything else."""
        return self.matter.community_id is None

    @property
    def more_is_open(self) -> bool:
        """Whether the rarer fields hold something, or something wrong."""
        names = self.more_names
        return any(
            self[name].errors or (self.is_bound and self.data.get(self.add_prefix(name))) for name in names
        )

    @property
    def more_names(self) -> list[str]:
        names = ("place", "accused", "nobody_accused", "protect", "unprotect")
        return [name for name in names if name in self.fields and not (name == "place" and self.roughly)]

    @property
    def more(self) -> list[forms.BoundField]:
        """The rarer fields, folded away until one is used."""
        return [self[name] for name in self.more_names]

    def clean(self) -> dict[str, Any]:
        """Add whether the requester is to be protected: None where nobody said so."""
        data = super().clean() or {}
        self.put_facts(data)
        if "facts" in data:
            self._ask_again(data.get("category", ""), data["facts"])
        data["confidential"] = True if data.get("protect") else False if data.get("unprotect") else None
        return data


class DispatchForm(SortForm):
    """Who gets it, with what it is and where in the same step."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Organization.objects.none())

    # The place comes before the owner: the offices there can then be chosen.
    field_order = ("category", "place", "owner")

    def prepare(self) -> None:
        super().prepare()
        self.choose_office("owner")
        suggestion = getattr(self.matter, "suggestion", None)
        proposals = suggestion.proposals if suggestion is not None else []
        proposed = (row["value"] for row in proposals if row["aspect"] == "owner")
        owner = next(proposed, None)
        # An office that only dispatches can't be given what it has: nothing is chosen until a person does.
        keeps = owner == self.matter.owner_id and arrival_at(self.matter.owner) == State.TRIAGED
        self.fields["owner"].initial = None if keeps else owner

    def clean_place(self) -> Place | None:
        """Offer the offices of a place that was just named."""
        place: Place | None = self.cleaned_data["place"]
        if place is not None:
            self.choose_office("owner", OFFICES, place)
            self.fields["owner"].error_messages["required"] = gettext(
                "Now choose who gets it: the offices of %(place)s are in the list."
            ) % {"place": full_name(place)}
        return place


class RecallForm(ReasonForm):
    """Why it comes back, and the office that it turns out to complain about."""

    accused = _accused()
