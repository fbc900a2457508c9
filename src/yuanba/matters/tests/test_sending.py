"""Notices of offices beyond the product: by mail to those who chose it, and into offices' groups."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from yuanba.demo.cast import Cast
from yuanba.kernel.group_bots import read_hosts
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import BACK_OFF_S, deliver_due, revive
from yuanba.kernel.quiet import QuietHours
from yuanba.kernel.tests.groups import Groups
from yuanba.matters.models import Matter, Notice, Outgoing
from yuanba.matters.outward import ALARMS
from yuanba.matters.sending import LEASE, LISTED, composed, gather
from yuanba.matters.telling import make_notices, save_notices
from yuanba.matters.tests.walking import Walk
from yuanba.people.actions import (
    choose_channels,
    disable_account,
    end_holding,
    remove_group_bot,
    set_group_bot,
    try_group_bot,
)
from yuanba.people.group_messages import PACE
from yuanba.people.models import GroupBot
from yuanba.people.tests.conftest import BUILDER

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
NIGHT = datetime(2026, 3, 10, 15, tzinfo=UTC)
MORNING = datetime(2026, 3, 10, 23, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture(params=["wecom", "dingtalk", "feishu"])
def groups(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Groups]:
    started = Groups(request.param)
    settings.NOTICE_HOSTS = read_hosts([f"{request.param}={started.origin}"])
    yield started
    started.stop()


one_service = pytest.mark.parametrize("groups", ["wecom"], indirect=True)


def give_bot(cast: Cast, groups: Groups, office: str = "shahe") -> None:
    set_group_bot(
        cast.offices[office].pk, address=groups.address, secret=groups.secret, actor=BUILDER, at=NOON
    )


def wants_mail(cast: Cast, seat: str = "street_officer", **chosen: Any) -> None:
    given = {"by_mail": True, "urgent_at_night": False, "quiet_from": None, "quiet_until": None} | chosen
    choose_channels(email=f"{seat}@example.org", **given, actor=cast.viewer(seat), at=NOON)


def tell(walk: Walk, kind: str = "assigned", *, post: int | None = None, times: int = 1) -> list[Notice]:
    """Tell the matter's owner, or a post, something, as a move would."""
    to = {"to": "post", "id": post} if post else {"to": "organization", "id": walk.matter.owner_id}
    notices = make_notices(walk.matter, [to | {"kind": kind, "params": {}}] * times, timezone.now())
    save_notices(notices)
    return notices


def work(now: datetime | None = None) -> None:
    """One turn of the worker, gathering included."""
    gather(now or timezone.now())
    while deliver_due(now):
        pass


@pytest.fixture
def walk(cast: Cast, clock: object) -> Walk:
    """A matter of the street's, all of whose own notices have been told."""
    made = Walk(cast, at=NOON - timedelta(days=1)).receive().dispatch()
    while deliver_due():
        pass
    mail.outbox.clear()
    return made


def test_without_a_choice_nothing_leaves_the_product(walk: Walk) -> None:
    tell(walk)
    work()
    assert not Outgoing.objects.exists()
    assert mail.outbox == []


def test_who_chose_mail_is_told_of_what_the_office_is_told(walk: Walk, cast: Cast) -> None:
    wants_mail(cast)
    tell(walk)
    work()
    (letter,) = mail.outbox
    assert letter.to == ["street_officer@example.org"]
    assert walk.matter.number in letter.body
    assert f"/matters/{walk.matter.number}/" in letter.body


def test_a_move_tells_offices_beyond_the_product(walk: Walk, cast: Cast) -> None:
    """The whole way: sorted at the centre, told by the worker, mailed to the office."""
    wants_mail(cast)
    other = Walk(cast, at=NOON - timedelta(hours=5)).receive().dispatch()
    while deliver_due():
        pass
    mail.outbox.clear()
    work()
    (letter,) = mail.outbox
    assert other.matter.number in letter.body


def test_nothing_of_the_requester_is_in_it(walk: Walk, cast: Cast, groups: Groups) -> None:
    wants_mail(cast)
    give_bot(cast, groups)
    reason = {"to": "organization", "id": walk.matter.owner_id, "kind": "refused"}
    params = {"reason": "住户张三的电话13800005678打不通"}
    save_notices(make_notices(walk.matter, [reason | {"params": params}], NOON))
    work()
    for text in (mail.outbox[0].subject, mail.outbox[0].body, *groups.said):
        for secret in ("居民乙", "13800005678", "张三", "路灯坏了"):
            assert secret not in text
    assert len(groups.said) == 1


def test_a_group_is_told_number_deadline_and_link(walk: Walk, cast: Cast, groups: Groups) -> None:
    give_bot(cast, groups)
    tell(walk)
    work()
    (text,) = groups.said
    due = timezone.localtime(walk.matter.due_at)
    assert walk.matter.number in text
    assert f"{due:%H:%M}" in text
    assert f"/matters/{walk.matter.number}/" in text


