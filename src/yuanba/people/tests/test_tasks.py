"""What the worker drops in time."""

from datetime import timedelta

import pytest
from axes.models import AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from yuanba.people.tasks import SIGN_IN_LOGS_KEPT, drop_sign_ins_before

pytestmark = pytest.mark.django_db


def test_sessions_go_when_they_end_and_addresses_of_sign_ins_after_their_time() -> None:
    now = timezone.now()
    Session.objects.create(session_key="ended", session_data="", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="lives", session_data="", expire_date=now + timedelta(hours=1))
    for log in (AccessLog, AccessFailureLog):
        log.objects.create(username="somebody", ip_address="192.0.2.7")
    drop_sign_ins_before(now)
    assert Session.objects.get().session_key == "lives"
    assert (AccessLog.objects.count(), AccessFailureLog.objects.count()) == (1, 1)
    drop_sign_ins_before(now + SIGN_IN_LOGS_KEPT + timedelta(hours=1))
    assert (AccessLog.objects.count(), AccessFailureLog.objects.count()) == (0, 0)
