"""Working out what publishing the draft would change, a part at a time."""

from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import Sum

from yuanba.kernel.authority import Viewer
from yuanba.kernel.outbox.queue import put
from yuanba.matters.foreseeing import PART, Foresight, Found, look_on
from yuanba.matters.models import Tally
from yuanba.matters.tallying import OPEN_NOW
from yuanba.playbooks.actions import note_preview, start_preview
from yuanba.playbooks.models import Draft, Preview
from yuanba.playbooks.reading import read_playbook
from yuanba.playbooks.schema import Playbook

FORESEE = "playbook.foresee"
AT_ONCE = 5 * PART
"""Matters looked at while somebody waits; the worker goes on from there."""


def foresee(*, version: int, actor: Viewer, at: datetime) -> Preview:
    """Begin to look at the open matters; a small district's is finished at once, a large one's by the worker.

    Raises `Denied`, `Stale`, and `PlaybookInvalid` for a draft with faults in it.
    """
    with transaction.atomic():
        preview = start_preview(version=version, of_about=open_now(), actor=actor, at=at)
        if preview.looked_at or preview.finished_at:
            return preview
        return look_further(preview, at)


def foresee_more(preview_id: int, at: datetime) -> None:
    """The next part, by the worker; nothing where the draft has gone on since."""
    with transaction.atomic():
        preview = Preview.objects.select_for_update().filter(pk=preview_id, finished_at=None).first()
        if preview is None or not Draft.objects.filter(version=preview.draft_version).exists():
            return
        look_further(preview, at)


def look_further(preview: Preview, at: datetime) -> Preview:
    """Look at some more and keep what was found; raises `PlaybookInvalid`."""
    source = Draft.objects.filter(version=preview.draft_version).values_list("source", flat=True)[0]
    foresight = Foresight(_read(source), Found.from_data(preview.found))
    looked, cursor = look_on(foresight, preview.cursor, AT_ONCE)
    so_far = preview.looked_at + looked
    note_preview(preview, found=foresight.found.as_data(), looked_at=so_far, cursor=cursor, at=at)
    if cursor:
        put(FORESEE, preview.pk, at=at)
    return preview


@lru_cache(maxsize=1)
def _read(source: str) -> Playbook:
    """The draft, read once for all the parts of a large district."""
    return read_playbook(source)


def open_now() -> int:
    """About how many matters are open, from the worker's counts; parts are not among them."""
    rows = Tally.objects.filter(day=Tally.NOW, measure=OPEN_NOW)
    return max(rows.aggregate(total=Sum("count"))["total"] or 0, 0)
