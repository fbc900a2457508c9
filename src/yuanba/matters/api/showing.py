"""From matters to what the API gives back, narrowed to the caller."""

from yuanba.kernel.authority import Viewer
from yuanba.matters import clockwork
from yuanba.matters.api.shapes import (
    MatterLine,
    MatterOut,
    MovedOut,
    MoveOut,
    OrganizationOut,
    PartyOut,
    PlaceOut,
    RequesterOut,
)
from yuanba.matters.models import Matter, Party
from yuanba.matters.queries import moves_for
from yuanba.matters.seeing import can_see, sees_requester
from yuanba.people.models import Organization
from yuanba.places.models import Place


def place_out(place: Place) -> PlaceOut:
    return PlaceOut(place.pk, place.kind, place.name, place.code, place.path, place.lon, place.lat)


def organization_out(row: Organization) -> OrganizationOut:
    return OrganizationOut(row.pk, row.code, row.called, row.kind, row.path)


def line_out(matter: Matter) -> MatterLine:
    return MatterLine(
        number=matter.number,
        version=matter.version,
        title="" if _is_sensitive(matter) else matter.title,
        state=matter.state,
        stage=matter.stage,
        round=matter.round,
        tier=matter.tier,
        category=matter.category,
        channel=matter.channel,
        confidential=matter.confidential,
        owner=organization_out(matter.owner),
        place=place_out(matter.place),
        received_at=matter.received_at,
        due_at=matter.due_at,
        total_due_at=matter.total_due_at,
        paused_at=matter.paused_at,
        closed_at=matter.closed_at,
        outcome=matter.outcome,
    )


def _is_sensitive(matter: Matter) -> bool:
    try:
        return clockwork.playbook_of(matter).playbook.category(matter.category).sensitive
    except KeyError:
        return False


def matter_out(viewer: Viewer, matter: Matter) -> MatterOut:
    return MatterOut(
        number=matter.number,
        version=matter.version,
        title=matter.title,
        text=matter.text,
        state=matter.state,
        stage=matter.stage,
        round=matter.round,
        refusals=matter.refusals,
        tier=matter.tier,
        category=matter.category,
        channel=matter.channel,
        source=matter.source,
        source_number=matter.source_number,
        confidential=matter.confidential,
        owner=organization_out(matter.owner),
        supervised=matter.supervisor_id is not None,
        place=place_out(matter.place),
        address=matter.address,
        lon=matter.lon,
        lat=matter.lat,
        received_at=matter.received_at,
        stage_started_at=matter.stage_started_at,
        due_at=matter.due_at,
        total_due_at=matter.total_due_at,
        paused_at=matter.paused_at,
        answered_at=matter.answered_at,
        confirmed_at=matter.confirmed_at,
        closed_at=matter.closed_at,
        outcome=matter.outcome,
        lead=_number(viewer, matter.lead),
        part_of=_number(viewer, matter.part_of),
        requester=_requester(viewer, matter),
        moves=_moves(viewer, matter),
    )


def moved_out(viewer: Viewer, matter: Matter) -> MovedOut:
    return MovedOut(
        number=matter.number,
        version=matter.version,
        state=matter.state,
        stage=matter.stage,
        round=matter.round,
        tier=matter.tier,
        category=matter.category,
        owner_id=matter.owner_id,
        supervised=matter.supervisor_id is not None,
        lead=_number(viewer, matter.lead),
        due_at=matter.due_at,
        total_due_at=matter.total_due_at,
        paused_at=matter.paused_at,
        closed_at=matter.closed_at,
        outcome=matter.outcome,
        moves=_moves(viewer, matter),
    )


def _number(viewer: Viewer, other: Matter | None) -> str | None:
    """The number of a matter that belongs to the one shown, for those who may know of it; a resident was told."""
    if other is None or not (viewer.matter_id is not None or can_see(viewer, other)):
        return None
    return other.number


def _moves(viewer: Viewer, matter: Matter) -> list[MoveOut]:
    """Without `hide_photos`, which takes photos that somebody has released: few have any."""
    return [
        MoveOut(move.name, str(move.label))
        for move in moves_for(viewer, matter)
        if move.name != "hide_photos"
    ]


def _requester(viewer: Viewer, matter: Matter) -> RequesterOut | None:
    if matter.requester_id is None or not sees_requester(viewer, matter) or matter.requester is None:
        return None
    return RequesterOut(matter.requester.masked_name, matter.requester.masked_phone)


def party_out(party: Party) -> PartyOut:
    return PartyOut(
        id=party.pk,
        organization=organization_out(party.organization),
        called=party.whistle_id is not None,
        task=party.task,
        joined_at=party.joined_at,
        check_in_due_at=party.check_in_due_at,
        checked_in_at=party.checked_in_at,
        report_due_at=party.report_due_at,
        reported_at=party.reported_at,
        report=party.report,
        ended_at=party.ended_at,
    )
