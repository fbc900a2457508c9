"""The forms of the offices' moves: one for each that asks for more than a press of a button."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yuanba.kernel.authority import Viewer
from yuanba.matters import clockwork
from yuanba.matters.joint import members_of
from yuanba.matters.models import Matter
from yuanba.matters.reporting import TEXT_LENGTH
from yuanba.people.actions import UnmaskReason
from yuanba.people.models import Organization
from yuanba.places.models import Place

OFFICES = ("community", "street", "department", "centre")


def words(label: object, *, required: bool = True, rows: int = 4, help_text: object = "") -> forms.CharField:
    """A field for some sentences."""
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        required=required,
        max_length=TEXT_LENGTH,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class MoveForm(forms.Form):
    """What every move's form knows: the matter and who acts. Choices come from the matter's own playbook."""

    drawn_by = "matters/move_fields.html"

    def __init__(self, *args: Any, matter: Matter, viewer: Viewer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.matter, self.viewer = matter, viewer
        self.playbook = clockwork.playbook_of(matter).playbook
        self.prepare()

    def prepare(self) -> None:
        """Fill choices; forms that have some override it."""

    def choose(self, name: str, choices: Iterable[tuple[str, str]], initial: str = "") -> None:
        """Give a choice field its choices."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)
        field.initial = initial

    def choose_office(self, name: str, kinds: Iterable[str] = OFFICES, place: Place | None = None) -> None:
        """Offer open offices of these kinds around the matter's place, or another; never the one complained
        about.
        """
        self.offer(name, offices(kinds, self.matter, place))

    def offer(self, name: str, rows: QuerySet[Organization]) -> None:
        """Give an office field its choices, those of one kind together."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows
            if not isinstance(field, forms.ModelMultipleChoiceField):
                empty = _("Please choose") if field.required else _("None")
                field.choices = [("", empty), *by_kind(rows)]


def by_kind(rows: Iterable[Organization]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Offices as choices under the names of their kinds, the nearest to the people first."""
    groups: dict[str, list[tuple[int, str]]] = {kind: [] for kind in OFFICES}
    labels: dict[str, str] = {}
    for row in rows:
        groups[row.kind].append((row.pk, str(row)))
        labels[row.kind] = row.get_kind_display()
    return [(labels[kind], found) for kind, found in groups.items() if found]


def offices(kinds: Iterable[str], matter: Matter, place: Place | None = None) -> QuerySet[Organization]:
    """Open offices that this matter could be given to: departments, the centre, and the street and community of
    its place, or of `place`. Where it is only roughly known, all streets, or all communities of the street.
    """
    street, community = (matter.street_id, matter.community_id)
    if place is not None:
        street, community = place.street_id, place.community_id
    local = Q(place_id__in=[key for key in (street, community) if key is not None])
    if street is None and community is None:
        local = Q(kind="street")
    elif community is None:
        local |= Q(kind="community", place__street_id=street)
    rows = Organization.objects.filter(local | Q(kind__in=["department", "centre"]), kind__in=kinds)
    if matter.accused_path:
        rows = rows.exclude(path__startswith=matter.accused_path)
    return rows.filter(closed_on=None).select_related("place").order_by("kind", "path")


class OutOfScopeForm(MoveForm):
    """Where it belongs instead."""

    outcome = forms.ChoiceField(label=_("Why it does not belong here"))
    channel = forms.ChoiceField(label=_("The right place to go"), required=False)
    reason = words(_("Reason, for the record"))

    def prepare(self) -> None:
        self.choose("outcome", [(rule.code, rule.name) for rule in self.playbook.out_of_scope])
        found = [(item.code, item.name) for rule in self.playbook.out_of_scope for item in rule.channels]
        self.choose("channel", [("", "—"), *found])


