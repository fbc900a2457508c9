"""Sorting and dispatching: a person decides what it is, which tier, and who owns it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from yuanba.kernel.as_one import as_one
from yuanba.kernel.authority import Power, Viewer, system
from yuanba.kernel.errors import Denied, Invalid, NotAllowed, Stale
from yuanba.kernel.kept import KeptRow, KeptSelect
from yuanba.matters import clockwork
from yuanba.matters.actions.accusing import accuse, acquit, locked_to_sort, shield
from yuanba.matters.actions.excluding import count_again
from yuanba.matters.actions.returning import link_return
from yuanba.matters.actions.watching import watch
from yuanba.matters.changing import MEANWHILE, Change, changing, lock_together
from yuanba.matters.deciding import as_data, checked_facts, decision_for, said_before, stays_put
from yuanba.matters.flow import STAGE_OF, Stage, State
from yuanba.matters.models import Matter, Note, Outcome, Suggestion
from yuanba.matters.owners import arrival_at, check_owner, check_reachable, sorter_of
from yuanba.matters.reporting import checked_text
from yuanba.people.models import Organization, OrganizationKind
from yuanba.places.models import Place
from yuanba.playbooks.decisions import Facts
from yuanba.playbooks.models import PlaybookVersion

MERGE = system("merge")
REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a person decides about a new matter; what is left out stays as it is.

    ``accused`` is the office complained about, or its staff's; ``nobody_accused`` says that none is, whatever
    was noted or supposed before. ``facts`` are what that person says the decision table asks, in place of all that
    was said before; with them and without a tier, the table decides. ``tier_reason`` says why it is another tier than
    the table's.
    """

    category: str | None = None
    tier: str | None = None
    place: Place | None = None
    accused: Organization | None = None
    nobody_accused: bool = False
    confidential: bool | None = None
    facts: Facts | None = None
    tier_reason: str = ""


