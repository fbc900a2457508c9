"""When letters to followers go out, that each comes once, and what is done when a server refuses them."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from yuanba.demo.cast import Cast
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import BACK_OFF_S, deliver_due
from yuanba.kernel.quiet import QuietHours
from yuanba.matters import digests
from yuanba.matters.actions.following import NO_BOX, drop_lapsed_followers
from yuanba.matters.digests import DIGEST, TOGETHER, is_morning, put_digests
from yuanba.matters.models import Follower
from yuanba.matters.tests.following.mornings import (
    ADDRESS,
    AFTER,
    CONFIRMED,
    NEXT,
    deliver,
    follow,
    morning,
)
from yuanba.matters.tests.walking import Walk
from yuanba.places.models import Place

# --- when ---


@pytest.mark.parametrize(
    ("hour", "quiet", "goes_out"),
    [
        (6, None, False),
        (7, None, True),
        (11, None, True),
        (12, None, False),
        (20, None, False),
        (7, "22:00-08:30", False),
        (9, "22:00-08:30", True),
        (13, "22:00-08:30", True),
        (14, "22:00-08:30", False),
    ],
)
def test_letters_go_out_in_the_morning(
    settings: Settings, hour: int, quiet: str | None, goes_out: bool
) -> None:
    settings.QUIET_HOURS = None
    if quiet is not None:
        starts, ends = (datetime.strptime(part, "%H:%M").time() for part in quiet.split("-"))  # noqa: DTZ007
        settings.QUIET_HOURS = QuietHours(starts, ends)
    here = datetime(2026, 3, 4, hour, 0, tzinfo=UTC) - timedelta(hours=8)
    assert is_morning(here) == goes_out


def test_what_a_morning_did_not_get_done_the_next_tells_with_its_own(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follow(cast)
    first = Walk(cast).receive().dispatch().matter.number
    deliver()
    clock.move_to(NEXT)
    assert put_digests(NEXT) == 1
    # The worker comes to it in the afternoon only.
    clock.move_to(NEXT + timedelta(hours=9))
    deliver()
    assert mail.outbox == []
    second = Walk(cast, at=NEXT).receive().dispatch().matter.number
    (letter,) = morning(clock, AFTER)
    assert first in letter.body
    assert second in letter.body


def test_a_letter_that_still_waits_the_next_morning_costs_no_day(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follow(cast)
    first = Walk(cast).receive().dispatch().matter.number
    deliver()
    clock.move_to(NEXT)
    assert put_digests(NEXT) == 1
    second = Walk(cast, at=NEXT).receive().dispatch().matter.number
    # The worker stood until the next morning, and gathers before it delivers.
    clock.move_to(AFTER)
    assert put_digests(AFTER) == 1
    deliver()
    (letter,) = mail.outbox
    assert first in letter.body
    assert second in letter.body


def test_a_place_that_was_replaced_twice_is_followed_to_the_last(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follower = follow(cast, place="pipaping")
    gone = {"retired_on": date(2026, 3, 3)}
    Place.objects.filter(pk=cast.places["pipaping"].pk).update(**gone, replaced_by=cast.places["shahe"])
    Place.objects.filter(pk=cast.places["shahe"].pk).update(**gone, replaced_by=cast.places["yucheng"])
    Walk(cast).receive().dispatch()
    (letter,) = morning(clock)
    assert cast.places["yucheng"].name in letter.subject
    page = Client().get(f"/board/{cast.places['pipaping'].pk}/", follow=True)
    assert page.status_code == 200
    Place.objects.filter(pk=cast.places["shahe"].pk).update(replaced_by=None)
    drop_lapsed_followers(NEXT)
    assert not Follower.objects.filter(pk=follower.pk).exists()


# --- once ---


def test_a_second_worker_that_found_it_marked_costs_no_letter(
    cast: Cast, clock: time_machine.Traveller, settings: Settings
) -> None:
    follower = follow(cast)
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    put_digests(NEXT)
    # The first has marked it and waits for a slow server; the second takes the message over, finds nobody, is done.
    Follower.objects.update(told_on=NEXT.date())
    deliver()
    assert mail.outbox == []
    assert not Message.objects.filter(topic=DIGEST).exists()
    # Then the server refuses, and the first takes its mark back.
    Follower.objects.update(told_on=follower.told_on)
    Walk(cast, at=NEXT).receive().dispatch()
    (letter,) = morning(clock, AFTER)
    assert "New on the board: 2" in letter.body


def test_a_job_that_runs_twice_sends_once(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast)
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    assert [put_digests(NEXT), put_digests(NEXT)] == [1, 0]
    (message,) = Message.objects.filter(topic=DIGEST)
    message.pk = None
    message.save()
    deliver()
    assert len(mail.outbox) == 1
    assert put_digests(NEXT) == 0


class Dying(EmailBackend):
    """A mail server by which the worker is killed at its third letter."""

    letters = 0

    def send_messages(self, messages: Any) -> int:
        Dying.letters += 1
        if Dying.letters == 3:
            raise KeyboardInterrupt
        return super().send_messages(messages)


def test_who_was_sent_it_before_the_worker_died_is_sent_it_no_more(
    cast: Cast, clock: time_machine.Traveller, settings: Settings
) -> None:
    boxes = {f"box{number}@example.org" for number in range(6)}
    for box in boxes:
        follow(cast, box)
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    put_digests(NEXT)
    settings.EMAIL_BACKEND, Dying.letters = f"{__name__}.Dying", 0
    with pytest.raises(KeyboardInterrupt):
        deliver()
    assert len(mail.outbox) == 2
    clock.shift(timedelta(minutes=3))
    deliver()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(boxes)


class Refusing(EmailBackend):
    """A mail server that answers one address with `answer`, and takes the others."""

    answer: BaseException

    def send_messages(self, messages: Any) -> int:
        if any(ADDRESS in letter.to for letter in messages):
            raise Refusing.answer
        return super().send_messages(messages)


def refuse(settings: Settings, answer: BaseException) -> None:
    settings.EMAIL_BACKEND, Refusing.answer = f"{__name__}.Refusing", answer


def refused(code: int, said: bytes) -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused({ADDRESS: (code, said)})


def test_an_address_that_is_refused_five_days_in_a_row_is_erased(
    cast: Cast, clock: time_machine.Traveller, settings: Settings
) -> None:
    follow(cast)
    follow(cast, "other@example.org")
    refuse(settings, refused(550, b"5.1.1 no such box"))
    for day in range(NO_BOX):
        assert Follower.objects.count() == 2
        Walk(cast, at=CONFIRMED + timedelta(days=day)).receive().dispatch()
        letters = morning(clock, NEXT + timedelta(days=day))
        assert [letter.to for letter in letters] == [["other@example.org"]]
        assert not Message.objects.filter(topic=DIGEST).exists()
    assert Follower.objects.get().address == "other@example.org"


@pytest.mark.parametrize("said", [b"Ip frequency limited", b"5.7.1 your network is blocked"])
def test_a_server_that_wants_fewer_letters_erases_nobody(
    cast: Cast, clock: time_machine.Traveller, settings: Settings, said: bytes
) -> None:
    follow(cast)
    refuse(settings, refused(550, said))
    for day in range(NO_BOX + 1):
        Walk(cast, at=CONFIRMED + timedelta(days=day)).receive().dispatch()
        assert morning(clock, NEXT + timedelta(days=day)) == []
        assert not Message.objects.filter(topic=DIGEST).exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    (letter,) = morning(clock, NEXT + timedelta(days=NO_BOX + 1))
    assert "New on the board: 6" in letter.body


def test_a_server_that_lets_nobody_in_is_asked_once_a_round(
    cast: Cast, clock: time_machine.Traveller, settings: Settings
) -> None:
    for number in range(4):
        follow(cast, f"box{number}@example.org")
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    put_digests(NEXT)
    settings.EMAIL_BACKEND, Closed.asked = f"{__name__}.Closed", 0
    deliver()
    assert Closed.asked == 1


class Closed(EmailBackend):
    """A mail server that refuses the account."""

    asked = 0

    def send_messages(self, messages: Any) -> int:
        Closed.asked += 1
        raise SMTPAuthenticationError(535, b"no")


def test_one_letter_that_is_taken_ends_the_row_of_refusals(
    cast: Cast, clock: time_machine.Traveller, settings: Settings
) -> None:
    follow(cast)
    Follower.objects.update(refusals=NO_BOX - 1)
    Walk(cast).receive().dispatch()
    assert len(morning(clock)) == 1
    assert Follower.objects.get().refusals == 0


@pytest.mark.parametrize(
    "answer",
    [
        refused(450, b"4.2.0 greylisted, come again"),
        SMTPServerDisconnected("gone"),
        ConnectionRefusedError("away"),
    ],
)
def test_what_is_no_fault_of_the_address_is_tried_again(
    cast: Cast, clock: time_machine.Traveller, settings: Settings, answer: BaseException
) -> None:
    follow(cast)
    Walk(cast).receive().dispatch()
    deliver()
    backend = settings.EMAIL_BACKEND
    refuse(settings, answer)
    clock.move_to(NEXT)
    put_digests(NEXT)
    deliver()
    (message,) = Message.objects.filter(topic=DIGEST)
    assert ADDRESS not in message.last_error
    assert put_digests(NEXT) == 0
    settings.EMAIL_BACKEND = backend
    clock.shift(timedelta(seconds=BACK_OFF_S[0]))
    deliver()
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
    assert Follower.objects.get().refusals == 0


def test_many_followers_cost_no_more_questions_than_one(cast: Cast, clock: time_machine.Traveller) -> None:
    first = follow(cast)
    walk = Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    put_digests(NEXT)
    deliver()
    fields = {"place": first.place, "language": "en", "asked_at": CONFIRMED, "confirmed_at": CONFIRMED}
    Follower.objects.bulk_create(
        Follower(
            address=f"b{n}@example.org", link=f"l{n}", link_digest=str(n), told_on=date(2026, 3, 4), **fields
        )
        for n in range(TOGETHER - 1)
    )
    walk.at = NEXT
    walk.claim().answer().confirm().close()
    asked = []
    for keys in (Follower.objects.filter(pk=first.pk), Follower.objects.all()):
        Message.objects.all().delete()
        Follower.objects.update(told_on=date(2026, 3, 5), queued_on=None)
        keys.update(told_on=date(2026, 3, 4))
        clock.move_to(AFTER)
        mail.outbox.clear()
        with CaptureQueriesContext(connection) as seen:
            put_digests(AFTER)
            deliver_due()
        assert len(mail.outbox) == keys.count()
        marks = [
            row["sql"] for row in seen if row["sql"].startswith("UPDATE") and '"refusals" = ' in row["sql"]
        ]
        assert len(marks) == len(mail.outbox)
        asked.append(len(seen) - len(marks))
    assert asked[0] == asked[1]


def test_only_so_many_letters_wait_at_once(
    cast: Cast, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MOST_WAITING", 3)
    monkeypatch.setattr(digests, "TOGETHER", 1)
    for number in range(5):
        follow(cast, f"box{number}@example.org")
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    assert [put_digests(NEXT), put_digests(NEXT)] == [3, 0]
    deliver()
    assert put_digests(NEXT) == 2
    deliver()
    assert len(mail.outbox) == len({letter.to[0] for letter in mail.outbox}) == 5
