"""Leaving a request out of the three rates (剔除): proposed by one person, decided by another of a higher office."""

from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.matters import clockwork
from yuanba.matters.approving import check_not_own
from yuanba.matters.changing import Change, changing
from yuanba.matters.exclusions import as_counted, judged, left_out_by, may_decide, proposers, standing
from yuanba.matters.flow import JUDGED, State
from yuanba.matters.models import Exclusion, Matter, Note
from yuanba.matters.owners import centre_for, next_above, way_up
from yuanba.matters.reporting import checked_text
from yuanba.matters.telling import vacant_level_plans


def propose_exclusion(
    matter_id: int,
    reason: str,
    explanation: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Exclusion:
    """Propose to leave a closed request out of the rates, for one of the playbook's published reasons, saying
    what shows that it applies. Nothing changes before a second person agrees.

    Raises `Invalid` for a reason that is not listed, `NotAllowed` while its matter is open or one stands or
    waits already, `Denied` for a key: two persons answer for it.
    """
    with changing(matter_id, "propose_exclusion", actor=actor, version=version, at=at) as change:
        matter = change.matter
        if actor.person_id is None:
            raise Denied(_("Leaving out of the rates takes two persons, and a key is none."))
        _check_closed(matter)
        if matter.part_of_id is not None:
            raise NotAllowed(_("A part counts in no rate, so there is nothing to leave out."), code="part")
        if standing(matter) is not None:
            raise NotAllowed(_("It is left out already, or a proposal is waiting."), code="exclusion_pending")
        rules = clockwork.playbook_of(matter).playbook.rates.exclusions
        if reason not in {rule.code for rule in rules}:
            raise Invalid(_("Choose one of the listed reasons."), field="reason")
        change.note(Note.Kind.REASON, checked_text(explanation, "explanation"))
        proposed = Exclusion.objects.create(
            matter=matter,
            reason=reason,
            proposed_by_id=change.post_id,
            proposer_id=actor.person_id,
            proposed_at=change.at,
        )
        change.data |= {"exclusion": proposed.pk, "reason": reason}
        way = way_up(judged(matter), judged(matter).owner, Power.DECIDE_EXCLUSION)
        decider = way.reached or centre_for(matter)
        change.tell_organization(decider.pk, "exclusion_proposed", owner=matter.owner.called)
        change.notices += vacant_level_plans(way)
    return proposed


def _check_closed(matter: Matter) -> None:
    if judged(matter).state != State.CLOSED:
        raise NotAllowed(
            _("The matter it joined is still open; the rates count it once that is closed."),
            code="still_open",
        )


def decide_exclusion(
    matter_id: int,
    *,
    approve: bool,
    reason: str,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Exclusion:
    """Agree that a request is left out of the rates, or turn it down. The counts keep it, and the number of those
    left out is published beside the rates.

    Raises `NotAllowed` when nothing waits, `Denied` for the one who proposed it, for the office that is judged,
    and for whoever stands neither above it nor in the centre.
    """
    with changing(matter_id, "decide_exclusion", actor=actor, version=version, at=at) as change:
        proposed = standing(change.matter)
        if proposed is None or proposed.approved is not None:
            raise NotAllowed(_("No proposal is waiting."), code="nothing_pending")
        judging = judged(change.matter)
        check_not_own(actor, proposers(proposed), next_above(judging) or centre_for(judging))
        if not may_decide(actor, proposed):
            raise Denied(
                _(
                    "Somebody else at the level above or in the centre decides, not who proposed it or its office."
                )
            )
        _check_closed(change.matter)
        change.note(Note.Kind.REASON, checked_text(reason, "reason"))
        proposed.approved, proposed.decided_at = approve, change.at
        proposed.decided_by_id, proposed.decider_id = change.post_id, actor.person_id
        change.data |= {"exclusion": proposed.pk, "reason": proposed.reason, "approved": approve}
        if approve:
            _leave_out(change, proposed)
        proposed.save()
        change.tell_organization(judged(change.matter).owner_id, "exclusion_decided")
    return proposed


def _leave_out(change: Change, approved: Exclusion) -> None:
    closed_at = judged(change.matter).closed_at or change.at
    approved.left_out = left_out_by(change.matter, closed_at, change.at)
    change.count(as_counted(approved.left_out))
    change.data["left_out"] = approved.left_out


def count_again(change: Change) -> None:
    """A resident who speaks again is heard: what was left out of the rates counts again, and a proposal that
    waits is over.
    """
    found = standing(change.matter) if change.state_before in JUDGED else None
    if found is None:
        return
    if found.approved:
        found.ended_at = change.at
        change.count(as_counted(found.left_out), -1)
    else:
        found.approved, found.decided_at = False, change.at
    found.save()
    change.data["counts_again"] = found.pk
