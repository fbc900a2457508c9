"""What the playbook's table asks about a matter, as fields of a form; nobody has to answer."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.errors import Invalid
from yuanba.matters.deciding import BY_PERSON, MOST_DEPARTMENTS, MOST_YUAN, checked_facts
from yuanba.playbooks.decisions import Facts
from yuanba.playbooks.schema import Playbook

UNKNOWN = ("", _("Not known yet"))
YES_OR_NO = (UNKNOWN, ("yes", _("Yes")), ("no", _("No")))
CIRCLES = (
    ("household", _("One household")),
    ("building", _("A building")),
    ("estate", _("An estate")),
    ("community", _("A community")),
    ("street", _("A street")),
    ("district", _("The whole district")),
)
LEVELS = (
    ("resident", _("The residents can do it themselves")),
    ("community", _("The community's")),
    ("street", _("The street's")),
    ("department", _("A department's")),
    ("district", _("The district's")),
)


def _yes_or_no(label: object) -> forms.TypedChoiceField:
    """A question whose answer may be not known: three answers, never two."""
    return forms.TypedChoiceField(
        label=label,  # type: ignore[arg-type]
        choices=YES_OR_NO,
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )


class FactsFields(forms.Form):
    """The questions of the table, as many of them as a playbook's table asks."""

    affected = forms.ChoiceField(label=_("Whom does it touch?"), choices=(UNKNOWN, *CIRCLES), required=False)
    power = forms.ChoiceField(
        label=_("Whose power does it take?"), choices=(UNKNOWN, *LEVELS), required=False
    )
    departments = forms.IntegerField(
        label=_("How many departments must act?"), min_value=0, max_value=MOST_DEPARTMENTS, required=False
    )
    public_money = _yes_or_no(_("Does it take public money?"))
    money_yuan = forms.DecimalField(
        label=_("How much, in yuan?"),
        min_value=Decimal(0),
        max_value=MOST_YUAN,
        decimal_places=2,
        required=False,
    )
    urgent = _yes_or_no(_("Is life, health or property in danger now?"))

    def ask_for(self, playbook: Playbook, said: Facts) -> None:
        """Keep the questions that the table asks, answered as before."""
        self.said = said
        asked = {name for row in playbook.tier_rules.rows for name in BY_PERSON if _asks(row.when, name)}
        for name in BY_PERSON:
            if name not in asked:
                del self.fields[name]
                continue
            answer = getattr(said, name)
            self.fields[name].initial = (
                {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else answer
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The questions as they are drawn."""
        return [
            self[name]
            for name in ("affected", "power", "departments", "public_money", "money_yuan", "urgent")
            if name in self.fields
        ]

    @property
    def facts_are_open(self) -> bool:
        """Whether something is answered, or wrong."""
        return any(field.errors or field.value() not in {None, ""} for field in self.questions)

    def put_facts(self, data: dict[str, Any]) -> None:
        """Add what was answered to the cleaned data; what makes no sense stands at its field."""
        known = {name: data.get(name) for name in BY_PERSON}
        facts = Facts(**{name: value for name, value in known.items() if value not in {None, ""}})
        try:
            data["facts"] = checked_facts(facts)
        except Invalid as error:
            self.add_error(error.field, error.message)


def _asks(conditions: object, name: str) -> bool:
    return getattr(conditions, name) is not None
