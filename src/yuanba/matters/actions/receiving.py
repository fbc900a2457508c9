"""A request comes in."""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.clock import Event, Opened, StageStarted
from yuanba.kernel.crypto import own_phone, salted_digest
from yuanba.kernel.errors import Denied, Invalid
from yuanba.kernel.journal.append import append
from yuanba.kernel.keys import reserve
from yuanba.kernel.outbox.queue import put
from yuanba.matters import clockwork
from yuanba.matters.actions.accusing import shield
from yuanba.matters.changing import MATTERS, locked
from yuanba.matters.deciding import decision_for
from yuanba.matters.flow import Stage, State
from yuanba.matters.links import track_digest
from yuanba.matters.models import Matter, Photo
from yuanba.matters.owners import first_owner
from yuanba.matters.reporting import TEXT_LENGTH, Contact, Report, checked_line, checked_text, title_of
from yuanba.matters.tallying import Key, as_rows, count_new
from yuanba.people.actions import register_person
from yuanba.people.models import Person
from yuanba.playbooks.decisions import Facts
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Category

RECEIVED = "matter.received"
# Whoever may do one of these could judge their own work through a link that they were given for a resident.
WORKING = frozenset({Power.HANDLE, Power.ANSWER, Power.CLOSE})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the one who asked takes home: the number, and the secret of the link to their own matter."""

    matter: Matter
    track_key: str


def receive(report: Report, *, actor: Viewer, at: datetime | None = None) -> Receipt:
    """Register a request: it has an owner, a tier and a deadline from this moment on.

    Raises `Invalid` naming the field that can't be used. The suggestion is made after commit, by the worker.
    """
    at = at or timezone.now()
    text = checked_text(report.text)
    received_at = (report.received_at or at).astimezone(UTC)
    if received_at > at:
        raise Invalid(_("The time of the request lies in the future."), field="received_at")
    _check_report(report)
    track_key = secrets.token_urlsafe(16)
    with transaction.atomic():
        matter = new_matter(
            report,
            text,
            track_key,
            first_owner(report.place),
            current_playbook(),
            key=reserve(Matter)[0],
            received_at=received_at,
            at=at,
        )
        matter.link_at_office = bool(actor.powers & WORKING)
        shield(matter)
        if not report.contact.empty:
            matter.requester = _register(report.contact, actor, at)
        append(matter, kind="received", actor=actor.actor, at=at, data=entry_data(matter))
        MATTERS.insert(matter)
        Photo.objects.bulk_create(
            Photo(matter=matter, file_id=key, moment=Photo.Moment.BEFORE, at=at) for key in report.photos
        )
        put_received(matter, at)
    return Receipt(matter, track_key)


def put_received(matter: Matter, at: datetime) -> None:
    """Tell the worker of a new matter, and how it counts."""
    counts: Counter[Key] = Counter()
    count_new(matter, counts)
    put(RECEIVED, matter.pk, {"counts": as_rows(counts)}, at=at)


def _check_report(report: Report) -> None:
    """Raises `Invalid` for what the tables could not hold, naming the field."""
    checked_line(report.title, "title", TEXT_LENGTH)
    checked_line(report.address, "address", TEXT_LENGTH)
    checked_line(report.source, "source", 40)
    checked_line(report.source_number, "source_number", 80)
    if (report.lon is None) != (report.lat is None):
        raise Invalid(_("A point needs both longitude and latitude."), field="lon")
    lon, lat = report.lon or 0.0, report.lat or 0.0
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(_("This point does not lie on the earth."), field="lon")


def renew_link(matter_id: int, *, actor: Viewer, at: datetime | None = None) -> str:
    """Give the requester's page another secret after they lost theirs. The link of the receipt goes on working,
    so that who guessed number and telephone locks nobody out; only an earlier found one ends.

    Raises `Denied` for all but the requester, who has shown number and telephone: who holds the secret speaks
    for the resident.
    """
    track_key = secrets.token_urlsafe(16)
    with transaction.atomic():
        matter = locked(matter_id)
        if actor.matter_id != matter.pk:
            raise Denied(_("Only the requester can ask for a new link."))
        matter.found_digest = track_digest(track_key)
        append(matter, kind="link_renewed", actor=actor.actor, at=at or timezone.now())
        matter.save(update_fields=["found_digest", "version", "journal_hash"])
    return track_key


def _register(contact: Contact, actor: Viewer, at: datetime) -> Person:
    return register_person(
        name=contact.name,
        phone=own_phone(contact.phone),
        email=contact.email,
        language=contact.language,
        actor=actor,
        at=at,
    )


def new_matter(
    report: Report,
    text: str,
    track_key: str,
    owner_id: int,
    edition: PlaybookVersion,
    *,
    key: int,
    received_at: datetime,
    at: datetime,
) -> Matter:
    """A matter in its first state, its clock running, owned by whoever sorts requests from that place; not
    saved. Where its category is known, its tier is the table's from the first: that is what is promised.
    """
    matter = drafted_matter(report, text, track_key, owner_id, edition, received_at=received_at)
    matter.pk = key
    if matter.category:
        _facts, decision = decision_for(matter, Facts())
        matter.tier = decision.tier
    clockwork.advance(matter, opening_events(at))
    clockwork.set_alarm(matter)
    return matter


def opening_events(at: datetime) -> list[Event]:
    """What starts every matter's clock."""
    return [Opened(at=at), StageStarted(at=at, stage=Stage.TRIAGE)]


def drafted_matter(
    report: Report,
    text: str,
    track_key: str,
    owner_id: int,
    edition: PlaybookVersion,
    *,
    received_at: datetime,
) -> Matter:
    """A new matter whose clock the caller still has to start."""
    tier = edition.playbook.tier_rules.default
    category = known_category(edition, report.category) or _about_office(report, edition)
    return Matter(
        title=(report.title.strip() or title_of(text))[:120],
        text=text,
        channel=report.channel,
        source=report.source,
        source_number=report.source_number,
        received_at=received_at,
        place=report.place,
        place_path=report.place.path,
        street_id=report.place.street_id,
        community_id=report.place.community_id,
        address=report.address[:200],
        lon=report.lon,
        lat=report.lat,
        track_digest=track_digest(track_key),
        confidential=report.confidential or (category is not None and category.confidential),
        playbook=edition,
        category=category.code if category is not None else "",
        tier=tier,
        state=State.RECEIVED,
        owner_id=owner_id,
        clock=[],
    )


def _about_office(report: Report, edition: PlaybookVersion) -> Category | None:
    """What a resident who complains about an office has said of the category by that."""
    kinds = edition.playbook.all_categories() if report.about_office else ()
    return next((kind for kind in kinds if kind.about_officials), None)


def known_category(edition: PlaybookVersion, code: str) -> Category | None:
    """The category the reporter chose, None for none. Raises `Invalid` for one the playbook doesn't have."""
    if not code:
        return None
    try:
        return edition.playbook.category(code)
    except KeyError:
        raise Invalid(_("The playbook has no such category."), field="category") from None


def entry_data(matter: Matter) -> dict[str, object]:
    """What the journal keeps of a new matter: no words of the resident, only a digest that can prove them."""
    return {
        "accused": matter.accused_id or 0,
        "channel": str(matter.channel),
        "clock": matter.clock,
        "owner": matter.owner_id,
        "place": matter.place_id,
        "playbook": matter.playbook_id,
        "text": salted_digest(matter.text, matter.salt),
        "tier": matter.tier,
        "to": str(matter.state),
    }
