import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from yuanba.kernel.authority import system
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.verification import verify
from yuanba.matters import actions
from yuanba.matters.actions import Opinion
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter, Verdict
from yuanba.matters.queries import matter_by_track_key, resident_of
from yuanba.matters.tests.api.conftest import Program
from yuanba.matters.tests.walking import Walk
from yuanba.people.actions import forget_expired
from yuanba.people.models import Organization

NOT_SOLVED = Opinion(contacted=True, satisfaction="unsatisfied", said="灯还是不亮")


@pytest.fixture
def walk(cast: Any) -> Walk:
    return Walk(cast)


@pytest.fixture
def answered(walk: Walk) -> Walk:
    return walk.receive().dispatch().claim().answer()


def test_the_link_leads_to_the_residents_own_matter_only(walk: Walk) -> None:
    walk.receive()
    assert matter_by_track_key(walk.track_key) == walk.matter
    with pytest.raises(Missing):
        matter_by_track_key(walk.track_key + "x")


def test_the_office_that_answered_cannot_confirm_for_the_resident(answered: Walk) -> None:
    with pytest.raises(Denied):
        answered.do(actions.confirm, Opinion(), by="street_officer")


def test_the_centre_may_record_what_the_resident_said_in_a_call_back(answered: Walk) -> None:
    said = "3月4日电话回访：灯亮了，等得久了一点。"
    answered.do(actions.confirm, Opinion(True, "basically", said), by="centre_clerk")
    assert answered.matter.state == "confirmed"
    verdict = Verdict.objects.get(matter=answered.matter)
    assert (verdict.satisfaction, verdict.said, verdict.by_office) == ("basically", said, True)


def test_a_call_back_without_a_word_of_the_resident_confirms_nothing(answered: Walk) -> None:
    with pytest.raises(Invalid) as refused:
        answered.do(actions.confirm, Opinion(contacted=True, satisfaction="satisfied"), by="centre_clerk")
    assert refused.value.field == "said"
    assert Matter.objects.get(pk=answered.matter.pk).state == "answered"


def test_another_residents_link_confirms_nothing(answered: Walk) -> None:
    other = Walk(answered.cast, at=answered.at).receive("别的事情：水管漏水。")
    with pytest.raises(Missing):
        answered.do(actions.confirm, Opinion(), by=resident_of(other.matter))


def test_not_solved_goes_back_to_work_in_a_new_round(answered: Walk) -> None:
    owner = answered.matter.owner
    answered.do(actions.not_solved, NOT_SOLVED, by=answered.resident)
    assert (answered.matter.state, answered.matter.round, answered.matter.owner) == ("handling", 2, owner)
    assert answered.matter.answered_at is None
    answered.answer().confirm()
    assert answered.matter.state == "confirmed"
    assert audit().breaches == 0


def test_what_comes_back_to_an_office_closed_meanwhile_goes_to_the_level_above(answered: Walk) -> None:
    answered.confirm()
    answered.do(actions.close_matter, by="centre_arbiter")
    Organization.objects.filter(pk=answered.matter.owner_id).update(closed_on=answered.at.date())
    answered.do(actions.not_solved, NOT_SOLVED, by=answered.resident)
    centre = answered.cast.offices["centre"]
    assert (answered.matter.owner, answered.matter.state) == (centre, "triaged")
    assert audit().breaches == 0


def test_not_solved_too_often_goes_a_level_up(answered: Walk) -> None:
    most = answered.matter.playbook.playbook.closing.max_reopens
    for _time in range(most):
        answered.do(actions.not_solved, NOT_SOLVED, by=answered.resident)
        answered.answer()
    answered.do(actions.not_solved, NOT_SOLVED, by=answered.resident)
    assert (answered.matter.state, answered.matter.stage) == ("triaged", "triage")
    assert answered.matter.owner == answered.cast.offices["centre"]
    assert audit().breaches == 0


