"""The forms of the offices' moves: one for each that asks for more than a press of a button."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yuanba.kernel.authority import Power, Viewer
from yuanba.matters import clockwork
from yuanba.matters.actions.closing import members_of
from yuanba.matters.gate import Pointed, look_over
from yuanba.matters.models import Matter
from yuanba.matters.reporting import TEXT_LENGTH
from yuanba.people.actions import UnmaskReason
from yuanba.people.models import Organization

OFFICES = ("centre", "street", "community", "department")


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

    def choose_office(self, name: str, kinds: Iterable[str] = OFFICES) -> None:
        """Offer open offices of these kinds, never the one complained about."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            if not isinstance(field, forms.ModelMultipleChoiceField):
                field.empty_label = str(_("Please choose") if field.required else _("None"))
            field.queryset = offices(kinds, self.matter)


def offices(kinds: Iterable[str], matter: Matter) -> QuerySet[Organization]:
    """Open offices that this matter could be given to: departments, and street and community offices around
    its place.
    """
    rows = (
        Organization.objects.filter(kind__in=kinds, closed_on=None)
        .select_related("place")
        .order_by("kind", "path")
    )
    around = [place for place in (matter.street_id, matter.community_id) if place is not None]
    local = rows.filter(place_id__in=around)
    rows = local | rows.filter(kind__in=["department", "centre"])
    if matter.accused_path:
        rows = rows.exclude(path__startswith=matter.accused_path)
    return rows


class SortForm(MoveForm):
    """Category and tier."""

    category = forms.ChoiceField(label=_("Category"))
    tier = forms.ChoiceField(label=_("Tier"))
    accused = forms.ModelChoiceField(
        label=_("Office complained about"),
        queryset=Organization.objects.none(),
        required=False,
        help_text=_("It will neither get this matter nor see it, and the requester stays hidden."),
    )
    nobody_accused = forms.BooleanField(
        label=_("No office is complained about"),
        required=False,
        help_text=_("The office noted before may get and see this matter again."),
    )

    def prepare(self) -> None:
        groups = [
            (group.name, [(item.code, item.name) for item in group.categories])
            for group in self.playbook.categories
        ]
        self.choose("category", [("", _("Please choose")), *groups], self.matter.category)  # type: ignore[list-item]
        self.choose("tier", [(tier.code, tier.name) for tier in self.playbook.tiers], self.matter.tier)
        self.choose_office("accused")
        # Only where an office is noted, and only for those who may take it back.
        if not (self.matter.accused_path and self.viewer.scope(Power.TRIAGE).everywhere):
            del self.fields["nobody_accused"]


class DispatchForm(SortForm):
    """Who gets it, with category and tier in the same step."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Organization.objects.none())

    field_order = ("owner", "category", "tier", "accused", "nobody_accused")

    def prepare(self) -> None:
        super().prepare()
        self.choose_office("owner")


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
        self.choose_office("owner")
        field = self.fields["owner"]
        if isinstance(field, forms.ModelChoiceField):
            owner = self.matter.owner
            below = owner.parent.path if owner.kind == "centre" and owner.parent is not None else owner.path
            field.queryset = offices(OFFICES, self.matter).filter(path__startswith=below).exclude(pk=owner.pk)


class PushDownForm(OwnerForm):
    """Only communities: what goes to others needs no second person."""

    def prepare(self) -> None:
        self.choose_office("owner", ["community"])


class AnswerForm(MoveForm):
    """What was done, by whom, when."""

    text = words(
        _("Answer to the resident"), rows=7, help_text=_("What was done, by whom, when. Plain words.")
    )
    done_by = forms.CharField(label=_("Done by"), max_length=120)
    done_on = forms.DateField(label=_("Done on"), widget=forms.DateInput(attrs={"type": "date"}))
    override_reason = forms.CharField(
        label=_("Send it although something was pointed out, because"), max_length=300, required=False
    )

    def prepare(self) -> None:
        self.pointed: list[Pointed] = []
        self.fields["done_by"].initial = self.matter.owner.called
        self.fields["done_on"].initial = timezone.localdate()
        self.fields["override_reason"].widget = forms.HiddenInput()

    def point_out(self) -> None:
        """Show what the gate found, and let a person send it all the same, with a reason."""
        # The finding stands at the field once; what is pointed out says it with its places.
        self.errors.pop("text", None)
        self.add_error("text", _("Look at what is pointed out here. Mend it, or say why it goes out so."))
        text = self.data[self.add_prefix("text")]
        done_by, done_on = self.cleaned_data["done_by"], self.cleaned_data["done_on"]
        self.pointed = look_over(self.matter, text, done_by, done_on)
        self.fields["override_reason"].widget = forms.TextInput(attrs={"maxlength": 300})

    @property
    def marked(self) -> list[tuple[str, bool]]:
        """The answer in pieces, each with whether something is pointed out in it."""
        text = str(self.data.get(self.add_prefix("text"), ""))
        return pieces(text, [span for finding in self.pointed for span in finding.spans])


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Cut a text at the edges of the spans: (piece, whether it lies in one), together the whole text."""
    found: list[tuple[str, bool]] = []
    place = 0
    for begins, ends in sorted(spans):
        start, end = max(begins, place), min(ends, len(text))
        if start >= end:
            continue
        if start > place:
            found.append((text[place:start], False))
        found.append((text[start:end], True))
        place = end
    return [*found, (text[place:], False)] if place < len(text) else found


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

    first = words(_("First part"), rows=2)
    first_category = forms.ChoiceField(label=_("Category"))
    second = words(_("Second part"), rows=2)
    second_category = forms.ChoiceField(label=_("Category"))

    def prepare(self) -> None:
        choices = [(item.code, item.name) for item in self.playbook.all_categories()]
        for name in ("first_category", "second_category"):
            self.choose(name, choices, self.matter.category)


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

    contacted = forms.BooleanField(label=_("The office had been in touch"), required=False)
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


class ReplyForm(MoveForm):
    """What the resident said when asked by telephone."""

    text = words(_("In the resident's words"))
