"""Publishing a playbook, the one way its rules come into force."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.journal.append import append
from yuanba.kernel.keys import reserve
from yuanba.playbooks.check import check_source
from yuanba.playbooks.models import PlaybookVersion, digest_of
from yuanba.playbooks.problems import PlaybookInvalid
from yuanba.playbooks.queries import editions, forget
from yuanba.playbooks.schema import Playbook

_TRIES = 3
Guard = Callable[[Playbook], None]
_guards: list[Guard] = []


def before_publishing(guard: Guard) -> Guard:
    """Register a check of a playbook without faults, which raises `NotAllowed` to keep it from coming into force.

    For packages above: a district's places stand already when its rules are changed.
    """
    _guards.append(guard)
    return guard


def publish_playbook(source: str, *, actor: Viewer, at: datetime) -> PlaybookVersion:
    """Put a playbook into force for matters opened from now on; open matters keep theirs.

    The text in force gives the edition it has; an earlier one comes into force again as a new edition.
    Raises `Denied`, `PlaybookInvalid` with every fault, and `NotAllowed` for another district's.
    """
    actor.require(Power.MANAGE_PLAYBOOK)
    report = check_source(source)
    if report.playbook is None:
        raise PlaybookInvalid(report.errors)
    for guard in _guards:
        guard(report.playbook)
    code, digest = report.playbook.code, digest_of(source)
    for tried in range(1, _TRIES + 1):
        # The number is read first: whatever is published after it either shows here or takes that number.
        last = PlaybookVersion.objects.filter(code=code).aggregate(last=Max("edition"))["last"] or 0
        newest = editions().first()
        if newest is not None and (newest.code, newest.digest) == (code, digest):
            return newest
        try:
            return _publish(code, last + 1, digest, source, actor, at)
        except IntegrityError:
            # Another process published in the same moment and took the number.
            if tried == _TRIES:
                raise
    raise AssertionError("unreachable")


def _publish(
    code: str, edition: int, digest: str, source: str, actor: Viewer, at: datetime
) -> PlaybookVersion:
    with transaction.atomic():
        version = PlaybookVersion(
            pk=reserve(PlaybookVersion)[0],
            code=code,
            edition=edition,
            digest=digest,
            source=source,
            published_at=at,
            published_by=actor.person_id,
        )
        facts = {"code": code, "edition": edition, "digest": digest}
        append(version, kind="published", actor=actor.actor, at=at, data=facts)
        version.save(force_insert=True)
        forget(version.pk)
    return version
