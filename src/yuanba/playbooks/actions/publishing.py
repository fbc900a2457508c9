"""Publishing a playbook, the one way its rules come into force."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.crypto import new_salt, salted_digest
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.journal.append import append
from yuanba.kernel.keys import reserve
from yuanba.playbooks.check import check_source
from yuanba.playbooks.models import PlaybookVersion, Reason, digest_of
from yuanba.playbooks.problems import PlaybookInvalid
from yuanba.playbooks.queries import editions, forget
from yuanba.playbooks.schema import Playbook

REASON_LENGTH = 500
_TRIES = 3
Guard = Callable[[Playbook], None]
_guards: list[Guard] = []


def before_publishing(guard: Guard) -> Guard:
    """Register a check of a playbook without faults, which raises `NotAllowed` to keep it from coming into force.

    For packages above: a district's places stand already when its rules are changed.
    """
    _guards.append(guard)
    return guard


def guards_refusal(playbook: Playbook) -> str:
    """Why a playbook without faults can't come into force here, as those who guard it say; empty when it can."""
    try:
        for guard in _guards:
            guard(playbook)
    except NotAllowed as error:
        return error.message
    return ""


def publish_playbook(source: str, *, reason: str = "", actor: Viewer, at: datetime) -> PlaybookVersion:
    """Put a playbook into force for matters opened from now on; open matters keep theirs.

    The text in force gives the edition it has; an earlier one comes into force again as a new edition. `reason` is
    kept beside the edition, and its digest in the journal. Raises `Denied`, `PlaybookInvalid` with every fault,
    `Invalid` for an overlong reason, and `NotAllowed` for another district's.
    """
    actor.require(Power.MANAGE_PLAYBOOK)
    if len(reason) > REASON_LENGTH:
        raise Invalid(_("Say it in at most %(count)d characters.") % {"count": REASON_LENGTH}, field="reason")
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
            return _publish(code, last + 1, source, reason.strip(), actor, at)
        except IntegrityError:
            # Another process published in the same moment and took the number.
            if tried == _TRIES:
                raise
    raise AssertionError("unreachable")


def _publish(
    code: str, edition: int, source: str, reason: str, actor: Viewer, at: datetime
) -> PlaybookVersion:
    digest = digest_of(source)
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
        said = Reason(edition=version, text=reason, salt=new_salt())
        if reason:
            facts["reason"] = salted_digest(reason, said.salt)
        append(version, kind="published", actor=actor.actor, at=at, data=facts)
        version.save(force_insert=True)
        if reason:
            said.save(force_insert=True)
        forget(version.pk)
    return version
