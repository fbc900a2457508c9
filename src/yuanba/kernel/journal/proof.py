"""Proof that one entry was in the journal on its day; checked offline by docs/check_proof.py."""

import json
from dataclasses import asdict, dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Missing, NotAllowed
from yuanba.kernel.journal.merkle import inclusion_path
from yuanba.kernel.journal.models import DailyRoot, Entry
from yuanba.kernel.journal.reading import row_document
from yuanba.kernel.journal.sealing import day_hashes, day_range


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything needed to check one entry against its day's published root; hashes in hex, siblings leaf to
    root.
    """

    document: str
    hash: str
    day: str
    index: int
    entries: int
    siblings: tuple[str, ...]
    root: str

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def prove(entry_id: int) -> Proof:
    """The inclusion proof of an entry. Raises `Missing` for no such entry, `NotAllowed` before its day is
    sealed.
    """
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise Missing(_("There is no such journal entry."))
    day = timezone.localdate(entry.at)
    seal = DailyRoot.objects.filter(day=day).first()
    if seal is None:
        raise NotAllowed(
            _("This day is not sealed yet. Its root is published the morning after."), code="not_sealed"
        )
    start, end = day_range(day)
    same_day = Entry.objects.filter(at__gte=start, at__lt=end)
    index, size = same_day.filter(pk__lt=entry_id).count(), same_day.count()
    siblings = inclusion_path((digest for _key, digest in day_hashes(day)), index, size)
    row = (
        entry.subject_kind,
        entry.subject_id,
        entry.seq,
        entry.at,
        entry.kind,
        entry.actor,
        entry.data,
        entry.prev,
    )
    return Proof(
        document=row_document(row).decode(),
        hash=entry.hash,
        day=day.isoformat(),
        index=index,
        entries=size,
        siblings=tuple(digest.hex() for digest in siblings),
        root=seal.root,
    )
