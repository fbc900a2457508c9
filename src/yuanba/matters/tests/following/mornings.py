"""Addresses that follow a board, and the letters of a morning."""

from datetime import UTC, datetime
from typing import Any

import time_machine
from django.core import mail

from yuanba.demo.cast import Cast
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.digests import put_digests
from yuanba.matters.models import Follower

# 3 March at half past eight in the morning, here; requests of these tests begin an hour before nine of that day.
CONFIRMED = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
# The mornings after, at eight.
NEXT, AFTER = datetime(2026, 3, 4, 0, tzinfo=UTC), datetime(2026, 3, 5, 0, tzinfo=UTC)
ADDRESS = "Neighbour@Example.org"


def ask(cast: Cast, address: str = ADDRESS, place: str = "yucheng", language: str = "en") -> None:
    actions.ask_to_follow(cast.places[place], address, language=language, at=datetime.now(UTC))


def follow(cast: Cast, address: str = ADDRESS, place: str = "yucheng", language: str = "en") -> Follower:
    """An address that follows a board; its letter that asked is gone."""
    ask(cast, address, place, language)
    follower = Follower.objects.latest("pk")
    actions.confirm_following(follower.link, at=datetime.now(UTC))
    deliver()
    mail.outbox.clear()
    follower.refresh_from_db()
    return follower


def deliver() -> None:
    while deliver_due():
        pass


def morning(clock: time_machine.Traveller, at: datetime = NEXT) -> list[Any]:
    """The letters of one morning."""
    deliver()
    mail.outbox.clear()
    clock.move_to(at)
    put_digests(at)
    deliver()
    return list(mail.outbox)


def links_in(letter: Any) -> list[str]:
    return [line[line.index("/follow/") :] for line in letter.body.splitlines() if "/follow/" in line]