def test_a_closed_matter_can_be_reopened_within_its_window_and_not_after(answered: Walk) -> None:
    answered.confirm().close()
    days = answered.matter.playbook.playbook.closing.reopen_window_days
    closed_at = answered.at
    answered.tick(24 * days + 24)
    with pytest.raises(NotAllowed, match="closed more than"):
        answered.do(actions.not_solved, NOT_SOLVED, by=answered.resident)
    answered.at = closed_at
    answered.do(actions.not_solved, NOT_SOLVED, by=answered.resident)
    assert answered.matter.is_open
    assert answered.matter.outcome == ""
    assert audit().breaches == 0


def test_not_solved_needs_a_word_on_what_is_missing(answered: Walk) -> None:
    with pytest.raises(Invalid):
        answered.do(actions.not_solved, Opinion(said=" "), by=answered.resident)


def test_an_unknown_rating_is_refused(answered: Walk) -> None:
    with pytest.raises(Invalid):
        answered.do(actions.confirm, Opinion(satisfaction="wonderful"), by=answered.resident)


def test_only_the_resident_withdraws(walk: Walk) -> None:
    walk.receive()
    for name in ("community_secretary", "centre_clerk", "centre_arbiter"):
        with pytest.raises(Denied):
            walk.do(actions.withdraw, by=name)
    walk.do(actions.withdraw, by=walk.resident)
    assert (walk.matter.state, walk.matter.outcome) == ("withdrawn", "withdrawn")


def merged(walk: Walk, count: int = 3) -> tuple[Walk, list[Walk]]:
    """A lead matter with `count` others merged into it, answered."""
    walk.receive("广场舞声音太大，晚上睡不着。", place="square").dispatch("zhonggulou").claim(
        "other_street_officer"
    )
    others = []
    for number in range(count):
        other = Walk(walk.cast, at=walk.at).receive(f"枇杷坪广场噪音扰民，第{number}户。", place="square")
        other.do(actions.merge_into, walk.matter.pk, by="centre_clerk")
        others.append(other)
        walk.at = other.at
    walk.matter.refresh_from_db()
    return walk.answer("other_street_officer"), others


def test_merging_keeps_every_requesters_number_link_and_verdict(walk: Walk) -> None:
    lead, others = merged(walk)
    numbers = [other.matter.number for other in others]
    assert len(set(numbers)) == 3
    for other in others:
        assert matter_by_track_key(other.track_key).lead_id == lead.matter.pk
        other.at = lead.at
        other.confirm()
    lead.matter.refresh_from_db()
    assert Verdict.objects.filter(matter__in=[other.matter for other in others]).count() == 3
    assert audit().breaches == 0


def test_a_merged_matter_is_confirmed_once_enough_requesters_say_so(walk: Walk) -> None:
    lead, others = merged(walk)
    needed = lead.matter.playbook.playbook.merge.confirm_share * 4
    for said, one in enumerate([lead, *others], start=1):
        one.at = lead.at
        one.confirm()
        lead.matter.refresh_from_db()
        assert (lead.matter.state == "confirmed") == (said >= needed)
        if said >= needed:
            break


def test_a_merged_matter_goes_back_to_work_when_too_many_say_no(walk: Walk) -> None:
    lead, others = merged(walk)
    for one in [*others, lead]:
        one.at = lead.at
        one.do(actions.not_solved, NOT_SOLVED, by=one.resident)
        lead.matter.refresh_from_db()
        if lead.matter.round == 2:
            break
    assert lead.matter.round == 2
    assert lead.matter.state == "handling"
    assert audit().breaches == 0


def test_those_who_joined_withdraw_alone_and_the_lead_stays_for_the_others(walk: Walk) -> None:
    lead, others = merged(walk)
    others[0].at = lead.at
    others[0].do(actions.withdraw, by=others[0].resident)
    assert others[0].matter.state == "withdrawn"
    with pytest.raises(NotAllowed, match="Others"):
        lead.do(actions.withdraw, by=lead.resident)