def triage_matter(
    matter_id: int, sorting: Sorting, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Decide category, tier, place, and who is complained about. Raises `Invalid` for what the playbook
    doesn't know, and for another tier than its table's without a reason.
    """
    with (
        locked_to_sort(matter_id, reaching=_reaches_its_own(sorting)) as row,
        changing(matter_id, "triage", actor=actor, version=version, at=at, row=row) as change,
    ):
        if _sort(change, sorting):
            link_return(change)
        _count_agreement(change, None)
    return change.matter


def _reaches_its_own(sorting: Sorting | None) -> bool:
    return sorting is not None and (sorting.accused is not None or sorting.nobody_accused)


def dispatch_matter(
    matter_id: int,
    owner: Organization,
    sorting: Sorting | None = None,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Give the matter to its owner, sorting it in the same step where that is clear.

    Raises `Invalid` when the owner is closed or is the organization complained about, or no category is
    known.
    """
    with (
        locked_to_sort(matter_id, reaching=_reaches_its_own(sorting)) as row,
        changing(matter_id, "dispatch", actor=actor, version=version, at=at, row=row) as change,
    ):
        is_other = sorting is not None and _sort(change, sorting)
        if not change.matter.category:
            raise Invalid(_("Choose a category before dispatching."), field="category", code="empty")
        check_admitted(change, owner)
        if owner.pk == change.matter.owner_id and arrival_at(owner) == State.TRIAGED:
            raise Invalid(
                _("It lies with this office already. Choose who can handle it."), field="owner", code="has_it"
            )
        change.data["from_owner"] = change.matter.owner_id
        hand_to(change, owner)
        watch(change)
        if is_other:
            link_return(change)
        _count_agreement(change, owner)
        change.tell_requester("dispatched", owner=owner.called)
    return change.matter


def point_elsewhere(
    matter_id: int,
    outcome: str,
    reason: str,
    *,
    channel: str = "",
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Say that a request belongs elsewhere, and where (北京市接诉即办工作条例, article 11).

    ``outcome`` is one of the playbook's six; the resident is told the right place to go, and so are all whose
    requests joined. Raises `Invalid`.
    """
    with as_one():
        joined = Matter.objects.filter(lead=matter_id).order_by("pk").values_list("pk", flat=True)
        members = list(joined)
        rows = lock_together([matter_id, *members])
        if list(joined.all()) != members:
            # Another joined while we waited for the locks: it must not be left behind.
            raise Stale(MEANWHILE, current_version=rows[matter_id].version)
        with changing(
            matter_id, "out_of_scope", actor=actor, version=version, at=at, row=rows[matter_id]
        ) as change:
            _point(change, outcome, reason, channel)
        for key in members:
            follow_elsewhere(key, outcome, reason, channel=channel, actor=MERGE, at=change.at)
    return change.matter


def follow_elsewhere(
    matter_id: int, outcome: str, reason: str, *, channel: str = "", actor: Viewer, at: datetime | None = None
) -> Matter:
    """By rule: what joined a matter that is pointed elsewhere ends with it, and its own requester is told."""
    with changing(matter_id, "follow_elsewhere", actor=actor, at=at) as change:
        change.data["with"] = change.matter.lead_id
        count_again(change)
        _point(change, outcome, reason, channel)
    return change.matter


def _point(change: Change, outcome: str, reason: str, channel: str) -> None:
    rules = {rule.code: rule for rule in clockwork.playbook_of(change.matter).playbook.out_of_scope}
    rule = rules.get(outcome)  # type: ignore[call-overload]
    if rule is None:
        raise Invalid(_("Choose one of the listed outcomes."), field="outcome")
    places = {item.code: item.where for item in rule.channels}
    if channel and channel not in places:
        raise Invalid(_("Choose one of the listed channels."), field="channel")
    if change.matter.parts.filter(stopped_at=None).exists():
        raise NotAllowed(_("Some parts are still open. Settle them first."), code="parts_open")
    change.note(Note.Kind.REASON, checked_text(reason, "reason"))
    change.data |= {"outcome": outcome, "channel": channel}
    change.matter.outcome, change.matter.lead = Outcome.OUT_OF_SCOPE, None
    change.matter.closed_at = change.at
    change.tell_requester(
        "out_of_scope", outcome=rule.text, right_place=places.get(channel) or rule.right_place
    )


def give_to(
    change: Change,
    owner: Organization,
    kind: str = "assigned",
    params: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Make `owner` the matter's one owner, to sort it or decide about it, and tell it so. Raises `Invalid` when it
    may not be.
    """
    check_reachable(change.matter, owner)
    change.data["owner"] = owner.pk
    change.matter.owner = owner
    change.tell_organization(owner.pk, kind, **params)


def hand_to(change: Change, owner: Organization) -> None:
    """Make `owner` the matter's one owner, to claim it, or to dispatch it where that office does not claim.
    Raises `Invalid` when it may not be.
    """
    check_owner(change.matter, owner)
    state = arrival_at(owner)
    kind = "to_dispatch" if state == State.TRIAGED else "assigned"
    give_to(change, owner, kind, {"stage": str(STAGE_OF[state])})
    change.to(state, anew=True)


def check_admitted(change: Change, owner: Organization) -> None:
    """Raises `Invalid` for pushing something off the communities' list down to one on one person's word alone (准入).
    A community's own people may take on what they like.
    """
    matter = change.matter
    if owner.kind != OrganizationKind.COMMUNITY:
        return
    # What no second person could allow is said first.
    check_owner(matter, owner)
    if not clockwork.playbook_of(matter).playbook.is_off_list(matter.category):
        return
    if owner.pk not in change.actor.organizations:
        raise Invalid(
            _(
                "This is not on the list of what communities take on. Choose another owner, or propose to push it "
                "down: a second person then decides."
            ),
            field="owner",
            code="off_list",
        )
    change.data["takes_on"] = True


def _sort(change: Change, sorting: Sorting) -> bool:
    """Set what was decided; returns whether the matter's kind or place is another now, or whom it accuses."""
    matter = change.matter
    owner_before, accused_before = matter.owner_id, matter.accused_id
    category_before, place_before = matter.category, matter.place_id
    if sorting.category is not None:
        _file_under(change, sorting.category)
    if sorting.place is not None:
        _move(change, sorting.place)
    if sorting.confidential is not None:
        _hide(change, sorting.confidential)
    is_other = (matter.category, matter.place_id) != (category_before, place_before)
    if sorting.nobody_accused:
        acquit(change, sorting.accused)
    elif sorting.accused is not None:
        accuse(change, sorting.accused)
    elif is_other:
        shield(matter)
    if matter.accused_id != accused_before:
        change.data["accused"] = matter.accused_id or 0
    if matter.owner_id != owner_before and change.move.name == "triage":
        change.data["owner"] = matter.owner_id
        change.tell_organization(matter.owner_id, "assigned", stage=str(Stage.TRIAGE))
    if sorting.tier is not None or sorting.facts is not None:
        _settle_tier(change, sorting, same=not is_other)
    return is_other or matter.accused_id != accused_before


def _settle_tier(change: Change, sorting: Sorting, *, same: bool) -> None:
    """The tier that the person chose, else the table's; noted beside it are the rows that fired on what is known, and
    the table's own tier where the person went against it, with the reason. `same`: neither kind nor place changes.
    """
    matter, said = change.matter, sorting.facts
    said = checked_facts(said) if said is not None else said_before(matter, change.state_before)
    facts, decision = decision_for(matter, said)
    tier = sorting.tier or decision.tier
    if tier != decision.tier:
        change.data["overrides"] = decision.tier
        _say_why(
            change, sorting, decision.tier, stays=same and stays_put(matter, change.state_before, tier, said)
        )
    set_tier(matter, clockwork.playbook_of(matter), tier)
    change.data |= {"tier": tier, "rows": [row.row_id for row in decision.fired], "facts": as_data(said)}
    if facts.repeated is not None:
        change.data["repeated"] = facts.repeated


def _say_why(change: Change, sorting: Sorting, by_table: str, *, stays: bool) -> None:
    """Keep the reason for another tier than the table's beside the entry. Raises `Invalid` without one, unless the
    matter stays in that tier: whoever brought it there has given theirs.
    """
    if sorting.tier_reason.strip():
        change.note(Note.Kind.REASON, checked_text(sorting.tier_reason, "tier_reason", REASON_LENGTH))
    elif not stays:
        name = clockwork.playbook_of(change.matter).playbook.tier(by_table).name
        raise Invalid(
            _("The table gives “%(tier)s” for what is known. Say why you choose another tier.")
            % {"tier": name},
            field="tier_reason",
            code="overrides_table",
        )


def _file_under(change: Change, category: str) -> None:
    """Give the matter a category. Raises `Invalid` for one that its playbook does not have."""
    matter = change.matter
    try:
        kind = clockwork.playbook_of(matter).playbook.category(category)
    except KeyError:
        raise Invalid(_("The playbook has no such category."), field="category") from None
    matter.category = change.data["category"] = kind.code
    matter.confidential = matter.confidential or kind.confidential


def _hide(change: Change, hidden: bool) -> None:
    """Protect who asked, or end that. Raises `Denied` for an office that would itself read who it was then."""
    if change.matter.confidential and not hidden and not change.actor.scope(Power.TRIAGE).everywhere:
        raise Denied(_("Only who sorts for the whole district can end a requester's protection."))
    change.matter.confidential = change.data["confidential"] = hidden


def _move(change: Change, place: Place) -> None:
    """To another place, where another office sorts. Raises `Invalid` outside the district."""
    matter = change.matter
    elsewhere = place.pk != matter.place_id
    set_place(matter, place)
    change.data["place"] = place.pk
    if elsewhere and matter.part_of_id is None:
        matter.owner = sorter_of(matter)


def set_place(matter: Matter, place: Place) -> None:
    """Move a matter to another place, with the columns that its lists are ordered by."""
    matter.place, matter.place_path = place, place.path
    matter.street_id, matter.community_id = place.street_id, place.community_id


def set_tier(matter: Matter, edition: PlaybookVersion, tier: str) -> None:
    """Give the matter another tier; the clock is read again under that tier's limits. Raises `Invalid`."""
    try:
        edition.playbook.tier(tier)
    except KeyError:
        raise Invalid(_("The playbook has no such tier."), field="tier") from None
    if tier != matter.tier:
        matter.tier = tier
        clockwork.show(matter, clockwork.read(matter))


def _count_agreement(change: Change, owner: Organization | None) -> None:
    """Note beside the suggestion what the person decided, so that agreement can be measured and published."""
    found = _SUGGESTION.rows(change.matter.pk)
    if not found:
        return
    suggestion = found[0]
    proposed = {item["aspect"]: item["value"] for item in suggestion.proposals}
    decided: dict[str, Any] = {
        "category": change.matter.category,
        "tier": change.matter.tier,
        "place": change.matter.place_id,
    }
    if owner is not None:
        decided["owner"] = owner.pk
    agreed = {aspect: proposed[aspect] == value for aspect, value in decided.items() if aspect in proposed}
    for aspect, same in agreed.items():
        setattr(suggestion, f"{aspect}_agreed", same)
    suggestion.decided_at = change.at
    SUGGESTIONS.update(suggestion)
    change.data["agreed"] = agreed


_SUGGESTION = KeptSelect(lambda key: Suggestion.objects.filter(pk=key))
SUGGESTIONS = KeptRow(Suggestion)
