"""What the worker does for people."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from yuanba.kernel.authority import Power, system
from yuanba.kernel.worker import every
from yuanba.people.actions import forget_expired

DAY_S = 24 * 3600
# 网络安全法, article 23 in the version of 2026: logs are kept for at least six months.
SIGN_IN_LOGS_KEPT = timedelta(days=200)


@every(DAY_S)
def forget_persons_in_time() -> None:
    """Forget persons whose time to be kept is over."""
    keeper = system("retention", [Power.MANAGE_PEOPLE])
    while forget_expired(actor=keeper, at=timezone.now()):
        pass


@every(DAY_S)
def drop_old_sign_ins() -> None:
    """Drop sessions that have ended, and what was noted of sign-ins longer ago than the logs are kept."""
    drop_sign_ins_before(timezone.now())


def drop_sign_ins_before(now: datetime) -> None:
    """What `drop_old_sign_ins` does, as of `now`."""
    Session.objects.filter(expire_date__lt=now).delete()
    for log in (AccessAttempt, AccessFailureLog, AccessLog):
        log.objects.filter(attempt_time__lt=now - SIGN_IN_LOGS_KEPT).delete()
