"""How letters to followers end, and what is kept of an address meanwhile."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from yuanba.demo.cast import Cast
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.models import Message
from yuanba.matters import actions
from yuanba.matters.actions.following import drop_lapsed_followers
from yuanba.matters.digests import put_digests
from yuanba.matters.happenings import Span, happenings
from yuanba.matters.models import Follower
from yuanba.matters.tests.following.mornings import ADDRESS, CONFIRMED, NEXT, ask, deliver, follow, morning
from yuanba.matters.tests.test_by_index import reads_whole
from yuanba.matters.tests.walking import Walk
from yuanba.people.actions import forget_expired, forget_person, keep_until, register_person
from yuanba.people.tests.conftest import BUILDER

# --- stopping ---


def test_every_letter_is_stopped_by_one_click_without_cookie_or_token(
    cast: Cast, clock: time_machine.Traveller, settings: Settings
) -> None:
    follow(cast)
    Walk(cast).receive().dispatch()
    (letter,) = morning(clock)
    headers = letter.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>").removeprefix(settings.BASE_URL)
    program = Client(enforce_csrf_checks=True)
    assert Follower.objects.exists()
    answer = program.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not Follower.objects.exists()
    assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "No more letters come" in program.get(address, headers={"Accept-Language": "en"}).content.decode()


def test_the_page_to_stop_has_one_button_and_changes_nothing_by_itself(cast: Cast) -> None:
    follower = follow(cast)
    client = Client()
    assert "Stop the letters" in client.get(f"/follow/{follower.link}/stop/").content.decode()
    assert Follower.objects.exists()
    assert (
        "No more letters come" in client.post(f"/follow/{follower.link}/stop/", follow=True).content.decode()
    )
    assert not Follower.objects.exists()


def test_who_stopped_while_the_letter_waited_gets_none(cast: Cast, clock: time_machine.Traveller) -> None:
    follower = follow(cast)
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    put_digests(NEXT)
    actions.stop_following(follower.link)
    deliver()
    assert mail.outbox == []


def test_to_forget_a_person_ends_what_is_followed_under_the_address(cast: Cast) -> None:
    follow(cast)
    follow(cast, place="shahe")
    follow(cast, "other@example.org")
    person = register_person(name="居民丙", email=ADDRESS.lower(), actor=BUILDER, at=CONFIRMED)
    forget_person(person.pk, actor=BUILDER, at=CONFIRMED)
    assert Follower.objects.get().address == "other@example.org"
    forget_person(register_person(actor=BUILDER, at=CONFIRMED).pk, actor=BUILDER, at=CONFIRMED)
    assert Follower.objects.exists()


def test_the_end_of_a_requests_time_ends_nothing_that_was_ordered_apart(cast: Cast) -> None:
    follow(cast)
    person = register_person(name="居民丙", email=ADDRESS, actor=BUILDER, at=CONFIRMED)
    keep_until([person.pk], date(2026, 3, 1), actor=BUILDER, at=CONFIRMED)
    assert forget_expired(actor=BUILDER, at=CONFIRMED) == 1
    assert Follower.objects.exists()


# --- what is kept ---


def test_the_address_is_kept_encrypted_and_stands_nowhere_else(cast: Cast) -> None:
    before = Entry.objects.count()
    ask(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM matters_follower")
        (row,) = cursor.fetchall()
    follower = Follower.objects.get()
    assert not any(secret in str(row) for secret in ("eighbour", "xample.org", follower.link))
    assert Entry.objects.count() == before
    assert Message.objects.get().data == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"address": ""},
        {"address_index": ""},
        {"link": ""},
        {"told_on": None},
        {"confirmed_at": None},
    ],
)
def test_the_database_refuses_a_follower_that_can_not_be(cast: Cast, fields: dict[str, Any]) -> None:
    follow(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Follower.objects.update(**fields)


def test_the_database_refuses_an_address_twice_at_one_place(cast: Cast) -> None:
    first, second = follow(cast), follow(cast, "other@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Follower.objects.filter(pk=second.pk).update(address_index=first.address_index)


def test_a_new_key_is_taken_in(cast: Cast, settings: Settings) -> None:
    first = follow(cast)
    settings.PERSONAL_DATA_KEYS_OLD = [settings.PERSONAL_DATA_KEY]
    settings.PERSONAL_DATA_KEY = "another key for personal data"
    # While the change is under way the address is known all the same.
    ask(cast)
    assert Follower.objects.get().address_index == first.address_index
    last = actions.renew_followers()
    assert actions.renew_followers(after=last or 0) is None
    settings.PERSONAL_DATA_KEYS_OLD = []
    follower = Follower.objects.get()
    assert (follower.address, follower.link) == (ADDRESS, first.link)
    ask(cast)
    assert Follower.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
def test_what_happened_is_found_by_its_time(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        happenings(cast.places["yucheng"], Span(date(2026, 3, 3), date(2026, 3, 4)))
    asked = [row["sql"] for row in seen if Entry._meta.db_table in row["sql"]]
    assert len(asked) == 2
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [row[3] for row in cursor.fetchall()]
            assert any("USING INDEX entry_by_time (at>? AND at<?)" in step for step in plan), plan


@pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's plans")
def test_letters_find_their_rows_by_an_index(cast: Cast, clock: time_machine.Traveller) -> None:
    for place in ("district", "shahe", "yucheng", "yucheng_estate"):
        follow(cast, f"{place}@example.org", place=place)
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    with CaptureQueriesContext(connection) as seen:
        put_digests(NEXT)
        deliver()
        drop_lapsed_followers(NEXT)
    assert len(mail.outbox) == 4
    asked = {row["sql"] for row in seen if row["sql"].startswith(("SELECT", "UPDATE", "DELETE"))}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        whole = {sql: found for sql in sorted(asked) if (found := reads_whole(cursor, sql))}
    assert not whole, "\n".join(whole)
