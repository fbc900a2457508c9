"""Which matters the public may read, and how they look to it: no persons, no doors, no confidences."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yuanba.language.privacy import mask
from yuanba.language.text import narrow
from yuanba.matters import clockwork
from yuanba.matters.flow import State
from yuanba.matters.models import Answer, Channel, Matter, Outcome
from yuanba.matters.open311.addresses import Address, public_addresses
from yuanba.matters.seeing import UNSORTED, is_unsorted
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Category

DESCRIPTION_LENGTH = 4000
# Units, floors and rooms in somebody's words, digits of either kind: 2单元501, 三单元五零二, 2门301, 501室, 301房,
# 3栋501, 4号楼三楼东户, 3-2-501; house numbers of villages; Room 501. Buildings stay, and so do bus lines, gates,
# layouts and dates.
_N = "[0-9〇零一二三四五六七八九十两百幺]"
_ROOM = rf"(?:\s*{_N}{{2,5}}(?!{_N}|年))?\s*[室号房]?(?:[东西南北中左右]{{1,2}}[户室])?"
_DOORS = re.compile(
    rf"{_N}{{1,5}}\s*单元(?:\s*{_N}{{1,3}}\s*[楼层])?{_ROOM}"
    rf"|{_N}{{1,2}}\s*号?门\s*{_N}{{2,4}}\s*[室号房]?"
    rf"|{_N}{{2,5}}\s*室|{_N}{{3,5}}\s*号?房"
    rf"|(?<=[栋幢座楼])\s*{_N}{{3,4}}(?!{_N}|年)\s*[室号房]?"
    rf"|(?<=[栋幢座楼])\s*{_N}{{1,3}}\s*[楼层]{_ROOM}"
    rf"|(?:{_N}{{1,3}}\s*[楼层]\s*)?[东西南北中左右]{{1,2}}户(?!外|型)"
    r"|(?<![0-9-])[0-9]{1,3}-(?:[0-9]{1,2}-)?[0-9]{3,4}(?![0-9-])"
    r"|(?<![0-9-])[0-9]{1,3}-[0-9]{1,2}-[0-9]{2}(?![0-9-])"
    rf"|门牌号?\s*{_N}{{1,5}}\s*号?"
    rf"|(?<=[村组弄])\s*{_N}{{1,4}}\s*号(?![楼栋线门院])"
    r"|\b(?:room|apartment|apt\.?|flat)\s*#?[0-9]{1,5}[a-z]?\b",
    re.IGNORECASE,
)
# About eleven metres: the building, not the door.
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class PublicRequest:
    """One request, with the fields and in the order of GeoReport v2."""

    service_request_id: str
    status: str
    status_notes: str
    service_name: str
    service_code: str
    description: str
    agency_responsible: str
    service_notice: str | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    address: str
    address_id: str
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None


def public_matters() -> QuerySet[Matter]:
    """Matters that all may know of: sorted by a person, not confidential, no complaint about an office, no parts.

    What came by this door is known at once, under the service that its client chose: whoever sent it looks it up by
    its number. Of any other nobody knows, until somebody has looked at it, whether it is one of those.
    """
    playbook = current_playbook().playbook
    hidden = [kind.code for kind in playbook.all_categories() if kind.confidential]
    rows = Matter.objects.filter(confidential=False, accused=None, part_of=None)
    rows = rows.exclude(UNSORTED & ~Q(channel=Channel.OPEN311))
    return rows.exclude(Q(category="") | Q(category__in=hidden)).select_related("owner").defer("clock")


def shown(matters: Sequence[Matter]) -> list[PublicRequest]:
    """The matters as the public sees them; two queries, whatever their number."""
    kinds = {matter.pk: kind_of(matter) for matter in matters}
    addresses = public_addresses(
        matters, {key for key, kind in kinds.items() if kind is None or kind.sensitive}
    )
    answers = _answers(matters)
    return [
        _request(matter, kinds[matter.pk], addresses[matter.pk], answers.get(matter.pk)) for matter in matters
    ]


def kind_of(matter: Matter) -> Category | None:
    """The category as the matter's own playbook has it."""
    try:
        return clockwork.playbook_of(matter).playbook.category(matter.category)
    except KeyError:
        return None


def speaks_to_all(matter: Matter, kind: Category | None) -> bool:
    """Whether its words may be shown, masked: only what came by this door, whose clients publish anyway, and not
    before a person has looked at them.

    Whoever wrote by another door was told that the words serve their own matter alone.
    """
    if matter.channel != Channel.OPEN311 or kind is None:
        return False
    return not (kind.sensitive or is_unsorted(matter))


def public_words(text: str) -> str:
    """A text as everyone may read it: without numbers and names of persons, and without their doors."""
    masked = mask(text)
    shown, end = "", 0
    for door in _DOORS.finditer(narrow(masked)):  # narrow keeps every place where it was
        shown, end = f"{shown}{masked[end : door.start()]}***", door.end()
    return shown + masked[end:]


def _answers(matters: Iterable[Matter]) -> dict[int, Answer]:
    """The latest answers to what came by this door; others were written for their reader only."""
    keys = [matter.pk for matter in matters if matter.channel == Channel.OPEN311 and matter.answered_at]
    if not keys:
        return {}
    return {
        answer.matter_id: answer for answer in Answer.objects.filter(matter_id__in=keys).order_by("round")
    }


def _request(matter: Matter, kind: Category | None, address: Address, answer: Answer | None) -> PublicRequest:
    own_words = speaks_to_all(matter, kind)
    lat, long = _point(matter, address) if own_words else (address.lat, address.lon)
    return PublicRequest(
        service_request_id=matter.number,
        status="open" if matter.is_open else "closed",
        status_notes=status_notes(matter, answer if own_words else None),
        service_name=kind.name if kind is not None else matter.category,
        service_code=matter.category,
        description=public_words(matter.text)[:DESCRIPTION_LENGTH] if own_words else "",
        agency_responsible=matter.owner.called,
        service_notice=None,
        requested_datetime=matter.received_at,
        updated_datetime=updated_at(matter),
        # Before somebody has sorted it, no day is promised.
        expected_datetime=None if is_unsorted(matter) else matter.total_due_at,
        address=address.text,
        address_id=address.id,
        zipcode=None,
        lat=lat,
        long=long,
        media_url=None,
    )


def _point(matter: Matter, address: Address) -> tuple[float | None, float | None]:
    if matter.lat is None or matter.lon is None:
        return address.lat, address.lon
    return round(matter.lat, DECIMALS), round(matter.lon, DECIMALS)


def status_notes(matter: Matter, answer: Answer | None) -> str:
    """Where the matter stands, in words; with the office's answer, where that was meant for the public."""
    label = str(Outcome(matter.outcome).label if matter.outcome else State(matter.state).label)
    return f"{label}. {public_words(answer.text)}" if answer is not None else label


def updated_at(matter: Matter) -> datetime:
    """When the matter last changed in a way that the public sees; its end, once it has ended."""
    if matter.closed_at is not None:
        return matter.closed_at
    times = (matter.received_at, matter.stage_started_at, matter.answered_at, matter.confirmed_at)
    return max(at for at in (*times, matter.paused_at, matter.stopped_at) if at is not None)


def number_missing(number: str) -> str:
    return _("The service_request_id %(number)s is not found.") % {"number": number[:40]}