class RefuseForm(MoveForm):
    """A reason from the list, an explanation, a legal basis."""

    reason = forms.ChoiceField(label=_("Reason"))
    explanation = words(_("Explanation"))
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300)

    def prepare(self) -> None:
        self.choose("reason", [(rule.code, rule.name) for rule in self.playbook.refusals.reasons])


class OwnerForm(MoveForm):
    """An office and a reason: arbitration, handing down."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Organization.objects.none())
    reason = words(_("Reason"))

    def prepare(self) -> None:
        self.choose_office("owner")


class HandDownForm(OwnerForm):
    """Only offices below the present owner."""

    def prepare(self) -> None:
        owner = self.matter.owner
        below = owner.parent.path if owner.kind == "centre" and owner.parent is not None else owner.path
        rows = offices(OFFICES, self.matter).filter(path__startswith=below).exclude(pk=owner.pk)
        self.offer("owner", rows)


class PushDownForm(OwnerForm):
    """Only communities: what goes to others needs no second person."""

    def prepare(self) -> None:
        self.choose_office("owner", ["community"])


class QuestionForm(MoveForm):
    """What the resident is asked."""

    question = words(_("Question to the resident"))

    def prepare(self) -> None:
        most = self.playbook.tier(self.matter.tier).max_questions
        if most is not None:
            self.fields["question"].help_text = ngettext(
                "The clock stands still until they reply. %(most)d question in all.",
                "The clock stands still until they reply. %(most)d questions in all.",
                most,
            ) % {"most": most}


class ReasonForm(MoveForm):
    """Just a reason."""

    reason = words(_("Reason"))


class ClimbForm(MoveForm):
    """Why this level can't solve it, and whether the tier rises with it."""

    reason = words(_("Why this level can't solve it"))
    tier = forms.ChoiceField(label=_("Tier"), required=False)

    def prepare(self) -> None:
        tiers = self.playbook.tiers[self.playbook.tier_rank(self.matter.tier) :]
        self.choose("tier", [(tier.code, tier.name) for tier in tiers], self.matter.tier)
        watched = next((tier for tier in tiers if tier.supervised_by), None)
        if self.matter.owner.kind == "street" and watched is not None:
            # What a street passes up is for the district to decide, which its leaders watch over (难事由包片领导督办).
            self.fields["tier"].initial = watched.code
            self.fields["tier"].help_text = _("At the district, a leader watches over this tier to its end.")