def test_what_a_post_is_told_goes_to_its_holder_and_into_no_group(
    walk: Walk, cast: Cast, groups: Groups
) -> None:
    wants_mail(cast, "street_leader")
    wants_mail(cast, "street_officer")
    give_bot(cast, groups)
    tell(walk, post=cast.seats["street_leader"].post.pk)
    work()
    assert [letter.to for letter in mail.outbox] == [["street_leader@example.org"]]
    assert groups.said == []


@one_service
def test_a_busy_minute_is_one_message(walk: Walk, cast: Cast, groups: Groups) -> None:
    wants_mail(cast)
    give_bot(cast, groups)
    tell(walk, times=30)
    work()
    assert len(groups.said) == len(mail.outbox) == 1
    assert len(groups.said[0].encode()) <= 2048
    assert str(30 - groups.said[0].count("/matters/")) + " more" in groups.said[0]
    assert mail.outbox[0].body.count("/matters/") == LISTED
    assert "30" in mail.outbox[0].subject


@one_service
@pytest.mark.parametrize("fields", [{"confidential": True}, {"accused_path": "0001"}])
def test_protected_matters_go_into_no_group(
    walk: Walk, cast: Cast, groups: Groups, fields: dict[str, Any]
) -> None:
    wants_mail(cast)
    give_bot(cast, groups)
    for name, value in fields.items():
        setattr(walk.matter, name, value)
    tell(walk)
    assert not Outgoing.objects.filter(organization__isnull=False).exists()


@one_service
def test_what_turns_out_protected_before_it_is_sent_goes_into_no_group(
    walk: Walk, cast: Cast, groups: Groups
) -> None:
    give_bot(cast, groups)
    tell(walk)
    Matter.objects.filter(pk=walk.matter.pk).update(confidential=True)
    work()
    assert groups.said == []
    assert not Outgoing.objects.exists()


def test_a_complaint_about_ones_own_office_is_not_mailed(walk: Walk, cast: Cast) -> None:
    wants_mail(cast)
    tell(walk)
    accused = cast.offices["shahe"]
    Matter.objects.filter(pk=walk.matter.pk).update(accused=accused, accused_path=accused.path)
    work()
    assert mail.outbox == []


def test_whose_post_has_ended_gets_no_more_mail(walk: Walk, cast: Cast) -> None:
    wants_mail(cast)
    tell(walk)
    seat = cast.seats["street_officer"]
    end_holding(seat.post.pk, on=timezone.localdate(), actor=BUILDER, at=NOON)
    work()
    assert mail.outbox == []
    assert not Outgoing.objects.exists()


def test_a_disabled_account_gets_no_mail(walk: Walk, cast: Cast) -> None:
    wants_mail(cast)
    tell(walk)
    disable_account(cast.seats["street_officer"].account.pk, actor=BUILDER, at=NOON)
    work()
    assert mail.outbox == []


def test_ordinary_mail_waits_for_the_end_of_the_quiet_hours(
    walk: Walk, cast: Cast, clock: time_machine.Traveller
) -> None:
    wants_mail(cast)
    clock.move_to(NIGHT)
    tell(walk)
    work()
    assert mail.outbox == []
    assert Outgoing.objects.get().due_at == MORNING
    clock.move_to(MORNING - timedelta(minutes=1))
    work()
    assert mail.outbox == []
    clock.move_to(MORNING)
    work()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("allows", [False, True])
@pytest.mark.parametrize("kind", sorted(ALARMS))
def test_alarms_pass_the_quiet_hours_of_who_allows_it(
    walk: Walk, cast: Cast, clock: time_machine.Traveller, kind: str, allows: bool
) -> None:
    wants_mail(cast, urgent_at_night=allows)
    clock.move_to(NIGHT)
    tell(walk, kind)
    tell(walk, "assigned")
    work()
    assert len(mail.outbox) == allows
    assert Outgoing.objects.count() == 2 - allows


def test_ones_own_quiet_hours_take_the_place_of_the_districts(
    walk: Walk, cast: Cast, clock: time_machine.Traveller
) -> None:
    wants_mail(cast, quiet_from=time(12), quiet_until=time(14))
    tell(walk)
    work()
    assert mail.outbox == []
    clock.move_to(NOON + timedelta(hours=2))
    work()
    assert len(mail.outbox) == 1
    clock.move_to(NIGHT)
    tell(walk)
    work()
    assert len(mail.outbox) == 2


@one_service
def test_groups_rest_at_night_whatever_it_is(
    walk: Walk, cast: Cast, groups: Groups, clock: time_machine.Traveller, settings: Settings
) -> None:
    give_bot(cast, groups)
    clock.move_to(NIGHT)
    tell(walk, "overdue")
    work()
    assert groups.said == []
    clock.move_to(MORNING)
    work()
    assert len(groups.said) == 1
    settings.QUIET_HOURS = QuietHours(time(8), time(9))
    clock.move_to(NIGHT + timedelta(days=1))
    tell(walk)
    work()
    assert len(groups.said) == 2


