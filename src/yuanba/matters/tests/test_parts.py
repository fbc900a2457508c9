"""Parts of a request: nobody lives with them, so the owner of the whole is told, speaks for them and confirms."""

from datetime import date

import pytest
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Part
from yuanba.matters.actions.alarms import CLOCK
from yuanba.matters.auditing import audit
from yuanba.matters.models import Notice, Tally
from yuanba.matters.queries import moves_for, notices_for
from yuanba.matters.rates import figures_of
from yuanba.matters.seeing import can_see, seen_of
from yuanba.matters.story import story_of
from yuanba.matters.tests.walking import Walk

SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)


def work_off() -> None:
    while deliver_due():
        pass


@pytest.fixture
def whole(cast: Cast) -> Walk:
    """A request that the department of urban management owns."""
    return Walk(cast).receive().dispatch("urban-management").claim("urban_handler")


@pytest.fixture
def part(whole: Walk) -> Walk:
    """One of its two parts, which transport has claimed."""
    made = whole.do(
        actions.split_matter,
        [Part("修路灯", "roads-lights"), Part("清垃圾", "sanitation")],
        by="urban_handler",
    )
    walk = Walk(whole.cast, at=whole.at)
    walk.matter = made[0]
    return walk.dispatch("transport").claim("transport_handler")


def told(walk: Walk, office: str) -> list[str]:
    work_off()
    rows = Notice.objects.filter(matter=walk.matter, organization=walk.cast.offices[office]).order_by("pk")
    return [row.kind for row in rows]


def test_the_owner_of_the_whole_is_told_of_its_parts_and_no_resident_is(part: Walk) -> None:
    part.do(actions.ask_information, "哪一盏灯？", by="transport_handler")
    part.do(actions.supply_information, "门口左边那盏。", by="urban_handler")
    part.answer("transport_handler")
    assert told(part, "urban-management") == [
        "part_dispatched",
        "part_claimed",
        "part_information_asked",
        "part_answered",
    ]
    assert not Notice.objects.filter(matter=part.matter, to_requester=True).exists()
    handler = part.viewer("urban_handler")
    page = notices_for(handler).rows
    assert "part_answered" in {notice.kind for notice in page if notice.matter_id == part.matter.pk}


def test_the_owner_of_the_whole_sees_a_part_that_another_department_has_and_confirms_it(part: Walk) -> None:
    part.answer("transport_handler")
    handler = part.viewer("urban_handler")
    assert can_see(handler, part.matter)
    assert seen_of(handler, [part.matter.pk]) == {part.matter.pk}
    assert "confirm" in {move.name for move in moves_for(handler, part.matter)}
    assert "confirm" not in {move.name for move in moves_for(part.viewer("transport_handler"), part.matter)}
    assert not can_see(part.viewer("education_handler"), part.matter)
    part.do(actions.confirm, Opinion(), by="urban_handler")
    assert part.matter.state == "confirmed"


def test_silence_never_ends_a_part_its_whole_s_owner_is_reminded(part: Walk) -> None:
    part.answer("transport_handler")
    for _week in range(9):
        part.tick(24 * 7)
        actions.take_due_steps(part.at)
    part.matter.refresh_from_db()
    assert (part.matter.state, part.matter.outcome) == ("answered", "")
    assert told(part, "urban-management").count("part_reminder") == 2
    assert any(
        "owner of the whole" in line.title or "整件" in line.title for line in story_of(part.matter, CLOCK)
    )
    assert audit().breaches == 0
    with pytest.raises(NotAllowed):
        actions.close_unanswered(part.matter.pk, actor=CLOCK, at=part.tick())


def test_a_request_cut_in_parts_counts_as_one(whole: Walk, part: Walk) -> None:
    part.answer("transport_handler")
    part.do(actions.confirm, Opinion(), by="urban_handler")
    part.do(actions.close_matter, by="centre_arbiter")
    work_off()
    found = figures_of(whole.cast.places["district"], SINCE, UNTIL)
    assert (found.open, found.received, found.solved) == (1, 1, 0)
    measures = Tally.objects.filter(count__gt=0).values_list("measure", flat=True)
    assert set(measures) == {"open", "received"}
    assert audit().breaches == 0


def test_an_office_that_a_part_complains_about_neither_hears_nor_speaks_for_it(
    whole: Walk, part: Walk
) -> None:
    """The whole complains about one office and its part about the whole's owner: the level above speaks."""
    cast = whole.cast
    whole.matter.refresh_from_db()
    part.matter.accused = cast.offices["urban-management"]
    part.matter.accused_path, part.matter.confidential = part.matter.accused.path, True
    part.matter.save()
    work_off()
    Notice.objects.all().delete()
    part.answer("transport_handler")
    work_off()
    assert not can_see(part.viewer("urban_handler"), part.matter)
    offices = set(Notice.objects.filter(matter=part.matter).values_list("organization__code", flat=True))
    assert offices == {"centre"}
    part.do(actions.confirm, Opinion(), by="centre_clerk")
    assert part.matter.state == "confirmed"


def test_the_notices_page_says_what_happened_to_a_part(part: Walk) -> None:
    part.answer("transport_handler")
    work_off()
    client = Client(headers={"Accept-Language": "en"})
    account = part.cast.seats["urban_handler"].account
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    assert "A part of your matter was answered" in client.get("/notices/").content.decode()
