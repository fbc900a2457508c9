"""One request that is really several: parts with owners of their own, gathered again by the whole's one
owner.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.journal.append import append
from yuanba.kernel.keys import reserve
from yuanba.matters import clockwork
from yuanba.matters.actions.receiving import entry_data, new_matter, put_received
from yuanba.matters.changing import Change, changing
from yuanba.matters.models import Channel, Matter
from yuanba.matters.reporting import Report, checked_text, title_of


@dataclass(frozen=True, slots=True)
class Part:
    """What one part is about, in office words, and its category."""

    text: str
    category: str


def split_matter(
    matter_id: int,
    parts: Sequence[Part],
    *,
    actor: Viewer,
    version: int | None = None,
    at: datetime | None = None,
) -> list[Matter]:
    """Split a matter into two or more parts, each sorted and owned on its own; the whole keeps owner and
    clock.

    A part holds no personal data of the requester: the whole's owner speaks to the resident and confirms the
    parts. Whom the whole complains about stays accused in its parts, whatever their kind. Raises `Invalid` for
    fewer than two parts.
    """
    if len(parts) < 2:
        raise Invalid(_("A split needs at least two parts."), field="parts")
    with changing(matter_id, "split", actor=actor, version=version, at=at) as change:
        if change.matter.part_of_id is not None:
            raise NotAllowed(_("A part can't be split again."), code="is_part")
        made = [_make_part(change, part) for part in parts]
        change.data["parts"] = [part.pk for part in made]
        change.tell_requester("split", parts=str(len(made)))
    return made


def _make_part(change: Change, part: Part) -> Matter:
    whole = change.matter
    text = checked_text(part.text, "parts")
    report = Report(
        text=text,
        place=whole.place,
        channel=Channel.PART,
        title=title_of(text),
        category=part.category,
        confidential=whole.confidential,
    )
    edition = clockwork.playbook_of(whole)
    matter = new_matter(
        report,
        text,
        secrets.token_urlsafe(16),
        whole.owner_id,
        edition,
        key=reserve(Matter)[0],
        received_at=change.at,
        at=change.at,
    )
    matter.part_of = whole
    matter.accused, matter.accused_path = whole.accused, whole.accused_path
    append(
        matter,
        kind="received",
        actor=change.actor.actor,
        at=change.at,
        data=entry_data(matter) | {"whole": whole.pk},
    )
    matter.save(force_insert=True)
    put_received(matter, change.at)
    return matter
