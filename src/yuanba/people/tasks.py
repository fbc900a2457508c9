"""What the worker does for people."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, system
from yuanba.kernel.errors import DomainError
from yuanba.kernel.group_bots import NotDelivered
from yuanba.kernel.outbox.queue import Delivery, handles
from yuanba.kernel.worker import every
from yuanba.people.actions import forget_expired
from yuanba.people.actions.channels import TRY
from yuanba.people.group_messages import say_in_group

log = logging.getLogger(__name__)
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


@handles(TRY, remote=True)
def try_groups(deliveries: Sequence[Delivery]) -> None:
    """Say in a group that this is a test. What fails is shown on the page and not tried again by itself."""
    for delivery in deliveries:
        with translation.override(settings.LANGUAGE_CODE):
            text = _("院坝 yuanba: this is a test. Notices of your office will arrive here.")
        try:
            say_in_group(delivery.subject_id, text)
        except (NotDelivered, DomainError) as error:
            log.warning("the test message of a group was not taken: %s", error)
