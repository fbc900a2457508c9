"""A board followed by mail: who is asked, what the letters tell, and how they end."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from yuanba.demo.cast import Cast
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.mail import mail_settings
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import BACK_OFF_S, deliver_due
from yuanba.kernel.quiet import QuietHours
from yuanba.matters import actions, digests
from yuanba.matters.actions.following import KEPT_UNCONFIRMED, LETTERS, NO_BOX, drop_lapsed_followers
from yuanba.matters.digests import DIGEST, TOGETHER, is_morning, put_digests
from yuanba.matters.happenings import LISTED, Span, happenings
from yuanba.matters.models import Follower, Matter
from yuanba.matters.pages.visitors import FOLLOWING
from yuanba.matters.tests.test_by_index import reads_whole
from yuanba.matters.tests.walking import Walk
from yuanba.people.actions import forget_expired, forget_person, keep_until, register_person
from yuanba.people.tests.conftest import BUILDER
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook

# 3 March at half past eight in the morning, here; requests of these tests begin an hour before nine of that day.
CONFIRMED = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
# The mornings after, at eight.
NEXT, AFTER = datetime(2026, 3, 4, 0, tzinfo=UTC), datetime(2026, 3, 5, 0, tzinfo=UTC)
ADDRESS = "Neighbour@Example.org"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(CONFIRMED, tick=False) as moved:
        yield moved


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


# --- the field on the board ---


@pytest.mark.parametrize("place", ["district", "shahe", "yucheng", "yucheng_estate", "square"])
def test_a_board_that_lists_something_can_be_followed(cast: Cast, place: str) -> None:
    key = cast.places[place].pk
    assert f'action="/board/{key}/follow/"' in Client().get(f"/board/{key}/").content.decode()
    assert Client().get(f"/board/{key}/follow/").status_code == 200


def test_a_building_lists_nothing_and_is_not_followed(cast: Cast) -> None:
    building = cast.places["unit_2"].parent
    assert building is not None
    assert "/follow/" not in Client().get(f"/building/{building.pk}/").content.decode()
    for key in (building.pk, cast.places["unit_2"].pk):
        assert Client().get(f"/board/{key}/follow/").status_code == 404
        assert Client().post(f"/board/{key}/follow/", {"email": ADDRESS}).status_code == 404
    assert not Follower.objects.exists()


def test_without_a_mail_server_nothing_is_offered(cast: Cast, settings: Settings) -> None:
    settings.EMAIL_BACKEND = mail_settings("")["EMAIL_BACKEND"]
    key = cast.places["yucheng"].pk
    assert "/follow/" not in Client().get(f"/board/{key}/").content.decode()
    assert Client().post(f"/board/{key}/follow/", {"email": ADDRESS}).status_code == 404


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "a b@example.org", "a@example.org\nBcc: b@example.org"]
)
def test_what_is_no_address_comes_back_with_what_is_wrong(cast: Cast, address: str) -> None:
    answer = Client().post(f"/board/{cast.places['yucheng'].pk}/follow/", {"email": address})
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]
    assert not Follower.objects.exists()


# --- asked, confirmed ---


def test_one_letter_asks_and_nothing_is_sent_before_its_button_is_pressed(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    client = Client()
    answer = client.post(f"/board/{cast.places['yucheng'].pk}/follow/", {"email": ADDRESS}, follow=True)
    assert "Now look into your mail" in answer.content.decode()
    deliver()
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    confirm, stop = links_in(letter)
    Walk(cast).receive().dispatch()
    # A program that looks through mail opens every link.
    for _each in range(3):
        assert Client().get(confirm).status_code == 200
        assert Client().get(stop).status_code == 200
    assert Follower.objects.get().confirmed_at is None
    assert morning(clock) == []


def test_the_button_confirms_once(cast: Cast) -> None:
    ask(cast)
    follower = Follower.objects.get()
    client, address = Client(), f"/follow/{follower.link}/"
    assert "You follow this board" in client.post(address, follow=True).content.decode()
    follower.refresh_from_db()
    assert (follower.confirmed_at, follower.told_on) == (CONFIRMED, date(2026, 3, 3))
    Follower.objects.update(told_on=date(2026, 3, 2))
    client.post(address)
    assert Follower.objects.get().told_on == date(2026, 3, 2)


def test_the_answer_tells_nothing_of_whether_an_address_is_known(cast: Cast) -> None:
    follow(cast, "known@example.org")
    ask(cast, "asked@example.org")
    answers = set()
    for address in ("known@example.org", "KNOWN@example.org", "asked@example.org", "new@example.org"):
        client = Client()
        answer = client.post(f"/board/{cast.places['yucheng'].pk}/follow/", {"email": address})
        page = client.get(answer["Location"]).content.decode()
        answers.add((answer.status_code, answer["Location"], "known@" in page))
    assert len(answers) == 1
    assert Follower.objects.count() == 3


def test_who_follows_already_is_told_so_by_letter(cast: Cast) -> None:
    follower = follow(cast)
    ask(cast, ADDRESS.upper(), language="zh-hans")
    deliver()
    (letter,) = mail.outbox
    assert letter.subject == f"You follow the board of {cast.places['yucheng'].name}"
    assert links_in(letter) == [f"/follow/{follower.link}/stop/"]


def test_a_box_is_not_flooded_and_the_page_says_nothing_of_it(cast: Cast) -> None:
    for number in range(LETTERS.count + 3):
        place = ("yucheng", "shahe")[number % 2]
        answer = Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            f"/board/{cast.places[place].pk}/follow/", {"email": ADDRESS}
        )
        assert answer["Location"].endswith("?sent=1")
    deliver()
    assert len(mail.outbox) == LETTERS.count


def test_what_stands_after_a_plus_is_the_same_box(cast: Cast) -> None:
    for number in range(LETTERS.count + 2):
        ask(cast, f"neighbour+{number}@example.org")
    deliver()
    assert len(mail.outbox) == LETTERS.count


def test_asking_again_gives_no_more_time(cast: Cast, clock: time_machine.Traveller) -> None:
    ask(cast)
    link = Follower.objects.get().link
    clock.move_to(CONFIRMED + timedelta(hours=47))
    ask(cast)
    assert Follower.objects.get().link == link
    clock.move_to(CONFIRMED + timedelta(hours=49))
    assert Client().get(f"/follow/{link}/").status_code == 404
    ask(cast)
    assert Follower.objects.get().link != link


def test_one_visitor_orders_few_letters(cast: Cast) -> None:
    client, address = Client(), f"/board/{cast.places['yucheng'].pk}/follow/"
    for number in range(FOLLOWING.count):
        assert client.post(address, {"email": f"box{number}@example.org"}).status_code == 302
    answer = client.post(address, {"email": "onemore@example.org"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "onemore@example.org" in answer.content.decode()
    assert Follower.objects.count() == FOLLOWING.count


def test_what_is_not_confirmed_is_erased_after_two_days(cast: Cast, clock: time_machine.Traveller) -> None:
    kept = follow(cast, "kept@example.org")
    ask(cast)
    link = Follower.objects.get(confirmed_at=None).link
    clock.move_to(CONFIRMED + KEPT_UNCONFIRMED)
    drop_lapsed_followers(datetime.now(UTC))
    assert Follower.objects.count() == 2
    clock.move_to(CONFIRMED + KEPT_UNCONFIRMED + timedelta(seconds=1))
    # The page knows before the job has come.
    assert Client().post(f"/follow/{link}/").status_code == 404
    drop_lapsed_followers(datetime.now(UTC))
    assert Follower.objects.get() == kept


# --- the letter ---


def test_the_letter_tells_what_is_new_and_what_ended_and_nothing_of_who_asked(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    new = Walk(cast).receive().dispatch().matter
    taken_back = Walk(cast).receive().dispatch()
    taken_back.do(actions.withdraw, by=taken_back.resident)
    unsorted = Walk(cast).receive().matter
    follower = follow(cast)
    (letter,) = morning(clock)
    place = cast.places["yucheng"]
    assert letter.subject == f"{place.name}: 1 new, 1 ended"
    assert letter.to == [ADDRESS]
    told_new, told_ended = letter.body.split("Ended: 1")
    assert new.number in told_new
    assert f"/board/{place.pk}/#matters" in told_new
    assert taken_back.matter.number not in told_new
    assert taken_back.matter.number in told_ended
    assert "Withdrawn by the resident" in told_ended
    assert f"/board/{place.pk}/?show=done#matters" in told_ended
    assert unsorted.number not in letter.body
    for secret in ("居民乙", "13800005678", "路灯坏了", cast.places["unit_2"].name):
        assert secret not in letter.subject + letter.body
    assert links_in(letter) == [f"/follow/{follower.link}/stop/"]


def test_it_tells_of_a_day_once_and_comes_only_after_a_day_with_something(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follow(cast)
    Walk(cast).receive().dispatch()
    assert len(morning(clock)) == 1
    assert morning(clock, NEXT + timedelta(hours=1)) == []
    assert morning(clock, AFTER) == []
    # Two days later something new comes, and is told once somebody has sorted it.
    walk = Walk(cast, at=AFTER).receive()
    assert morning(clock, AFTER + timedelta(days=1)) == []
    walk.at = AFTER + timedelta(days=1)
    walk.dispatch()
    (letter,) = morning(clock, AFTER + timedelta(days=2))
    assert walk.matter.number in letter.body
    assert "New on the board: 1" in letter.body


def test_what_was_sorted_on_a_later_day_is_new_on_that_day(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast)
    walk = Walk(cast).receive()
    assert morning(clock) == []
    walk.at = NEXT
    walk.dispatch().claim().answer().confirm()
    (letter,) = morning(clock, AFTER)
    assert "New on the board: 1" in letter.body
    walk.at = AFTER
    walk.close()
    (letter,) = morning(clock, AFTER + timedelta(days=1))
    assert "New" not in letter.body
    assert "Solved, says the resident" in letter.body


def test_what_protects_somebody_at_the_moment_of_sending_is_not_told(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follow(cast)
    follow(cast, place="shahe")
    Walk(cast).receive().dispatch()
    deliver()
    clock.move_to(NEXT)
    assert put_digests(NEXT) == 2
    Matter.objects.update(confidential=True)
    deliver()
    assert mail.outbox == []
    assert not Message.objects.exists()


@pytest.mark.parametrize("place", ["yucheng", "yucheng_estate"])
def test_private_life_is_told_as_the_board_lists_it(
    cast: Cast, clock: time_machine.Traveller, place: str
) -> None:
    follow(cast, place=place)
    walk = Walk(cast).receive().dispatch()
    sensitive = next(kind.code for kind in current_playbook().playbook.all_categories() if kind.sensitive)
    Matter.objects.update(category=sensitive)
    letters = morning(clock)
    if place == "yucheng_estate":
        assert letters == []
    else:
        assert "A matter of private life" in letters[0].body
        assert cast.places["yucheng_estate"].name not in letters[0].body
        assert walk.matter.number in letters[0].body


def test_twenty_of_each_are_named_and_the_rest_counted(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast)
    made = [Walk(cast).receive().dispatch().matter.number for _each in range(LISTED + 2)]
    (letter,) = morning(clock)
    assert f"New on the board: {LISTED + 2}" in letter.body
    assert "and 2 more on the board" in letter.body
    assert sum(f"  {number} · " in letter.body for number in made) == LISTED


def test_another_place_is_none_of_it(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast, "elsewhere@example.org", place="pipaping")
    follow(cast, "district@example.org", place="district")
    Walk(cast).receive().dispatch()
    assert [letter.to for letter in morning(clock)] == [["district@example.org"]]


def test_each_reads_it_in_the_language_of_the_page(cast: Cast, clock: time_machine.Traveller) -> None:
    follow(cast, "en@example.org")
    follow(cast, "zh@example.org", language="zh-hans")
    Client().post(
        f"/board/{cast.places['shahe'].pk}/follow/",
        {"email": "hant@example.org"},
        headers={"Accept-Language": "zh-TW"},
    )
    assert Follower.objects.get(confirmed_at=None).language == "zh-hant"
    walk = Walk(cast).receive().dispatch()
    walk.do(actions.withdraw, by=walk.resident)
    told = {letter.to[0]: letter.body for letter in morning(clock)}
    assert "Withdrawn by the resident" in told["en@example.org"]
    assert "撤回" in told["zh@example.org"]
    assert "Withdrawn" not in told["zh@example.org"]


def test_a_place_that_was_replaced_is_followed_on_its_successors_board(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    follower = follow(cast, place="pipaping")
    Place.objects.filter(pk=cast.places["pipaping"].pk).update(
        retired_on=date(2026, 3, 3), replaced_by=cast.places["yucheng"]
    )
    Walk(cast).receive().dispatch()
    (letter,) = morning(clock)
    assert cast.places["yucheng"].name in letter.subject
    Place.objects.filter(pk=cast.places["pipaping"].pk).update(replaced_by=None)
    drop_lapsed_followers(NEXT)
    assert not Follower.objects.filter(pk=follower.pk).exists()


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