def test_merging_into_itself_or_a_closed_matter_is_refused(walk: Walk) -> None:
    walk.receive()
    with pytest.raises(Invalid):
        walk.do(actions.merge_into, walk.matter.pk, by="centre_clerk")
    done = Walk(walk.cast, at=walk.at).receive().dispatch().claim().answer().confirm().close()
    walk.at = done.at
    with pytest.raises(Invalid):
        walk.do(actions.merge_into, done.matter.pk, by="centre_clerk")
    assert Matter.objects.get(pk=walk.matter.pk).state == "received"


def test_neither_the_office_that_is_judged_nor_one_under_it_records_a_call_back(answered: Walk) -> None:
    for name in ("street_leader", "community_secretary", "building_head"):
        with pytest.raises(Denied):
            answered.do(actions.confirm, Opinion(), by=name)


def test_the_lead_s_owner_records_no_call_back_for_what_joined_it(walk: Walk) -> None:
    _lead, others = merged(walk)
    others[0].at = walk.at
    with pytest.raises(Denied):
        others[0].do(actions.confirm, Opinion(), by="other_street_officer")


def test_silence_of_some_lets_those_who_spoke_decide(walk: Walk) -> None:
    lead, others = merged(walk)
    others[0].at = lead.at
    others[0].do(actions.not_solved, NOT_SOLVED, by=others[0].resident)
    actions.take_due_steps(lead.at + timedelta(days=60))
    lead.matter.refresh_from_db()
    assert (lead.matter.state, lead.matter.round, lead.matter.outcome) == ("handling", 2, "")
    assert audit().breaches == 0


def test_silence_of_some_counts_as_solved_when_those_who_spoke_said_so(walk: Walk) -> None:
    lead, others = merged(walk)
    others[0].at = lead.at
    others[0].confirm()
    actions.take_due_steps(lead.at + timedelta(days=60))
    lead.matter.refresh_from_db()
    assert lead.matter.state == "confirmed"


def test_an_earlier_word_on_another_answer_does_not_count_for_the_lead(answered: Walk) -> None:
    lead = Walk(answered.cast).receive().dispatch().claim()
    answered.tick(24 * 16)
    answered.do(actions.not_solved, NOT_SOLVED, by=answered.resident)
    answered.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = answered.at
    lead.answer().confirm()
    assert lead.matter.round == 2
    assert lead.matter.state == "confirmed"
    assert Verdict.objects.filter(matter=answered.matter).count() == 1


def test_when_the_one_who_said_nothing_withdraws_the_others_word_stands(walk: Walk) -> None:
    lead, others = merged(walk, 2)
    lead.confirm()
    assert lead.matter.state == "answered"
    others[0].at = lead.at
    others[0].do(actions.withdraw, by=others[0].resident)
    lead.matter.refresh_from_db()
    assert lead.matter.state == "confirmed"


def test_what_was_merged_before_goes_along_with_its_lead(walk: Walk) -> None:
    first = walk.receive()
    second = Walk(walk.cast, at=first.at).receive()
    third = Walk(walk.cast, at=second.at).receive()
    first.at = third.at
    first.do(actions.merge_into, second.matter.pk, by="centre_clerk")
    second.at = first.at
    second.do(actions.merge_into, third.matter.pk, by="centre_clerk")
    first.matter.refresh_from_db()
    assert first.matter.lead == third.matter
    assert audit().breaches == 0
    assert verify().broken == 0


def test_nothing_joins_a_matter_that_is_answered_already(answered: Walk) -> None:
    other = Walk(answered.cast, at=answered.at).receive()
    with pytest.raises(Invalid):
        other.do(actions.merge_into, answered.matter.pk, by="centre_clerk")


