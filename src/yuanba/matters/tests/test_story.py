"""What a resident reads of their own matter when the rules, not a person, put it under watch."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.clockwork import steps_of
from yuanba.matters.models import Channel, Notice, Party
from yuanba.matters.reporting import Report
from yuanba.matters.story import Moment, story_of
from yuanba.matters.tests.api.conftest import Program
from yuanba.matters.tests.walking import START, Walk
from yuanba.people.models import Holding
from yuanba.web.drawings import short_day

WATCHED = "A leader watches over it to the end"


def story(walk: Walk, by: str = "") -> list[Moment]:
    return story_of(walk.matter, walk.viewer(by) if by else walk.resident)


def lines(walk: Walk, by: str = "") -> list[str]:
    return [moment.title for moment in story(walk, by)]


def test_a_watch_that_the_tier_brings_is_a_line_of_its_own_without_names(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("education", "hard")
    watched, sent, _received = story(walk)
    assert (watched.title, watched.who, watched.body) == (WATCHED, "Automatic", "")
    assert (sent.title, watched.entry_id) == ("Sent to its owner", sent.entry_id)
    assert lines(walk, "education_handler")[:2] == [WATCHED, sent.title]


def test_without_the_tier_s_rule_or_with_a_vacant_post_nobody_is_said_to_watch(cast: Cast) -> None:
    assert WATCHED not in lines(Walk(cast).receive().dispatch("education", "big"))
    clerk = cast.viewer("centre_clerk")
    Holding.objects.filter(post=cast.seats["district_leader"].post).update(to_on=START.date())
    walk = Walk(cast).receive()
    walk.do(actions.dispatch_matter, cast.offices["education"], walk.sorting("hard"), by=clerk)
    assert WATCHED not in lines(walk)


def test_supervision_by_the_clock_is_told_in_plain_words_and_earlier_steps_are_not(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch()
    for step in steps_of(walk.matter):
        actions.take_due_steps(step.at + timedelta(minutes=1))
    office = lines(walk, "street_officer")
    assert {"Nearly due", "Overdue"} <= set(office)
    told = [moment for moment in story(walk) if "overdue" in moment.title]
    # Newest first; the stage's time and the total are over at different moments.
    assert [moment.title for moment in told[-2:]] == [
        "It is overdue; a leader of the level above supervises it now",
        "It is overdue; the level above supervises it now",
    ]
    assert {(moment.who, moment.body) for moment in told} == {("Automatic", "")}
    assert not {"Nearly due", "Overdue"} & set(lines(walk))


def test_an_alarm_says_which_deadline_it_is_about(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch()
    claim, answer = walk.matter.due_at, walk.matter.total_due_at
    for step in steps_of(walk.matter):
        actions.take_due_steps(step.at + timedelta(minutes=1))
    bodies = [moment.body for moment in story(walk, "street_officer") if moment.title == "Overdue"]
    assert bodies == [f"To be answered by {short_day(answer)}", f"To be claimed by {short_day(claim)}"]


def test_an_alarm_about_a_call_names_who_was_called(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim()
    walk.do(actions.whistle, [cast.offices["police"]], "请到现场", by="street_officer")
    party = Party.objects.get(matter=walk.matter)
    assert party.check_in_due_at is not None
    actions.take_due_steps(party.check_in_due_at + timedelta(minutes=1))
    late = next(moment for moment in story(walk, "street_officer") if "checked in" in moment.title)
    assert late.body.split("\n") == [
        cast.offices["police"].called,
        f"To check in by {short_day(party.check_in_due_at)}",
    ]


def test_the_page_of_the_resident_shows_it(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("education", "hard")
    page = Client().get(f"/m/{walk.track_key}/", headers={"Accept-Language": "en"}).content.decode()
    assert WATCHED in page
    assert "万区长" not in page


PRIVATE = (
    "王女士，您家是3栋502吗？",
    "我是3栋502的，电话13911112222。",
    "请王女士留意来电。",
    "王女士还是不满意。",
)


def joined_pair(cast: Cast) -> tuple[Walk, Walk]:
    """A matter with words between its resident and the office, and another resident's that joined it."""
    lead = Walk(cast).receive().dispatch().claim()
    question, reply, note, said = PRIVATE
    lead.do(actions.ask_information, question, by="street_officer")
    lead.do(actions.supply_information, reply, by=lead.resident)
    joined = Walk(cast, at=lead.at).receive("楼道的灯不亮了。")
    joined.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = joined.at
    lead.do(actions.comment, note, to_resident=True, only_requester=True, by="street_officer")
    lead.answer()
    lead.do(actions.not_solved, actions.Opinion(said=said), by=lead.resident)
    return lead, joined


