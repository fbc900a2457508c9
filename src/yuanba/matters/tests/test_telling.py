"""Who is told what, in the product and by mail."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation
from django.utils.formats import date_format

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Sorting
from yuanba.matters.models import Notice
from yuanba.matters.reporting import Contact
from yuanba.matters.telling import OFFICE_WORDS, make_notices, render
from yuanba.matters.tests.walking import START, Walk
from yuanba.people.actions import end_holding
from yuanba.people.models import Holding
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.schema.notices import PLACEHOLDERS
from yuanba.playbooks.shipped import shipped_source

PARAMS = {
    "question": "q",
    "reason": "r",
    "lead_number": "1",
    "parts": "2",
    "answer": "a",
    "reopen_until": "2026-04-01",
    "outcome": "o",
    "right_place": "p",
    "caller": "c",
    "earlier_number": "3",
}


def work_off() -> None:
    while deliver_due():
        pass


def told(walk: Walk, kind: str) -> list[Notice]:
    return list(Notice.objects.filter(kind=kind, matter=walk.matter))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", sorted(PLACEHOLDERS))
def test_every_kind_reads_whole_in_both_languages(cast: Cast, kind: str, language: str) -> None:
    walk = Walk(cast).receive()
    plan = {"to": "requester", "kind": kind, "params": PARAMS}
    (notice,) = make_notices(walk.matter, [plan], walk.at)
    words = render(notice, language)
    assert words.subject
    assert not re.search(r"[{}]", words.subject + words.body)
    assert "\n" not in words.subject


def test_the_requester_is_told_one_day_the_office_that_of_its_step(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch()
    plans = [{"to": "requester", "kind": "dispatched", "params": {}}, _to(walk, "assigned")]
    requester, office = make_notices(walk.matter, plans, walk.at)
    assert requester.params["due"] == walk.matter.total_due_at.isoformat()
    assert office.params["due"] == walk.matter.due_at.isoformat()
    assert office.params["due"] < requester.params["due"]
    day = date_format(timezone.localtime(walk.matter.total_due_at), "SHORT_DATETIME_FORMAT")
    assert day in render(requester, "zh-hans").body


def _to(walk: Walk, kind: str) -> dict[str, Any]:
    return {"to": "organization", "id": walk.matter.owner_id, "kind": kind, "params": {}}


def test_who_joins_is_told_nothing_of_before_however_late_the_worker_comes(cast: Cast) -> None:
    """As it is after a crash: all that happened waits, and is told in one go."""
    lead = Walk(cast).receive().dispatch().claim()
    joining = Walk(cast, at=lead.at).receive("三栋门口的灯还是不亮。")
    joining.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = joining.at
    lead.answer()
    work_off()
    kinds = Notice.objects.filter(matter=joining.matter, to_requester=True).values_list("kind", flat=True)
    assert sorted(kinds) == ["answered", "merged", "received"]


@pytest.mark.parametrize("kind", sorted(OFFICE_WORDS))
def test_offices_are_told_in_words_of_their_own(cast: Cast, kind: str) -> None:
    walk = Walk(cast).receive()
    plan = {"to": "organization", "id": cast.offices["shahe"].pk, "kind": kind, "params": {"vacant": "X"}}
    (notice,) = make_notices(walk.matter, [plan], walk.at)
    assert render(notice, "en").subject == str(OFFICE_WORDS[kind]).replace("%(vacant)s", "X")


def test_each_reads_on_where_they_can_and_a_page_brings_its_own_link(cast: Cast) -> None:
    walk = Walk(cast).receive()
    office = {"to": "organization", "id": cast.offices["shahe"].pk, "kind": "dispatched", "params": PARAMS}
    plans = [office, {**office, "to": "requester"}]
    to_office, to_requester = make_notices(walk.matter, plans, walk.at)
    assert f"/matters/{walk.matter.number}/" in render(to_office, "en").body
    assert "/find/" in render(to_requester, "en").body
    assert "http" not in render(to_office, "en", with_link=False).body


def test_the_requester_gets_a_mail_for_every_step(cast: Cast) -> None:
    walk = Walk(cast).receive(contact=Contact("居民丁", email="ding@example.org")).dispatch().claim()
    work_off()
    assert [message.to for message in mail.outbox] == [["ding@example.org"]] * 3
    assert all(walk.matter.number in f"{message.subject}{message.body}" for message in mail.outbox)
    assert "居民丁" not in "".join(str(message.body) for message in mail.outbox)


def test_who_left_no_address_gets_no_mail_and_no_dead_letter(cast: Cast) -> None:
    Walk(cast).receive(contact=Contact("居民戊", phone="13800001111"))
    Walk(cast).receive(contact=Contact())
    work_off()
    assert mail.outbox == []
    assert not Message.objects.exists()


def test_a_mail_server_that_is_away_is_tried_again_later(cast: Cast, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    Walk(cast).receive(contact=Contact(email="ding@example.org"))
    work_off()
    waiting = Message.objects.get()
    assert (waiting.topic, waiting.attempts, waiting.dead_at) == ("notice.mail", 1, None)
    assert Notice.objects.filter(to_requester=True).count() == 1


def test_all_who_joined_hear_of_the_answer(cast: Cast) -> None:
    lead = Walk(cast).receive().dispatch().claim()
    joined = Walk(cast, at=lead.at).receive(contact=Contact("居民己", email="ji@example.org"))
    joined.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = joined.at
    lead.answer()
    work_off()
    (notice,) = told(joined, "answered")
    assert notice.to_requester
    words = render(notice, "zh-hans")
    assert joined.matter.number in words.subject + words.body
    assert lead.matter.number not in words.subject + words.body


def test_a_notice_keeps_the_deadline_and_owner_of_its_time(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch()
    work_off()
    before = render(told(walk, "dispatched")[0], "en")
    walk.claim()
    walk.do(actions.climb, "本级解决不了", by="street_officer")
    work_off()
    assert render(told(walk, "dispatched")[0], "en") == before
    assert cast.offices["shahe"].called in before.body


def test_a_step_for_a_leader_goes_to_the_office_while_the_post_is_vacant(cast: Cast) -> None:
    walk = Walk(cast).receive()
    plan = {
        "to": "organization",
        "id": cast.offices["shahe"].pk,
        "kind": "overdue",
        "params": {},
        "leader": True,
    }
    leader = cast.seats["street_leader"].post
    (notice,) = make_notices(walk.matter, [plan], walk.at)
    assert notice.post_id == leader.pk
    holding = Holding.objects.get(post=leader)
    end_holding(holding.pk, on=walk.at.date(), actor=cast.viewer("operator"), at=walk.at)
    (notice,) = make_notices(walk.matter, [plan], walk.at + timedelta(days=1))
    assert (notice.post_id, notice.organization_id) == (None, cast.offices["shahe"].pk)


def test_a_refusal_says_who_refused_and_why(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch()
    rules = walk.matter.playbook.playbook.refusals
    reason = rules.reasons[0]
    walk.do(actions.refuse_dispatch, reason.code, "不属于本街道", "权责清单第3条", by="street_officer")
    work_off()
    words = render(told(walk, "refused")[0], "zh-hans")
    assert reason.name in words.body + words.subject
    assert cast.offices["shahe"].called in words.body + words.subject


def _leave(cast: Cast, office: str) -> None:
    Holding.objects.filter(post__organization=cast.offices[office]).update(to_on=START.date())


def _vacancies(walk: Walk, kind: str = "vacancy") -> list[str]:
    work_off()
    return [notice.organization.name for notice in told(walk, kind) if notice.organization]


def test_an_office_with_nobody_in_post_that_gets_a_matter_to_sort_is_told_above(cast: Cast) -> None:
    _leave(cast, "longbao")
    walk = Walk(cast).receive()
    work_off()
    Notice.objects.all().delete()
    walk.do(actions.triage_matter, Sorting(place=cast.places["longbao"]), by="centre_clerk")
    assert walk.matter.owner == cast.offices["longbao"]
    assert _vacancies(walk) == ["沙河街道办事处"]


def test_a_refusal_that_returns_to_nobody_is_told_above(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch()
    work_off()
    _leave(cast, "yucheng")
    reason = walk.matter.playbook.playbook.refusals.reasons[0].code
    walk.do(actions.refuse_dispatch, reason, "不属于本街道", "权责清单第3条", by="street_officer")
    assert walk.matter.owner == cast.offices["yucheng"]
    assert _vacancies(walk) == ["沙河街道办事处"]


def test_a_dispute_at_a_centre_with_nobody_in_post_is_told_above(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch()
    clerk = cast.viewer("centre_clerk")
    reason = walk.matter.playbook.playbook.refusals.reasons[0].code
    for _refusal in range(walk.matter.playbook.playbook.refusals.before_arbitration - 1):
        walk.do(actions.refuse_dispatch, reason, "不属于本街道", "权责清单第3条", by="street_officer")
        walk.do(actions.dispatch_matter, cast.offices["shahe"], walk.sorting(), by=clerk)
    work_off()
    _leave(cast, "centre")
    walk.do(actions.refuse_dispatch, reason, "不属于本街道", "权责清单第3条", by="street_officer")
    assert walk.matter.state == "arbitration"
    assert _vacancies(walk) == ["万州区人民政府"]


def test_what_comes_back_from_the_resident_to_nobody_is_told_above(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim().answer()
    work_off()
    _leave(cast, "shahe")
    said = Opinion(contacted=True, satisfaction="unsatisfied", said="灯还是不亮")
    walk.do(actions.not_solved, said, by=walk.resident)
    assert _vacancies(walk) == ["万州区基层治理综合指挥中心"]


def test_a_call_to_an_organization_with_nobody_in_post_is_told_above_it_and_to_the_caller(cast: Cast) -> None:
    _leave(cast, "police")
    walk = Walk(cast).receive().dispatch().claim()
    called = [cast.offices["police"], cast.offices["transport"]]
    walk.do(actions.whistle, called, "请到现场", by="street_officer")
    assert _vacancies(walk, "called_vacant") == ["沙河街道办事处", "万州区基层治理综合指挥中心"]
    assert _vacancies(walk) == []


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def test_an_office_is_told_by_when_to_claim_and_what_the_resident_was_promised(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch()
    work_off()
    notice = told(walk, "assigned")[-1]
    with translation.override("zh-hans"):
        claim, promised = _day(walk.matter.due_at), _day(walk.matter.total_due_at)
    assert claim != promised
    words = render(notice, "zh-hans")
    assert f"请在 {claim} 前认领；答应居民 {promised} 前答复" in words.body


def test_who_sorts_a_new_request_is_not_told_that_it_was_dispatched(cast: Cast) -> None:
    walk = Walk(cast).receive()
    work_off()
    (notice,) = told(walk, "assigned")
    walk.matter.refresh_from_db()
    words = render(notice, "en")
    assert "to be sorted" in words.body
    assert _day(walk.matter.due_at) in words.body
    assert _day(walk.matter.total_due_at) not in words.body
    assert "claim" not in words.body


def test_who_is_brought_in_is_told_so_and_not_to_claim(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim()
    walk.do(actions.join, cast.offices["police"], "一起看现场", by="street_officer")
    work_off()
    (notice,) = Notice.objects.filter(
        matter=walk.matter, kind="assigned", organization=cast.offices["police"]
    )
    words = render(notice, "en")
    assert ("brought in" in words.subject, "claim" in words.body) == (True, False)


def test_an_older_edition_calls_the_day_of_the_answer_due(cast: Cast) -> None:
    source = shipped_source("wanzhou").replace(
        "请在 {due} 前认领；答应居民 {promised} 前答复", "请认领；{due} 前答复居民"
    )
    source = source.replace(
        "Please claim it by {due}; the resident was promised an answer by {promised}.", "{due}"
    )
    walk = Walk(cast)
    publish_playbook(source, actor=system("test"), at=walk.at)
    walk.receive().dispatch()
    (notice,) = make_notices(walk.matter, [_to(walk, "assigned")], walk.at)
    with translation.override("zh-hans"):
        assert f"请认领；{_day(walk.matter.total_due_at)} 前答复居民" in render(notice, "zh-hans").body


def test_who_is_called_is_told_by_when_to_check_in(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim()
    call = walk.do(actions.whistle, [cast.offices["police"]], "请到现场", by="street_officer")
    work_off()
    (notice,) = told(walk, "whistle")
    day = call.calls.get().check_in_due_at
    assert day != walk.matter.due_at
    with translation.override("en"):
        assert _day(day) in render(notice, "en").body