def test_what_a_service_refuses_is_tried_again_later_and_told_once(
    walk: Walk, cast: Cast, groups: Groups, clock: time_machine.Traveller
) -> None:
    give_bot(cast, groups)
    tell(walk)
    groups.refusal = 45009
    work()
    message = Message.objects.get(topic="notice.group")
    assert message.due_at == NOON + timedelta(seconds=BACK_OFF_S[0])
    assert "45009" in message.last_error
    assert GroupBot.objects.get().problem == "45009"
    groups.refusal = 0
    clock.move_to(message.due_at)
    work()
    work()
    assert len(groups.said) == 1
    assert GroupBot.objects.get().problem == ""
    assert not Message.objects.filter(topic="notice.group").exists()


@one_service
def test_a_message_that_is_delivered_twice_says_nothing_twice(walk: Walk, cast: Cast, groups: Groups) -> None:
    give_bot(cast, groups)
    tell(walk)
    gather(timezone.now())
    message = Message.objects.get(topic="notice.group")
    again = Message(topic=message.topic, subject_id=message.subject_id, data={}, created_at=NOON, due_at=NOON)
    again.save()
    while deliver_due():
        pass
    assert len(groups.said) == 1


@one_service
def test_what_another_worker_is_sending_is_left_to_it_until_its_lease_ends(
    walk: Walk, cast: Cast, groups: Groups, clock: time_machine.Traveller
) -> None:
    give_bot(cast, groups)
    tell(walk)
    Outgoing.objects.update(taken_at=NOON)
    work()
    assert groups.said == []
    clock.move_to(NOON + LEASE)
    work()
    assert len(groups.said) == 1


@one_service
def test_after_a_message_was_given_up_only_something_newer_brings_another(
    walk: Walk, cast: Cast, groups: Groups, clock: time_machine.Traveller
) -> None:
    give_bot(cast, groups)
    tell(walk)
    groups.refusal = 93000
    for wait_s in (0, *BACK_OFF_S):
        clock.shift(timedelta(seconds=wait_s))
        work()
    dead = Message.objects.get(topic="notice.group")
    assert dead.dead_at is not None
    clock.move_to(MORNING + timedelta(hours=2))
    work()
    assert Message.objects.filter(topic="notice.group").count() == 1
    groups.refusal = 0
    tell(walk)
    work()
    assert len(groups.said) == 1
    assert groups.said[0].count("/matters/") == 2
    assert revive(dead.pk)
    work()
    assert len(groups.said) == 1


@one_service
def test_a_bot_that_is_gone_is_told_nothing_and_holds_nothing_up(
    walk: Walk, cast: Cast, groups: Groups
) -> None:
    give_bot(cast, groups)
    tell(walk)
    remove_group_bot(cast.offices["shahe"].pk, actor=BUILDER, at=NOON)
    work()
    assert groups.said == []
    assert not Outgoing.objects.exists()
    assert not Message.objects.filter(topic="notice.group").exists()


@one_service
def test_no_bot_is_asked_more_often_than_the_services_allow(
    walk: Walk, cast: Cast, groups: Groups, clock: time_machine.Traveller
) -> None:
    give_bot(cast, groups)
    for _second in range(PACE.count + 3):
        tell(walk)
        work()
    assert groups.tries == PACE.count
    clock.shift(timedelta(minutes=2))
    work()
    assert groups.tries == PACE.count + 1
    assert not Outgoing.objects.exists()


def test_a_test_message_arrives_and_its_failure_is_shown_and_not_repeated(
    cast: Cast, groups: Groups, clock: object
) -> None:
    give_bot(cast, groups)
    groups.refusal = 310000
    for problem in ("310000", ""):
        try_group_bot(cast.offices["shahe"].pk, actor=BUILDER, at=timezone.now())
        while deliver_due():
            pass
        assert GroupBot.objects.get().problem == problem
        groups.refusal = 0
    assert len(groups.said) == 1
    assert groups.tries == 2


def test_a_row_goes_to_one_receiver_once(walk: Walk, cast: Cast) -> None:
    (notice,) = tell(walk)
    person, office = cast.seats["street_officer"].person, cast.offices["shahe"]
    for wrong in ({}, {"person": person, "organization": office}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Outgoing.objects.create(notice=notice, due_at=NOON, **wrong)
    Outgoing.objects.create(notice=notice, due_at=NOON, person=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outgoing.objects.create(notice=notice, due_at=NOON, person=person)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_however_many_there_are_the_words_fit(walk: Walk, language: str) -> None:
    notices = tell(walk, times=LISTED)
    for most_bytes in (120, 400, 2048):
        text = composed(notices, 4000, language, most_bytes=most_bytes)
        assert len(text.encode()) <= most_bytes or "/matters/" not in text
        assert "4000" in text or text.count("/matters/")
