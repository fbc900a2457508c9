"""Several organizations on one matter, with one owner all the same: whistles, reports, joint handling, parts,
merging.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed
from yuanba.kernel.journal.append import append
from yuanba.kernel.outbox.queue import put
from yuanba.matters import clockwork
from yuanba.matters.changing import CHANGED, changing, locked
from yuanba.matters.flow import OPEN
from yuanba.matters.models import Matter, Party, Whistle
from yuanba.matters.owners import check_owner
from yuanba.matters.reporting import checked_text
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
    with changing(matter_id, "whistle", actor=actor, version=version, at=at) as change:
        matter = change.matter
        edition = clockwork.playbook_of(matter)
        rules, calendar = edition.playbook.whistle, clockwork.calendar_of(edition, matter.tier)
        _check_called(matter, departments, rules.max_departments)
        call = Whistle.objects.create(
            matter=matter,
            caller_id=matter.owner_id,
            reason=checked_text(reason, "reason"),
            meet_at=meet_at.strip()[:200],
            at=change.at,
        )
        Party.objects.bulk_create(
            Party(
                matter=matter,
                organization=department,
                whistle=call,
                joined_at=change.at,
                check_in_due_at=rules.check_in_within.due_from(change.at, calendar),
                report_due_at=rules.report_within.due_from(change.at, calendar),
            )
            for department in departments
        )
        change.data |= {"called": sorted(department.pk for department in departments), "whistle": call.pk}
        for department in departments:
            change.tell_organization(department.pk, "whistle", caller=matter.owner.called)
    return call


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
        check_owner(matter, department)
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
    at = at or timezone.now()
    with transaction.atomic():
        known = Party.objects.filter(pk=party_id).values_list("matter_id", flat=True).first()
        if known is None:
            raise Missing(_("There is no such call."))
        matter = locked(known)
        party = Party.objects.select_for_update(of=("self",)).get(pk=party_id)
        if party.organization_id not in actor.organizations and "operate" not in actor.powers_everywhere:
            raise Denied(_("Only the organization that was called can do this."))
        if matter.state not in OPEN:
            raise NotAllowed(_("The matter is closed."))
        if (party.reported_at if report else party.checked_in_at) is not None:
            return party
        if report:
            if party.checked_in_at is None:
                raise NotAllowed(_("Check in first, then report."), allowed=["check_in"])
            party.report, party.reported_at = report, at
        else:
            party.checked_in_at = at
        party.save()
        append(
            matter,
            kind=kind,
            actor=actor.actor,
            at=at,
            data={"party": party.pk, "organization": party.organization_id},
        )
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
    return party


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
        check_owner(matter, organization)
        if (
            organization.pk == matter.owner_id
            or matter.parties.filter(organization=organization, whistle=None).exists()
        ):
            raise Invalid(_("This organization works on the matter already."), field="organization")
        party = Party.objects.create(
            matter=matter,
            organization=organization,
            task=checked_text(task, "task")[:300],
            joined_at=change.at,
        )
        change.data |= {"party": party.pk, "organization": organization.pk}
        change.tell_organization(organization.pk, "assigned")
    return party


def merge_into(
    matter_id: int,
    lead_id: int,
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> Matter:
    """Handle a matter together with another that asks for the same.

    The requester keeps number, page, notices, confirmation and rating; only the work is one. Raises `Invalid`
    for a lead that is the matter itself, closed, or merged.
    """
    if matter_id == lead_id:
        raise Invalid(_("A matter can't join itself."), field="lead")
    with transaction.atomic():
        lead = locked(lead_id)
        with changing(matter_id, "merge", actor=actor, version=version, at=at) as change:
            matter = change.matter
            if lead.state not in OPEN or not actor.may("merge", lead):
                raise Invalid(_("Choose an open matter that you may join others to."), field="lead")
            if matter.parts.exists() or matter.part_of_id is not None:
                raise NotAllowed(_("A matter with parts can't join another."), code="has_parts")
            Matter.objects.filter(lead=matter).update(lead=lead)
            matter.lead, matter.outcome = lead, "merged"
            change.data["lead"] = lead.pk
            change.tell_requester("merged", lead_number=lead.number)
        append(lead, kind="joined_by", actor=actor.actor, at=change.at, data={"matter": matter_id})
        lead.save(update_fields=["version", "journal_hash"])
    return change.matter