class WhistleForm(MoveForm):
    """Who is called, why, and where to meet."""

    departments = forms.ModelMultipleChoiceField(
        label=_("Departments to call"),
        queryset=Organization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = words(_("Why they are called"))
    meet_at = forms.CharField(label=_("Meet at"), max_length=200, required=False)

    def prepare(self) -> None:
        self.choose_office("departments", ["department"])


class JoinForm(MoveForm):
    """Who is brought in, and what for."""

    organization = forms.ModelChoiceField(label=_("Organization"), queryset=Organization.objects.none())
    task = forms.CharField(label=_("Their part"), max_length=300)

    def prepare(self) -> None:
        self.choose_office("organization")


class MergeForm(MoveForm):
    """The matter to join."""

    lead = forms.CharField(label=_("Number of the matter that asks for the same"), max_length=30)


class SplitForm(MoveForm):
    """Two to four parts, each with its category."""

    drawn_by = "matters/split_fields.html"

    first = words(_("First part"), rows=2)
    first_category = forms.ChoiceField(label=_("Category"))
    second = words(_("Second part"), rows=2)
    second_category = forms.ChoiceField(label=_("Category"))
    third = words(_("Third part"), required=False, rows=2)
    third_category = forms.ChoiceField(label=_("Category"), required=False)
    fourth = words(_("Fourth part"), required=False, rows=2)
    fourth_category = forms.ChoiceField(label=_("Category"), required=False)

    PARTS = ("first", "second", "third", "fourth")

    def prepare(self) -> None:
        choices = [(item.code, item.name) for item in self.playbook.all_categories()]
        for name in self.PARTS:
            self.choose(f"{name}_category", choices, self.matter.category)

    def clean(self) -> dict[str, Any]:
        """Add the parts that have words."""
        data = super().clean() or {}
        data["parts"] = [
            (data[name], data.get(f"{name}_category") or self.matter.category)
            for name in self.PARTS
            if data.get(name)
        ]
        return data

    @property
    def usual(self) -> list[forms.BoundField]:
        """The fields of the two parts that there always are."""
        return [self[name] for part in self.PARTS[:2] for name in (part, f"{part}_category")]

    @property
    def further(self) -> list[forms.BoundField]:
        """The fields of a third and fourth part, folded until one is needed."""
        return [self[name] for part in self.PARTS[2:] for name in (part, f"{part}_category")]

    @property
    def further_is_open(self) -> bool:
        return any(self[part].value() or self[part].errors for part in self.PARTS[2:])


class TimeForm(MoveForm):
    """More time, or a pause on a listed ground; and why."""

    kind = forms.ChoiceField(
        label=_("What is asked for"), choices=[("extension", _("More time")), ("pause", _("A pause"))]
    )
    limit = forms.CharField(
        label=_("How much more"),
        max_length=12,
        required=False,
        help_text=_("Such as 3wd (working days) or 24h. Leave empty for a pause."),
    )
    ground = forms.ChoiceField(label=_("Ground of the pause"), required=False)
    reason = words(_("Reason, told to the resident once approved"))

    def prepare(self) -> None:
        grounds = [(rule.code, rule.name) for rule in self.playbook.pauses.reasons]
        self.choose("ground", [("", "—"), *grounds])


class DecideForm(MoveForm):
    """Yes or no to what another asked for or proposed."""

    approve = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Approve")), ("no", _("Turn down"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = words(_("Reason"))


class ExclusionForm(MoveForm):
    """A published reason, and what shows that it applies."""

    reason = forms.ChoiceField(label=_("Reason"))
    explanation = words(_("What shows that it applies"))

    def prepare(self) -> None:
        rules = self.playbook.rates.exclusions
        self.choose("reason", [(rule.code, f"{rule.name}（{rule.text}）") for rule in rules])


class NoteForm(MoveForm):
    """A note, for the office or for the resident; where others joined, for them too or not."""

    text = words(_("Note"))
    to_resident = forms.BooleanField(label=_("Tell the resident, and those who joined"), required=False)
    only_requester = forms.BooleanField(
        label=_("Only the one who asked, not those who joined"), required=False
    )

    def prepare(self) -> None:
        if len(members_of(self.matter)) == 1:
            self.fields["only_requester"].widget = forms.HiddenInput()


class ReportBackForm(forms.Form):
    """What a called organization did."""

    report = words(_("What we did"), rows=3)


class UnmaskForm(forms.Form):
    """Why somebody has to be rung."""

    reason = forms.ChoiceField(label=_("Why the number is needed"), choices=UnmaskReason.choices)


class NothingForm(MoveForm):
    """A press of a button."""


class CallBackForm(MoveForm):
    """What the resident said when called back."""

    # Three answers: not having asked says nothing about the office.
    contacted = forms.TypedChoiceField(
        label=_("Had the office been in touch?"),
        choices=[("", _("Not asked")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    satisfaction = forms.ChoiceField(
        label=_("How satisfied"),
        choices=[
            ("", "—"),
            ("satisfied", _("Satisfied")),
            ("basically", _("Mostly satisfied")),
            ("unsatisfied", _("Not satisfied")),
        ],
        required=False,
    )
    said = words(_("In the resident's words"), required=False)

    def prepare(self) -> None:
        # A part has no resident: its whole's owner has looked at the work.
        self.fields["said"].required = self.matter.part_of_id is None


class ReplyForm(MoveForm):
    """What the resident said when asked by telephone."""

    text = words(_("In the resident's words"))
