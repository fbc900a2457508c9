"""Several organizations on one matter, with one owner all the same: whistles, reports, joint handling."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed
from yuanba.kernel.journal.append import append
from yuanba.kernel.outbox.queue import put
from yuanba.matters import clockwork
from yuanba.matters.changing import CHANGED, Change, changing, locked
from yuanba.matters.flow import OPEN
from yuanba.matters.models import Matter, Party, Whistle
from yuanba.matters.owners import check_owner
from yuanba.matters.reporting import checked_line, checked_text
from yuanba.matters.seeing import can_see
from yuanba.matters.telling import JOINED
from yuanba.people.models import Organization


def whistle(
    matter_id: int,
    departments: Sequence[Organization],
    reason: str,
    *,
    meet_at: str = "",
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Whistle:
    """Call departments to the spot (吹哨); each must check in and report, the owner stays the owner.

    Raises `Invalid` for an empty call, too many departments, or one that the complaint is about.
    """
    called = list({department.pk: department for department in departments}.values())
    with changing(matter_id, "whistle", actor=actor, version=version, at=at) as change:
        matter = change.matter
        _check_called(matter, called, clockwork.playbook_of(matter).playbook.whistle.max_departments)
        call = Whistle.objects.create(
            matter=matter,
            caller_id=matter.owner_id,
            reason=checked_text(reason, "reason"),
            meet_at=checked_line(meet_at, "meet_at", 200),
            at=change.at,
        )
        parties = Party.objects.bulk_create(_call(call, department) for department in called)
        change.data |= {"called": sorted(department.pk for department in called), "whistle": call.pk}
        for party in parties:
            due = {"due": party.check_in_due_at.isoformat()} if party.check_in_due_at else {}
            change.tell_organization(party.organization_id, "whistle", caller=matter.owner.called, **due)
    return call


def _call(call: Whistle, department: Organization) -> Party:
    edition = clockwork.playbook_of(call.matter)
    rules, calendar = edition.playbook.whistle, clockwork.calendar_of(edition, call.matter.tier)
    check_in_due_at = rules.check_in_within.due_from(call.at, calendar)
    return Party(
        matter=call.matter,
        organization=department,
        whistle=call,
        joined_at=call.at,
        check_in_due_at=check_in_due_at,
        report_due_at=rules.report_within.due_from(call.at, calendar),
        next_alarm_at=check_in_due_at,
    )


def _check_called(matter: Matter, departments: Sequence[Organization], most: int) -> None:
    if not departments:
        raise Invalid(_("Choose at least one department to call."), field="departments", code="empty")
    if len(departments) > most:
        raise Invalid(
            _("One whistle calls at most %(most)d departments.") % {"most": most},
            field="departments",
            code="too_many",
        )
    for department in departments:
        check_owner(matter, department, "departments")
        if department.pk == matter.owner_id:
            raise Invalid(_("The owner can't call itself."), field="departments")


def check_in(party_id: int, *, actor: Viewer, at: datetime | None = None) -> Party:
    """A called organization says it has come (报到). Raises `Missing` or `Denied`; checking in twice changes
    nothing.
    """
    return _as_party(party_id, "checked_in", "", actor, at)


def report_back(party_id: int, report: str, *, actor: Viewer, at: datetime | None = None) -> Party:
    """A called organization reports what it did. Raises `Invalid` for an empty report, `NotAllowed` before it
    checked in.
    """
    return _as_party(party_id, "reported", checked_text(report, "report"), actor, at)


def _as_party(party_id: int, kind: str, report: str, actor: Viewer, at: datetime | None) -> Party:
    with transaction.atomic():
        known = Party.objects.filter(pk=party_id).values_list("matter_id", flat=True).first()
        matter = locked(known) if known is not None else None
        party = Party.objects.select_related("organization").filter(pk=party_id).first()
        if matter is None or party is None or not can_see(actor, matter):
            raise Missing(_("There is no such call."))
        if party.organization_id not in actor.scope(Power.HANDLE).organizations:
            raise Denied(_("Only the organization that was called can do this."))
        if (party.reported_at if report else party.checked_in_at) is not None:
            return party
        if party.ended_at is not None:
            raise NotAllowed(_("This call has ended. Nobody waits for you any more."), code="call_ended")
        if matter.state not in OPEN:
            raise NotAllowed(_("The matter is closed."), code="ended")
        if report and party.checked_in_at is None:
            raise NotAllowed(_("Check in first, then report."), allowed=["check_in"], code="not_checked_in")
        moment = clockwork.moment(matter, at)
        if report:
            party.report, party.reported_at, party.next_alarm_at = report, moment, None
        else:
            party.checked_in_at, party.next_alarm_at = moment, party.report_due_at
        party.save()
        _tell_owner(matter, party, kind, actor, moment)
    return party


def _tell_owner(matter: Matter, party: Party, kind: str, actor: Viewer, at: datetime) -> None:
    data = {"party": party.pk, "organization": party.organization_id}
    append(matter, kind=kind, actor=actor.actor, at=at, data=data)
    matter.save(update_fields=["version", "journal_hash"])
    told = {
        "to": "organization",
        "id": matter.owner_id,
        "kind": kind,
        "params": {"by": party.organization.called},
    }
    state = str(matter.state)
    put(
        CHANGED,
        matter.pk,
        {"move": kind, "seq": matter.version, "from": state, "to": state, "notices": [told]},
        at=at,
    )


def end_calls(change: Change) -> None:
    """Whoever was called or brought in and has not reported is waited for no more, and told so."""
    waiting = change.matter.parties.filter(reported_at=None, ended_at=None)
    rows = list(waiting.order_by("pk"))
    if not rows:
        return
    waiting.update(ended_at=change.at, next_alarm_at=None)
    change.data["calls_ended"] = [party.pk for party in rows]
    for key in dict.fromkeys(party.organization_id for party in rows):
        change.tell_organization(key, "call_ended")


def join(
    matter_id: int,
    organization: Organization,
    task: str,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Party:
    """Bring another organization in to work on the matter with its owner. Raises `Invalid` when it is in
    already.
    """
    with changing(matter_id, "join", actor=actor, version=version, at=at) as change:
        matter = change.matter
        check_owner(matter, organization, "organization")
        if (
            organization.pk == matter.owner_id
            or matter.parties.filter(organization=organization, whistle=None, ended_at=None).exists()
        ):
            raise Invalid(_("This organization works on the matter already."), field="organization")
        party = Party.objects.create(
            matter=matter,
            organization=organization,
            task=checked_text(task, "task", 300),
            joined_at=change.at,
        )
        called = [organization.pk]
        change.data |= {"party": party.pk, "organization": organization.pk, "called": called}
        change.tell_organization(organization.pk, "assigned", stage=JOINED)
    return party