def test_who_joined_reads_nothing_of_what_passed_between_the_office_and_the_other(cast: Cast) -> None:
    lead, joined = joined_pair(cast)
    own = "\n".join(moment.body for moment in story(lead))
    assert [words for words in PRIVATE if words not in own] == []
    told = story_of(lead.matter, joined.resident)
    assert [words for words in PRIVATE if any(words in moment.body for moment in told)] == []
    assert {"Answered", "Not solved, says the resident", "A question to the resident"} <= {
        moment.title for moment in told
    }
    page = Client().get(f"/m/{joined.track_key}/").content.decode()
    assert [words for words in PRIVATE if words in page] == []
    assert "更换灯泡" in page


def test_a_question_is_told_to_the_one_it_is_put_to(cast: Cast) -> None:
    lead = Walk(cast).receive().dispatch().claim()
    joined = Walk(cast, at=lead.at).receive("楼道的灯不亮了。")
    joined.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = joined.at
    lead.do(actions.ask_information, PRIVATE[0], by="street_officer")
    lead.do(actions.supply_information, PRIVATE[1], by=lead.resident)
    lead.answer()
    while deliver_due():
        pass
    told = {
        kind: set(Notice.objects.filter(kind=kind).values_list("matter", flat=True))
        for kind in ("information_asked", "answered")
    }
    assert told["information_asked"] == {lead.matter.pk}
    assert told["answered"] == {lead.matter.pk, joined.matter.pk}


def test_a_resident_gets_no_proof_of_what_their_story_does_not_tell(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("education", "big").claim("education_handler")
    walk.do(actions.comment, "内部意见。", by="education_handler")
    walk.do(actions.comment, "请等三天。", by="education_handler", to_resident=True)
    for step in steps_of(walk.matter)[:2]:
        actions.take_due_steps(step.at + timedelta(minutes=1))
    deliver_due(timezone.now())
    seal_days(walk.at + timedelta(days=90))
    entries = Entry.objects.filter(subject_kind="matter", subject_id=walk.matter.pk).order_by("seq")
    told = {moment.entry_id for moment in story(walk)}
    inner = {entry.kind for entry in entries if entry.pk not in told}
    assert {"comment", "alarm"} <= inner
    mine = Program(headers={"X-Track-Key": walk.track_key})
    for entry in entries:
        page = Client().get(f"/m/{walk.track_key}/proof/{entry.pk}/?download")
        through_api = mine.get(f"/journal/entries/{entry.pk}/proof")
        expected = 200 if entry.pk in told else 404
        assert (page.status_code, through_api.status_code) == (expected, expected), entry.kind


def test_proofs_are_not_asked_for_without_end(cast: Cast) -> None:
    walk = Walk(cast).receive()
    entry = Entry.objects.get(subject_kind="matter", subject_id=walk.matter.pk)
    answers = [Client().get(f"/m/{walk.track_key}/proof/{entry.pk}/").status_code for _try in range(61)]
    assert (answers[0], answers[59], answers[60]) == (200, 200, 429)


def test_what_a_complaint_went_past_is_not_said_to_have_had_it(cast: Cast) -> None:
    report = Report(
        "社区干部推诿。", cast.places["unit_2"], Channel.DOOR, confidential=True, about_office=True
    )
    receipt = actions.receive(report, actor=system("door", []))
    steps = {step.state for step in Client().get(f"/m/{receipt.track_key}/").context["ladder"]}
    assert steps == {"skipped", "current"}
    climbed = Walk(cast).receive().dispatch("yucheng", "small")
    climbed.do(actions.claim_matter, by="community_secretary")
    climbed.do(actions.climb, "本级解决不了", by="community_secretary")
    page = Client().get(f"/m/{climbed.track_key}/")
    assert [step.state for step in page.context["ladder"]][:2] == ["passed", "current"]


def test_a_call_says_who_was_called_and_offices_also_why_and_what_came_of_it(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim()
    walk.do(
        actions.whistle, [cast.offices["police"]], "请到现场看电表", meet_at="二单元门口", by="street_officer"
    )
    party, called = Party.objects.get(matter=walk.matter), cast.offices["police"].called
    actions.check_in(party.pk, actor=cast.viewer("police_handler"))
    actions.report_back(party.pk, "已到场，电表正常。", actor=cast.viewer("police_handler"))
    office, resident = ({m.title: m.body for m in story(walk, by)} for by in ("street_officer", ""))
    assert office["Departments were called"] == f"{called}\n请到现场看电表\n二单元门口"
    assert office["A called organization reported"] == f"{called}\n已到场，电表正常。"
    assert resident["Departments were called"] == called
    assert "电表正常" not in "".join(resident.values())