def test_the_parts_of_a_withdrawn_matter_end_with_it(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    parts = [actions.Part("修路灯", "roads-lights"), actions.Part("清垃圾", "sanitation")]
    walk.do(actions.split_matter, parts, by="street_officer")
    walk.do(actions.withdraw, by=walk.resident)
    assert set(Matter.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert audit().breaches == 0


def test_the_look_at_a_part_counts_in_no_rate(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    parts = [actions.Part("修路灯", "roads-lights"), actions.Part("清垃圾", "sanitation")]
    made = walk.do(actions.split_matter, parts, by="street_officer")
    part = Walk(walk.cast, at=walk.at)
    part.matter = made[0]
    part.dispatch("shahe").claim().answer()
    part.do(actions.confirm, Opinion(), by="street_officer")
    assert part.matter.state == "confirmed"
    assert not Verdict.objects.exists()


class Finder:
    """Somebody who comes to the page for lost links, from one network address."""

    def __init__(self, address: str) -> None:
        self.client = Client(REMOTE_ADDR=address)

    def find(self, number: str, phone: str) -> tuple[int, str]:
        answer = self.client.post("/find/", {"number": number, "phone": phone})
        return answer.status_code, answer.headers.get("Location", "")


def test_who_lost_the_link_comes_back_and_the_first_link_goes_on_working(walk: Walk) -> None:
    walk.receive()
    status, found = Finder("203.0.113.1").find(walk.matter.number, "138 0000 5678")
    assert status == 302
    for address in (found, f"/m/{walk.track_key}/"):
        assert Client().get(address).status_code == 200
    assert Program(headers={"X-Track-Key": found.split("/")[2]}).get("/tracked").status_code == 200
    second = Finder("203.0.113.1").find(walk.matter.number, "13800005678")[1]
    assert Client().get(second).status_code == 200
    assert Client().get(found).status_code == 404


def test_many_addresses_together_guess_neither_telephone_nor_number(walk: Walk) -> None:
    """Numbers are public and serial, and an office knows seven of eleven digits."""
    walk.receive()
    guesses = [
        Finder(f"203.0.113.{place}").find(f" {walk.matter.number}", f"1380000{place:04d}")[0]
        for place in range(6)
    ]
    assert guesses == [422, 422, 422, 422, 422, 429]
    other = Walk(walk.cast, at=walk.at).receive().matter
    tried = [
        Finder(f"198.51.100.{place}").find(f"260303-90{place}", "+8613911110000")[0] for place in range(10)
    ]
    assert set(tried) == {422}
    assert Finder("198.51.100.99").find(other.number, "139 1111 0000")[0] == 429
    assert Finder("198.51.100.99").find(other.number, "13800005678")[0] == 302


def test_one_network_of_the_sixth_version_is_one_visitor(walk: Walk) -> None:
    tried = [
        Finder(f"2001:db8::{place:x}").find(f"260303-90{place}", f"1391111{place:04d}")[0]
        for place in range(21)
    ]
    assert (tried[19], tried[20]) == (422, 429)


def test_nobody_learns_here_who_complained_about_them(walk: Walk) -> None:
    walk.receive(confidential=True)
    assert Finder("203.0.113.1").find(walk.matter.number, "13800005678")[0] == 422
    other = Walk(walk.cast, at=walk.at).receive("社区书记态度恶劣。", about_office=True)
    Matter.objects.filter(pk=other.matter.pk).update(confidential=False)
    assert Finder("203.0.113.1").find(other.matter.number, "13800005678")[0] == 422


def kept(walk: Walk) -> date | None:
    assert walk.matter.requester is not None
    walk.matter.requester.refresh_from_db()
    return walk.matter.requester.retain_until


def test_who_asked_is_forgotten_a_year_after_the_end_and_not_while_it_goes_on(answered: Walk) -> None:
    answered.confirm()
    assert kept(answered) is None
    answered.close()
    assert kept(answered) == date(2027, 3, 3)
    answered.do(actions.not_solved, NOT_SOLVED, by=answered.resident)
    assert kept(answered) is None
    answered.answer().confirm().close()
    until = kept(answered)
    assert until is not None
    keeper = system("retention")
    forget_expired(actor=keeper, at=datetime(2027, 3, 3, 4, tzinfo=UTC))
    assert answered.matter.requester is not None
    answered.matter.requester.refresh_from_db()
    assert answered.matter.requester.phone == "13800005678"
    forget_expired(actor=keeper, at=datetime(2027, 3, 5, 4, tzinfo=UTC))
    answered.matter.requester.refresh_from_db()
    assert answered.matter.requester.phone == ""
    assert verify().broken == 0


def test_who_joined_is_kept_as_long_as_the_matter_that_answers(walk: Walk) -> None:
    walk.receive()
    other = Walk(walk.cast, at=walk.at).receive("路灯坏了，同上。")
    other.do(actions.merge_into, walk.matter.pk, by="centre_clerk")
    assert kept(other) is None
    walk.at = other.at
    third = Walk(walk.cast, at=walk.at).receive("路灯又坏了。")
    third.do(actions.merge_into, walk.matter.pk, by="centre_clerk")
    third.do(actions.withdraw, by=third.resident)
    assert (kept(walk), kept(other)) == (None, None)
    assert kept(third) is not None
    walk.at = third.at
    walk.dispatch().claim().answer().confirm()
    other.at = walk.at
    other.do(actions.confirm, Opinion(contacted=True), by=other.resident)
    walk.at = other.at
    walk.matter.refresh_from_db()
    walk.close()
    assert kept(walk) == kept(other) is not None


def test_who_may_ring_the_resident_sees_the_number_once_for_a_reason_and_leaves_an_entry(walk: Walk) -> None:
    walk.receive().dispatch().claim()
    page = f"/matters/{walk.matter.number}/"

    def come(name: str) -> Client:
        client = Client()
        account = walk.cast.seats[name].account
        client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    leader = come("street_leader")
    assert f"{page}telephone/" in leader.get(page).content.decode()
    assert leader.post(f"{page}telephone/", {"reason": "curious"}).status_code == 422
    shown = leader.post(f"{page}telephone/", {"reason": "call_back"})
    assert shown.status_code == 200
    assert "13800005678" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert "13800005678" not in leader.get(page).content.decode()
    entry = Entry.objects.get(subject_kind="person", kind="unmasked")
    assert entry.subject_id == walk.matter.requester_id
    assert entry.actor == walk.viewer("street_leader").actor
    assert json.loads(entry.data) == {"about": f"matter:{walk.matter.pk}", "reason": "call_back"}
    officer = come("street_officer")
    assert f"{page}telephone/" not in officer.get(page).content.decode()
    assert officer.post(f"{page}telephone/", {"reason": "call_back"}).status_code == 403
    assert come("neighbour_secretary").post(f"{page}telephone/", {"reason": "call_back"}).status_code == 404
    assert Entry.objects.filter(kind="unmasked").count() == 1


def test_a_protected_number_is_shown_to_the_centre_only(walk: Walk) -> None:
    walk.receive(confidential=True).dispatch().claim()
    with pytest.raises(Denied):
        actions.unmask_requester(walk.matter.pk, "call_back", actor=walk.viewer("street_leader"))
    number = actions.unmask_requester(walk.matter.pk, "call_back", actor=walk.viewer("centre_arbiter"))
    assert number == "13800005678"


@pytest.mark.parametrize("said", ["123", "abc", "12345"])
def test_at_the_door_what_is_nobodys_telephone_is_refused_at_its_field(walk: Walk, said: str) -> None:
    door = f"/d/{walk.cast.places['unit_2'].door_code}/"
    answer = Client().post(door, {"text": "路灯不亮", "phone": said})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["phone"]
    assert not Matter.objects.exists()
