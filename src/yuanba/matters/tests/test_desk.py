"""The desk as a to-do list: one action in each row, a quick look beside it, several at once, and the way back."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import Viewer, system
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions, queries
from yuanba.matters.actions import Opinion
from yuanba.matters.actions.keeping_filters import forget_filters_of_the_forgotten
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter, SavedFilter, Suggestion
from yuanba.matters.pages.next_steps import next_steps
from yuanba.matters.pages.queues import is_clear
from yuanba.matters.pages.slips import KEY
from yuanba.matters.queries import with_calls
from yuanba.matters.tests.walking import Walk
from yuanba.people.actions import forget_person

REFUSAL = ("not-our-duty", "不属于本单位", "三定规定第三条")


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.seats[name].account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return Walk(cast, at=timezone.now() - timedelta(hours=20)).receive()


def another(walk: Walk) -> Walk:
    return Walk(walk.cast, at=walk.at).receive("楼道的灯坏了，晚上看不见台阶。")


def step_of(walk: Walk, name: str) -> str:
    """The one action that this person is offered for the matter; empty for none."""
    rows = with_calls(walk.viewer(name), Matter.objects.select_related("owner", "place"))
    found = next_steps(walk.viewer(name), rows.filter(pk=walk.matter.pk)).get(walk.matter.pk)
    return found.name if found else ""


def test_each_state_offers_its_one_step_to_whoever_takes_it(walk: Walk) -> None:
    assert (step_of(walk, "community_secretary"), step_of(walk, "street_officer")) == ("dispatch", "")
    walk.dispatch()
    assert (step_of(walk, "street_officer"), step_of(walk, "transport_handler")) == ("claim", "")
    walk.claim()
    assert step_of(walk, "street_officer") == "start"
    walk.do(actions.start_work, by="street_officer")
    assert step_of(walk, "street_officer") == "answer"
    walk.answer()
    assert step_of(walk, "street_officer") == ""
    walk.confirm()
    assert (step_of(walk, "centre_arbiter"), step_of(walk, "street_officer")) == ("close", "")


def test_who_was_called_checks_in_and_then_reports(walk: Walk) -> None:
    walk.dispatch().claim()
    police = walk.cast.offices["police"]
    call = walk.do(actions.whistle, [police], "请到现场", by="street_officer")
    assert step_of(walk, "police_handler") == "check_in"
    actions.check_in(call.calls.get().pk, actor=walk.viewer("police_handler"), at=walk.tick())
    assert step_of(walk, "police_handler") == "report_back"
    actions.report_back(call.calls.get().pk, "已处理", actor=walk.viewer("police_handler"), at=walk.tick())
    assert step_of(walk, "police_handler") == ""


def test_what_waits_for_a_decision_comes_before_what_the_state_offers(walk: Walk) -> None:
    walk.dispatch().claim()
    walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    assert (step_of(walk, "street_leader"), step_of(walk, "centre_arbiter")) == ("start", "decide_time")
    assert step_of(walk, "street_officer") == "start"


def test_nobody_is_offered_to_decide_the_dispute_they_began(walk: Walk) -> None:
    for _time in range(2):
        walk.dispatch("transport").do(actions.refuse_dispatch, *REFUSAL, by="transport_handler")
    assert (walk.matter.state, step_of(walk, "centre_arbiter")) == ("arbitration", "arbitrate")
    refuser = walk.viewer("centre_arbiter")
    other = another(walk)
    for _time in range(2):
        other.dispatch("transport").do(actions.refuse_dispatch, *REFUSAL, by="transport_handler")
    rows = list(Matter.objects.select_related("owner", "place").filter(state="arbitration"))
    assert {step.name for step in next_steps(refuser, rows).values()} == {"arbitrate"}


def test_the_row_is_worked_without_opening_it_and_leads_back_to_the_same_list(walk: Walk) -> None:
    walk.dispatch()
    client = signed_in(walk.cast, "street_officer")
    here = "/desk/?reach=own&tier=big"
    page = client.get(here).content.decode()
    assert f'action="/matters/{walk.matter.number}/moves/claim/"' in page
    sent = {"version": walk.matter.version, "back": here}
    answer = client.post(f"/matters/{walk.matter.number}/moves/claim/", sent)
    assert answer["Location"] == f"{here}&done={walk.matter.number}/claim"


@pytest.mark.parametrize(
    "back", ["https://example.org/desk/", "//example.org/desk/", "/accounts/logout/", "desk"]
)
def test_a_form_leads_back_to_lists_of_ours_only(walk: Walk, back: str) -> None:
    walk.dispatch()
    client = signed_in(walk.cast, "street_officer")
    answer = client.post(f"/matters/{walk.matter.number}/moves/claim/", {"back": back})
    assert answer["Location"] == f"/matters/{walk.matter.number}/?done={walk.matter.number}/claim"


def test_a_quick_look_shows_the_matter_in_short(walk: Walk) -> None:
    deliver_due(walk.at)
    walk.dispatch().claim()
    page = signed_in(walk.cast, "street_officer").get(f"/matters/{walk.matter.number}/look/").content.decode()
    for shown in (walk.matter.text, "沙河街道办事处", "Claimed", "2单元", f"{walk.matter.number}/#do-answer"):
        assert shown in page
    assert "<html" not in page
    assert "居民乙" not in page
    assert "138" not in re.sub(r"\d{6}-\d+", "", page)


def test_a_quick_look_is_for_those_who_may_open_the_page(walk: Walk) -> None:
    address = f"/matters/{walk.matter.number}/look/"
    assert signed_in(walk.cast, "transport_handler").get(address).status_code == 404
    signed_out = Client().get(address, headers={"HX-Request": "true"})
    assert f"next=/matters/{walk.matter.number}/" in signed_out["HX-Redirect"]


def undo_form(page: str) -> dict[str, Any]:
    form = re.search(r'<form[^>]*action="/desk/undo/".*?</form>', page, re.S)
    assert form, "no undo is offered"
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form.group())
    sent: dict[str, Any] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    return sent


def test_a_claim_offers_the_way_back_for_a_minute(walk: Walk) -> None:
    walk.dispatch()
    client = signed_in(walk.cast, "street_officer")
    client.post(f"/matters/{walk.matter.number}/moves/claim/", {"back": "/desk/"})
    sent = undo_form(client.get("/notices/").content.decode())
    for _time in range(2):  # pressed twice
        answer = client.post("/desk/undo/", sent)
        assert answer.status_code == 302
        walk.matter.refresh_from_db()
        assert walk.matter.state == "dispatched"
    assert 'action="/desk/undo/"' not in client.get("/desk/").content.decode()
    assert audit().breaches == 0


def test_after_its_minute_the_way_back_is_not_offered(walk: Walk) -> None:
    walk.dispatch()
    client = signed_in(walk.cast, "street_officer")
    client.post(f"/matters/{walk.matter.number}/moves/claim/", {"back": "/desk/"})
    session = client.session
    session[KEY] = session[KEY] | {"until": session[KEY]["until"] - 61}
    session.save()
    assert 'action="/desk/undo/"' not in client.get("/desk/").content.decode()


def test_undo_says_why_it_comes_too_late(walk: Walk) -> None:
    walk.dispatch()
    client = signed_in(walk.cast, "street_officer")
    client.post(f"/matters/{walk.matter.number}/moves/claim/", {"back": "/desk/"})
    sent = undo_form(client.get("/desk/").content.decode())
    actions.start_work(walk.matter.pk, actor=walk.viewer("street_leader"))
    page = client.post("/desk/undo/", sent).content.decode()
    assert "Somebody changed this matter meanwhile" in page
    walk.matter.refresh_from_db()
    assert walk.matter.state == "handling"


def tick(client: Client, step: str, *picked: Matter, **more: Any) -> Any:
    pick = [f"{matter.number}:{matter.version}" for matter in picked]
    sent = {"key": str(uuid.uuid4()), "pick": pick, "back": "/desk/"} | more
    return client.post(f"/desk/several/{step}/", sent)


def test_what_is_ticked_is_claimed_and_taken_back_with_one_press_each(walk: Walk) -> None:
    other = another(walk.dispatch()).dispatch()
    client = signed_in(walk.cast, "street_officer")
    page = client.get("/desk/").content.decode()
    assert page.count('name="pick"') == 2
    assert tick(client, "claim", walk.matter, other.matter).status_code == 302
    states = Matter.objects.filter(pk__in=[walk.matter.pk, other.matter.pk]).values_list("state", flat=True)
    assert list(states) == ["claimed", "claimed"]
    page = client.get("/desk/").content.decode()
    assert "2 matters are claimed." in page
    client.post("/desk/undo/", undo_form(page))
    assert list(states.all()) == ["dispatched", "dispatched"]


def test_what_cannot_be_claimed_is_told_by_number_and_stops_nothing_else(walk: Walk) -> None:
    other = another(walk.dispatch()).dispatch()
    seen = Matter.objects.get(pk=walk.matter.pk)
    walk.do(actions.comment, "看过了", by="street_leader")
    client = signed_in(walk.cast, "street_officer")
    answer = tick(client, "claim", seen, other.matter)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert seen.number in page
    assert "Somebody changed this matter meanwhile" in page
    assert "1 matter is claimed." in page
    assert [Matter.objects.get(pk=each).state for each in (seen.pk, other.matter.pk)] == [
        "dispatched",
        "claimed",
    ]


def test_the_same_form_sent_twice_says_the_same(walk: Walk) -> None:
    walk.dispatch()
    client = signed_in(walk.cast, "street_officer")
    key = str(uuid.uuid4())
    first = tick(client, "claim", walk.matter, key=key)
    walk.matter.refresh_from_db()
    version = walk.matter.version
    pick = f"{walk.matter.number}:{version - 1}"
    again = client.post("/desk/several/claim/", {"key": key, "pick": pick, "back": "/desk/"})
    assert (first.status_code, again.status_code) == (302, 302)
    walk.matter.refresh_from_db()
    assert walk.matter.version == version


def test_a_matter_out_of_sight_is_not_told_apart_from_none(walk: Walk) -> None:
    client = signed_in(walk.cast, "transport_handler")
    page = tick(client, "claim", walk.matter).content.decode()
    assert "There is no such matter." in page


def test_more_than_a_hundred_are_refused_whole(walk: Walk) -> None:
    client = signed_in(walk.cast, "street_officer")
    pick = [f"261201-{number}:1" for number in range(1, 102)]
    sent = {"key": str(uuid.uuid4()), "pick": pick}
    assert client.post("/desk/several/claim/", sent).status_code == 422


@pytest.mark.parametrize("pick", [":3", "", "261201/1:3"])
def test_what_is_no_number_is_told_to_be_a_damaged_form(walk: Walk, pick: str) -> None:
    client = signed_in(walk.cast, "street_officer")
    sent = {"key": str(uuid.uuid4()), "pick": pick}
    assert client.post("/desk/several/claim/", sent).status_code == 422


@pytest.mark.parametrize("step", ["answer", "refuse", "close", "undo"])
def test_nothing_is_said_or_ended_for_several_at_once(walk: Walk, step: str) -> None:
    client = signed_in(walk.cast, "street_officer")
    assert tick(client, step, walk.matter).status_code == 404


def proposal(aspect: str, confidence: float) -> dict[str, Any]:
    return {"aspect": aspect, "confidence": confidence, "value": 1}


SURE = [proposal("category", 0.9), proposal("tier", 0.5), proposal("place", 0.95), proposal("owner", 0.9)]


@pytest.mark.parametrize(
    ("proposals", "clear"),
    [
        (SURE, True),
        ([*SURE[:3], proposal("owner", 0.79)], False),
        ([proposal("category", 0.5), *SURE[1:]], False),
        ([*SURE, proposal("duplicate", 0.99)], False),
        (SURE[:3], False),
        ([], False),
    ],
)
def test_only_a_sure_suggestion_is_taken_with_others(walk: Walk, proposals: Any, clear: bool) -> None:
    assert is_clear(walk.matter, proposals) is clear


def test_a_protected_request_is_never_sent_unread_with_others(walk: Walk) -> None:
    walk.matter.confidential = True
    assert not is_clear(walk.matter, SURE)


def suggested(walk: Walk, confidence: float) -> Matter:
    """The matter with a suggestion of this confidence, as it waits to be sorted."""
    deliver_due(walk.at)
    owner = walk.cast.offices["shahe"]
    listed = [
        proposal("owner", confidence) | {"value": owner.pk, "label": owner.called, "why": ["近三月同类"]}
    ]
    Suggestion.objects.filter(pk=walk.matter.pk).update(proposals=listed)
    Matter.objects.filter(pk=walk.matter.pk).update(category="roads-lights")
    walk.matter.refresh_from_db()
    return walk.matter


def test_clear_suggestions_are_taken_together_and_an_unclear_one_waits(walk: Walk) -> None:
    clear, other = suggested(walk, 0.9), suggested(another(walk), 0.9)
    client = signed_in(walk.cast, "centre_clerk")
    assert client.get("/triage/").content.decode().count('class="tick"') == 2
    answer = tick(client, "take", clear, other, back="/triage/")
    assert answer["Location"] == "/triage/"
    assert {row.state for row in Matter.objects.filter(pk__in=[clear.pk, other.pk])} == {"dispatched"}
    assert "2 matters went where they were suggested." in client.get("/triage/").content.decode()
    unclear = suggested(another(walk), 0.7)
    assert 'class="tick"' not in client.get("/triage/").content.decode()
    assert "not clear enough" in tick(client, "take", unclear).content.decode()
    unclear.refresh_from_db()
    assert unclear.state == "received"


def test_a_department_finds_what_waits_to_be_claimed_by_itself(walk: Walk) -> None:
    walk.dispatch("transport")
    client = signed_in(walk.cast, "transport_handler")
    assert walk.matter.number in client.get("/desk/?reach=claims").content.decode()
    walk.claim("transport_handler")
    assert walk.matter.number not in client.get("/desk/?reach=claims").content.decode()


def test_the_whistle_board_tells_both_sides(walk: Walk) -> None:
    walk.dispatch().claim()
    call = walk.do(actions.whistle, [walk.cast.offices["police"]], "请到现场看一看", by="street_officer")
    street, police = signed_in(walk.cast, "street_officer"), signed_in(walk.cast, "police_handler")
    for client in (street, police):
        assert "请到现场看一看" in client.get("/whistles/").content.decode()
        assert 'href="/whistles/"' in client.get("/desk/").content.decode()
    party = call.calls.get()
    sent = {"back": "/whistles/?side=waiting"}
    answer = police.post(f"/matters/{walk.matter.number}/parties/{party.pk}/", sent)
    assert answer["Location"] == "/whistles/?side=waiting"
    assert "Checked in" in street.get("/whistles/?side=calling").content.decode()
    actions.report_back(party.pk, "已处理", actor=walk.viewer("police_handler"), at=walk.tick())
    assert walk.matter.number not in police.get("/whistles/?side=waiting").content.decode()
    assert "Reported" in police.get("/whistles/?side=answered").content.decode()
    assert "Reported" in street.get("/whistles/").content.decode()


def test_calls_of_another_street_are_not_on_the_board(walk: Walk) -> None:
    walk.dispatch().claim()
    walk.do(actions.whistle, [walk.cast.offices["police"]], "请到现场", by="street_officer")
    for name in ("other_street_officer", "education_handler"):
        assert walk.matter.number not in signed_in(walk.cast, name).get("/whistles/").content.decode()
    assert signed_in(walk.cast, "centre_clerk").get("/whistles/").status_code == 403


def save(client: Client, name: str, query: str) -> Any:
    return client.post("/filters/", {"list": "desk", "name": name, "query": query})


def test_a_named_filter_is_a_tab_of_the_list_for_its_person_alone(cast: Cast) -> None:
    client = signed_in(cast, "street_officer")
    answer = save(client, "急件", "after=x&reach=own&overdue=on&evil=1&csrfmiddlewaretoken=t")
    assert answer["Location"] == "/desk/?reach=own&overdue=on"
    page = client.get(answer["Location"]).content.decode()
    assert re.search(r'href="\?reach=own&amp;overdue=on"\s+aria-current="page"', page)
    assert "急件" not in signed_in(cast, "street_leader").get("/desk/").content.decode()
    assert "急件" not in client.get("/problems/").content.decode()


def test_a_value_that_is_gone_narrows_nothing_and_is_told(cast: Cast) -> None:
    client = signed_in(cast, "street_officer")
    save(client, "旧的", "reach=own&tier=abolished")
    page = client.get("/desk/?reach=own&tier=abolished").content.decode()
    assert "Part of this filter is not known any more" in page


def test_the_same_name_keeps_the_newer_filter_and_another_person_cannot_drop_it(cast: Cast) -> None:
    client = signed_in(cast, "street_officer")
    save(client, "急件", "reach=own&overdue=on")
    save(client, "急件", "reach=own&tier=big")
    kept = SavedFilter.objects.get()
    assert kept.query == "reach=own&tier=big"
    address = f"/filters/{kept.pk}/forget/"
    assert signed_in(cast, "street_leader").post(address, {"list": "desk"}).status_code == 404
    assert client.post(address, {"list": "desk"}).status_code == 302
    assert not SavedFilter.objects.exists()


def test_filters_are_forgotten_with_their_person(cast: Cast) -> None:
    save(signed_in(cast, "street_officer"), "急件", "reach=own&overdue=on")
    desk, gone = SavedFilter.List.DESK, Viewer("person", person_id=cast.resident.pk)
    actions.save_filter(desk, "急件", "reach=own&overdue=on", actor=gone)
    assert forget_filters_of_the_forgotten() == 0
    forget_person(cast.resident.pk, actor=system("test"), at=timezone.now())
    assert forget_filters_of_the_forgotten() == 1
    assert SavedFilter.objects.get().person == cast.seats["street_officer"].person


def test_twenty_filters_are_enough(cast: Cast) -> None:
    client = signed_in(cast, "street_officer")
    for number in range(21):
        save(client, f"第{number}个", "reach=own&overdue=on")
    assert SavedFilter.objects.count() == 20
    save(client, "第3个", "reach=own&tier=big")
    assert SavedFilter.objects.get(name="第3个").query == "reach=own&tier=big"


def test_what_only_the_centre_itself_could_get_is_not_offered_to_be_sent(cast: Cast) -> None:
    nowhere = Walk(cast, at=timezone.now() - timedelta(hours=20)).receive("路灯坏了。", place="district")
    deliver_due(nowhere.at)
    centre = cast.offices["centre"]
    listed = [proposal("owner", 0.9) | {"value": centre.pk, "label": centre.called, "why": ["D3 按层级派单"]}]
    Suggestion.objects.filter(pk=nowhere.matter.pk).update(proposals=listed)
    nowhere.matter.refresh_from_db()
    client, number = signed_in(cast, "centre_clerk"), nowhere.matter.number
    page = client.get("/triage/").content.decode()
    assert (nowhere.matter.owner, number in page) == (centre, True)
    assert 'class="tick"' not in page
    assert f"/triage/{number}/take/" not in page
    assert "The text names no place that the software knows" in page
    assert f'href="/matters/{number}/#do-dispatch"' in page
    assert "names no place" in client.get(f"/matters/{number}/look/").content.decode()
    whole = client.get(f"/matters/{number}/").content.decode()
    assert f'value="{centre.pk}" selected' not in whole
    assert "not clear enough" in tick(client, "take", nowhere.matter).content.decode()


def test_lists_name_what_the_day_is_for_and_the_page_tells_what_was_promised_besides(walk: Walk) -> None:
    centre, street = signed_in(walk.cast, "centre_clerk"), signed_in(walk.cast, "street_officer")
    assert "To be sorted by" in centre.get("/triage/").content.decode()
    walk.dispatch()
    assert "To be claimed by" in street.get("/desk/?reach=own").content.decode()
    promised = f'datetime="{walk.matter.total_due_at:%Y-%m-%d}'
    for address in (f"/matters/{walk.matter.number}/", f"/matters/{walk.matter.number}/look/"):
        page = street.get(address).content.decode()
        assert "To be claimed by" in page
        assert promised in page.partition("Promised to the resident")[2][:80]
    walk.claim()
    assert "To be handled by" in street.get("/desk/?reach=own").content.decode()
    walk.answer()
    page = street.get(f"/matters/{walk.matter.number}/").content.decode()
    assert "resident&#x27;s word by" in page
    assert "Promised to the resident" not in page


def test_who_was_called_sees_the_day_of_its_own_step(walk: Walk) -> None:
    walk.dispatch().claim()
    call = walk.do(actions.whistle, [walk.cast.offices["police"]], "请到现场", by="street_officer")
    party, police = call.calls.get(), signed_in(walk.cast, "police_handler")
    assert party.check_in_due_at != walk.matter.due_at
    assert shown_due(police) == ("To check in by", party.check_in_due_at)
    actions.check_in(party.pk, actor=walk.viewer("police_handler"), at=walk.tick())
    party.refresh_from_db()
    assert shown_due(police) == ("To be reported by", party.report_due_at)
    actions.report_back(party.pk, "已处理", actor=walk.viewer("police_handler"), at=walk.tick())
    walk.matter.refresh_from_db()
    assert shown_due(police) == ("To be handled by", walk.matter.due_at)


def shown_due(client: Client) -> tuple[str, datetime]:
    """What the one deadline in the list of calls is for, and when it is."""
    page = client.get("/desk/?reach=called").content.decode()
    ((words, at),) = re.findall(r'due__for">([^<]+)<.*?due__date" datetime="([^"]+)"', page, re.DOTALL)
    return words, datetime.fromisoformat(at)


def test_the_whole_district_comes_first_for_whoever_works_for_it(cast: Cast) -> None:
    assert queries.reaches(cast.viewer("centre_clerk"))[0] == queries.Reach.TERRITORY
    assert queries.reaches(cast.viewer("street_officer"))[0] == queries.Reach.OWN


def test_what_solved_nothing_is_marked_where_it_is_worked_on_and_nowhere_else(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch().claim().answer()
    walk.do(actions.not_solved, Opinion(said="晚上还是不亮。"), by=walk.resident)
    deliver_due()
    client, english = signed_in(cast, "street_officer"), {"Accept-Language": "en"}
    assert "Not solved, says the resident" in client.get("/desk/", headers=english).content.decode()
    page = client.get(f"/matters/{walk.matter.number}/", headers=english).content.decode()
    assert "晚上还是不亮。" in page.split('id="story"')[0]
    board = Client().get(f"/board/{cast.places['yucheng'].pk}/", headers=english).content.decode()
    assert walk.matter.number in board
    assert "Not solved, says the resident" not in board
    walk.answer()
    assert "Not solved, says" not in client.get("/desk/", headers=english).content.decode()
