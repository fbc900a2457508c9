"""More time, or standing still: asked for with a reason, decided by the power above, counted."""

from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.clock import ClockError, Extended, Limit, Paused, Resumed, Span
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.paths import contains
from yuanba.matters import clockwork
from yuanba.matters.approving import check_not_own, is_own
from yuanba.matters.changing import Change, changing
from yuanba.matters.models import Matter, TimeRequest
from yuanba.matters.owners import WayUp, is_accused, is_vacant, way_up
from yuanba.matters.reporting import checked_text
from yuanba.matters.telling import vacant_level_plans
from yuanba.people.models import Organization


def request_extension(
    matter_id: int,
    limit: str,
    reason: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> TimeRequest:
    """Ask for `limit` (such as ``5wd``) more. The deadline stands until the power above agrees.

    Raises `Invalid` for an unreadable or too long limit, `NotAllowed` when the playbook's number is used up or
    the deadline is over (唐山市条例: applied for before it expires).
    """
    with changing(matter_id, "request_time", actor=actor, version=version, at=at) as change:
        if change.matter.paused_at is None and change.at > change.matter.due_at:
            raise NotAllowed(_("The deadline is over; more time is asked for before it."), code="too_late")
        tier = clockwork.playbook_of(change.matter).playbook.tier(change.matter.tier)
        _check_count(change.matter, TimeRequest.Kind.EXTENSION, tier.max_extensions)
        more = _checked_limit(change, limit, tier.extension_max)
        return _ask(change, TimeRequest.Kind.EXTENSION, reason, limit=more)


def request_pause(
    matter_id: int,
    ground: str,
    reason: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> TimeRequest:
    """Ask for the clock to stand still, on one of the grounds that the playbook lists (唐山市条例, article 26).

    Raises `Invalid` for a ground that is not listed, `NotAllowed` when the playbook's number of pauses is used
    up.
    """
    with changing(matter_id, "request_time", actor=actor, version=version, at=at) as change:
        tier = clockwork.playbook_of(change.matter).playbook.tier(change.matter.tier)
        _check_count(change.matter, TimeRequest.Kind.PAUSE, tier.max_pauses)
        if change.matter.paused_at is not None:
            raise NotAllowed(_("The clock is paused already."), code="paused", allowed=["resume"])
        if ground not in {rule.code for rule in clockwork.playbook_of(change.matter).playbook.pauses.reasons}:
            raise Invalid(_("Choose one of the listed grounds for a pause."), field="ground")
        return _ask(change, TimeRequest.Kind.PAUSE, reason, ground=ground)


def _check_count(matter: Matter, kind: str, most: int) -> None:
    # A matter that goes back to work has a new deadline, and may ask for more of that anew.
    used = matter.time_requests.filter(kind=kind, round=matter.round, approved=True).count()
    if used >= most:
        raise NotAllowed(
            _("All %(most)d that the playbook allows for this tier are used.") % {"most": most},
            code="used_up",
        )
    if matter.time_requests.filter(approved=None).exists():
        raise NotAllowed(_("A request for time is waiting already."), code="time_pending")


def _checked_limit(change: Change, text: str, longest: Limit | None) -> str:
    try:
        limit = Limit.parse(text.strip())
    except ClockError:
        raise Invalid(
            _("Write a number and a unit: 30min, 2h, 4wh (working hours), 7d or 5wd (working days)."),
            field="limit",
        ) from None
    edition = clockwork.playbook_of(change.matter)
    calendar = clockwork.calendar_of(edition, change.matter.tier)
    due = change.matter.due_at
    try:
        too_long = longest is not None and limit.due_from(due, calendar) > longest.due_from(due, calendar)
    except ClockError:
        too_long = True  # past the last year that the calendar knows
    if too_long:
        raise Invalid(
            _("One extension is at most %(longest)s.") % {"longest": longest}, field="limit", code="too_long"
        )
    return str(limit)


def _ask(
    change: Change, kind: TimeRequest.Kind, reason: str, *, limit: str = "", ground: str = ""
) -> TimeRequest:
    matter = change.matter
    way = _decider(matter)
    decider = way.reached
    # Put to nobody it would wait for ever, and hold up the answer.
    if decider is None or not way.held:
        raise NotAllowed(_("There is no level above that could decide."), code="at_the_top")
    asked = TimeRequest.objects.create(
        matter=matter,
        kind=kind,
        round=matter.round,
        limit=limit,
        ground=ground,
        reason=checked_text(reason, "reason"),
        requested_by_id=change.post_id,
        asker=change.actor.hand,
        requested_at=change.at,
        decider=decider,
    )
    change.data |= {"request": asked.pk, "kind": str(kind), "limit": limit, "decider": decider.pk}
    change.data |= {"ground": ground} if ground else {}
    change.tell_organization(decider.pk, "time_requested", owner=matter.owner.called)
    change.notices += vacant_level_plans(way)
    return asked


def _decider(matter: Matter) -> WayUp:
    """The power above: the leader who watches over the matter, else the nearest level above its owner with somebody
    in a post that decides. Never the owner itself, or one under it; nor a leader's post that is vacant.
    """
    post = matter.supervisor
    watching = post.organization if post is not None and not is_vacant(post) else None
    if watching is None or contains(matter.owner.path, watching.path) or is_accused(matter, watching):
        return way_up(matter, matter.owner, Power.DECIDE_PAUSE)
    return WayUp(watching, (), held=True)


def lapse_request(change: Change) -> None:
    """A request for time ends with the one who made it: a new owner asks for itself, of the power above it."""
    asked = change.matter.time_requests.filter(approved=None).first()
    if asked is not None:
        asked.approved, asked.decided_at, asked.decision_reason = False, change.at, "lapsed"
        asked.save()
        change.data["lapsed"] = asked.pk


def decide_time(
    matter_id: int,
    *,
    approve: bool,
    reason: str,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> TimeRequest:
    """Approve or turn down the waiting request; the resident is told of more time and why.

    Raises `NotAllowed` when none waits, `Denied` for anybody but the power it was put to or one above that, and
    for whoever asked, also through another post.
    """
    with changing(matter_id, "decide_time", actor=actor, version=version, at=at) as change:
        matter = change.matter
        asked = matter.time_requests.filter(approved=None).select_related("decider").first()
        if asked is None:
            raise NotAllowed(_("No request for time is waiting."), code="nothing_pending")
        if not _decides(actor, matter, asked.decider):
            raise Denied(_("The level above decides about time, not the one who asks for it."))
        check_not_own(actor, {asked.asker}, asked.decider)
        asked.approved, asked.decided_at, asked.decided_by_id = approve, change.at, change.post_id
        asked.approver = actor.hand
        asked.decision_reason = checked_text(reason, "reason")
        asked.save()
        change.data |= {"request": asked.pk, "approved": approve}
        change.tell_organization(matter.owner_id, "time_decided")
        if approve:
            _apply(change, asked)
    return asked


def may_decide_time(viewer: Viewer, asked: TimeRequest) -> bool:
    """Whether the viewer is the power that this request was put to, and did not ask for it."""
    return _decides(viewer, asked.matter, asked.decider) and not is_own(viewer, {asked.asker})


def _decides(actor: Viewer, matter: Matter, decider: Organization) -> bool:
    """Whether the actor works for the power asked, or for one above it, and not for the owner. A key of no
    organization speaks for the district.
    """
    if not actor.holdings:
        return True
    paths = [held.organization_path for held in actor.holdings if held.organization_path]
    return matter.owner_id not in actor.organizations and any(contains(path, decider.path) for path in paths)


def _apply(change: Change, asked: TimeRequest) -> None:
    owner = change.matter.owner.called
    if asked.kind == TimeRequest.Kind.PAUSE:
        change.events.append(Paused(at=change.at))
        reason = f"{clockwork.ground_name(change.matter, asked.ground)}：{asked.reason}"
        change.tell_requester("paused", owner=owner, reason=reason)
        return
    limit = Limit.parse(asked.limit)
    change.events.append(Extended(at=change.at, limit=limit, of=Span.STAGE))
    change.events.append(Extended(at=change.at, limit=limit, of=Span.TOTAL))
    change.tell_requester("extended", owner=owner, reason=asked.reason)


def resume(
    matter_id: int, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Let a paused clock run again: its owner, or the power that granted the pause. Raises `NotAllowed` when it is not
    paused, `Denied` for anybody else.
    """
    with changing(matter_id, "resume", actor=actor, version=version, at=at) as change:
        matter = change.matter
        if matter.paused_at is None:
            raise NotAllowed(_("The clock is not paused."), code="not_paused")
        if not may_resume(actor, matter):
            raise Denied(_("Only its owner, or the level above that granted the pause, can end it."))
        change.events.append(Resumed(at=change.at))
        if matter.owner_id not in actor.organizations:
            change.tell_organization(matter.owner_id, "pause_ended")
        change.tell_requester("resumed", owner=matter.owner.called)
    return matter


def may_resume(viewer: Viewer, matter: Matter) -> bool:
    """Whether the viewer may end the pause that this matter is in."""
    if matter.paused_at is None:
        return False
    if viewer.may(Power.HANDLE, matter):
        return True
    granted = matter.time_requests.filter(kind=TimeRequest.Kind.PAUSE, approved=True).order_by("-decided_at")
    pause = granted.select_related("decider").first()
    return (
        pause is not None
        and viewer.may(Power.DECIDE_PAUSE, matter)
        and _decides(viewer, matter, pause.decider)
    )
