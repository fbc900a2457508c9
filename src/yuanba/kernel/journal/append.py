"""Writing to the journal: the only way an entry comes into being."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from yuanba.kernel.journal.canonical import canonical, document, timestamp
from yuanba.kernel.journal.models import Entry, Journaled
from yuanba.kernel.kept import KeptRow

ENTRIES = KeptRow(Entry)


def chain(
    subject: Journaled, *, kind: str, actor: str, at: datetime, data: dict[str, Any] | None = None
) -> Entry:
    """Make the next entry of `subject`, already changed, and move the subject's head to it; nothing is written
    yet.

    For actions that write many rows at once: they insert the entries and the subjects in the same
    transaction. Raises TypeError when `data` holds a value without one canonical form.
    """
    if subject.pk is None:
        raise ValueError("reserve the subject's key before its first entry (kernel.keys.reserve)")
    text = canonical((data or {}) | subject.journal_facts())
    seq = subject.version + 1
    name = f"{subject.journal_kind}:{subject.pk}"
    digest = sha256(document(name, seq, timestamp(at), kind, actor, text, subject.journal_hash)).hexdigest()
    entry = Entry(
        subject_kind=subject.journal_kind,
        subject_id=subject.pk,
        seq=seq,
        at=at,
        kind=kind,
        actor=actor,
        data=text,
        prev=subject.journal_hash,
        hash=digest,
    )
    subject.version, subject.journal_hash = seq, digest
    return entry


def append(
    subject: Journaled, *, kind: str, actor: str, at: datetime, data: dict[str, Any] | None = None
) -> Entry:
    """Write the next entry of `subject`, whose row the caller holds locked and saves in the same transaction.

    Raises RuntimeError outside a transaction: an entry without its change, or the reverse, must not be
    possible.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a journal entry is written in the transaction of the change it tells of")
    entry = chain(subject, kind=kind, actor=actor, at=at, data=data)
    ENTRIES.insert(entry)
    return entry
