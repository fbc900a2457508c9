import pytest

from yuanba.demo.cast import Cast
from yuanba.matters.flow import FLOW, RULE
from yuanba.matters.models import Matter, Note
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.api.lives import ANSWER, REASON, Life, begin


@pytest.fixture
def life(program: Program, cast: Cast) -> Life:
    return begin(program, cast)


def test_every_move_of_people_has_a_door_and_the_clocks_own_have_none(program: Program) -> None:
    paths = program.get("/openapi.json").json()["paths"]
    doors = {path.rsplit("/", 1)[1] for path in paths if "/moves/" in path}
    assert doors == {name for name, move in FLOW.moves.items() if move.power != RULE}


def test_a_matter_lives_to_the_end_that_its_resident_confirms(life: Life) -> None:
    life.done("triage", {"category": "roads-lights", "tier": "big"})
    life.claimed()
    assert life.done("start")["state"] == "handling"
    answered = life.done("answer", ANSWER)
    assert "comment" in {move["name"] for move in answered["moves"]}
    offered = life.resident.get(f"/matters/{life.number}").json()["moves"]
    assert {move["name"] for move in offered} >= {"confirm", "not_solved"}
    confirmed = life.done("confirm", {"contacted": True, "satisfaction": "satisfied"}, by=life.resident)
    assert confirmed["state"] == "confirmed"
    closed = life.done("close")
    assert (closed["state"], closed["outcome"]) == ("closed", "solved")
    assert closed["version"] == 8


def test_every_time_is_told_in_one_zone(life: Life) -> None:
    moved = life.done("triage", {"category": "roads-lights", "tier": "big"})
    told = {**moved, **life.read(), **life.done("dispatch", {"owner": "shahe"})}
    times = {name: value for name, value in told.items() if name.endswith("_at") and value}
    assert {"received_at", "due_at", "total_due_at"} <= times.keys()
    assert all(value.endswith("Z") for value in times.values()), times


def test_not_solved_brings_it_back_to_work(life: Life) -> None:
    life.answered()
    again = life.done("not_solved", {"said": "灯还是不亮"}, by=life.resident)
    assert (again["state"], again["round"]) == ("handling", 2)


def test_refused_twice_it_is_decided_by_the_centre(life: Life) -> None:
    refusal = {"reason": _reason(life), "explanation": "不在职责内", "legal_basis": "三定方案第三条"}
    life.dispatched().done("refuse", refusal)
    life.done("dispatch", {"owner": "urban-management"})
    assert life.done("refuse", refusal)["state"] == "arbitration"
    own = life.move("arbitrate", {"owner": "shahe", "reason": "路灯归街道管"})
    assert (own.status_code, own.json()["code"]) == (403, "own_request")
    another = Program(make_key("dispatch"))
    decided = life.done("arbitrate", {"owner": "shahe", "reason": "路灯归街道管"}, by=another)
    assert (decided["state"], life.read()["owner"]["code"]) == ("dispatched", "shahe")


def _reason(life: Life) -> str:
    return str(life.program.get("/playbook").json()["refusal_reasons"][0]["code"])


def test_it_climbs_and_is_handed_down_with_reasons(life: Life, cast: Cast) -> None:
    community, street = cast.offices["yucheng"], cast.offices["shahe"]
    life.dispatched("yucheng-community").done("claim")
    assert life.done("climb", {"reason": REASON})["owner_id"] == street.pk
    down = life.done("hand_down", {"owner": "yucheng-community", "reason": "社区能办"})
    assert down["owner_id"] == community.pk


def test_a_number_whose_day_is_wrong_moves_nothing(life: Life) -> None:
    life.dispatched()
    wrong = Life(life.program, f"000101-{life.number.split('-')[1]}", life.track_key)
    assert wrong.move("claim").status_code == 404
    assert life.read()["state"] == "dispatched"


def test_called_departments_check_in_and_report(life: Life, cast: Cast) -> None:
    life.claimed().done("whistle", {"departments": ["transport", "police"], "reason": "要联合到场"})
    parties = life.program.get(f"/matters/{life.number}/timeline").json()["parties"]
    assert [party["organization"]["code"] for party in parties] == ["transport", "police"]
    called = Program(make_key("handle", organization=cast.offices["transport"]))
    door = f"/matters/{life.number}/parties/{parties[0]['id']}"
    early = called.post(f"{door}/report", {"report": "已办"})
    assert (early.status_code, early.json()["allowed"]) == (409, ["check_in"])
    assert called.post(f"{door}/check_in").json()["checked_in_at"]
    assert called.post(f"{door}/report", {"report": "已移栽站牌"}).json()["report"] == "已移栽站牌"
    other = f"/matters/{life.number}/parties/{parties[1]['id']}"
    assert called.post(f"{other}/check_in").status_code == 403


def test_a_call_belongs_to_its_matter(life: Life, program: Program, cast: Cast) -> None:
    life.claimed().done("whistle", {"departments": ["transport"], "reason": "要联合到场"})
    party = life.program.get(f"/matters/{life.number}/timeline").json()["parties"][0]["id"]
    other = begin(program, cast)
    assert program.post(f"/matters/{other.number}/parties/{party}/check_in").status_code == 404


def test_time_is_asked_for_and_decided_by_the_level_above(life: Life, cast: Cast) -> None:
    due = life.claimed().read()["due_at"]
    above = Program(make_key("dispatch"))
    life.done("request_time", {"kind": "extension", "limit": "1wd", "reason": "等配件"})
    pending = life.move("answer", ANSWER)
    assert (pending.status_code, pending.json()["code"]) == (409, "time_pending")
    assert life.done("decide_time", {"approve": True, "reason": "同意"}, by=above)["due_at"] > due
    unlisted = life.move("request_time", {"kind": "pause", "reason": "等汛期过去"})
    assert (unlisted.status_code, unlisted.json()["errors"][0]["field"]) == (422, "ground")
    grounds = life.program.get("/playbook").json()["pause_grounds"]
    assert "season" in [row["code"] for row in grounds]
    life.done("request_time", {"kind": "pause", "ground": "season", "reason": "等汛期过去"})
    assert life.done("decide_time", {"approve": True, "reason": "同意"}, by=above)["paused_at"]
    assert life.done("resume")["paused_at"] is None


def test_the_resident_supplies_what_was_asked(life: Life) -> None:
    life.claimed().done("ask_information", {"question": "是哪一盏灯？"})
    asked = life.resident.get(f"/matters/{life.number}/timeline").json()["entries"][-1]
    assert asked["notes"] == [{"kind": "question", "text": "是哪一盏灯？"}]
    assert life.done("supply_information", {"text": "靠大门那盏"}, by=life.resident)["state"] == "claimed"


def test_matters_are_joined_split_commented_and_withdrawn(life: Life, program: Program, cast: Cast) -> None:
    lead = begin(program, cast, "小区大门口整排路灯都不亮。").claimed()
    merged = life.done("merge", {"lead": lead.number})
    assert (merged["state"], merged["lead"]) == ("merged", lead.number)
    lead.done("join", {"organization": "police", "task": "夜间巡逻"})
    lead.done("comment", {"text": "下周换灯", "to_resident": True})
    lead.done("split", {"parts": [{"text": "换灯泡", "category": "roads-lights"}] * 2})
    assert life.done("withdraw", {"said": "不用了"}, by=life.resident)["state"] == "withdrawn"
    elsewhere = begin(program, cast)
    outcome = program.get("/playbook").json()["out_of_scope"][0]["code"]
    assert (
        elsewhere.done("out_of_scope", {"outcome": outcome, "reason": "请拨打专线"})["outcome"]
        == "out_of_scope"
    )


def test_a_leader_supervises_from_their_own_session_and_no_key_can(life: Life, cast: Cast) -> None:
    life.claimed()
    assert life.move("supervise").status_code == 403
    leader = Program()
    leader.client.force_login(cast.seats["district_leader"].account)
    assert life.done("supervise", by=leader)["supervised"] is True
    assert life.done("release", by=leader)["supervised"] is False


def test_a_move_the_state_does_not_have_names_those_it_has(life: Life) -> None:
    response = life.move("claim")
    assert response.status_code == 409
    assert set(response.json()["allowed"]) >= {"triage", "dispatch", "comment"}


def test_a_stale_move_is_refused_with_the_present_version(life: Life) -> None:
    seen = life.program.get(f"/matters/{life.number}")["ETag"]
    life.dispatched()
    response = life.move("claim", If_Match=seen)
    assert response.status_code == 412
    assert response.json()["current_version"] == 2
    assert response["ETag"] == '"2"'
    assert life.move("claim", If_Match='"not-ours"').status_code == 412
    assert life.move("claim", If_Match='"2"').status_code == 200


def test_a_move_repeated_with_its_key_happens_once(life: Life) -> None:
    first = life.move("comment", {"text": "已看"}, Idempotency_Key="c-1")
    again = life.move("comment", {"text": "已看"}, Idempotency_Key="c-1")
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Note.objects.filter(text="已看").count() == 1


def test_unknown_keys_in_a_body_are_refused_by_name(life: Life) -> None:
    response = life.move("claim", {"force": True})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "force"
    assert life.move("dispatch", {"owner": "shahe", "sorting": {"teir": "big"}}).json()["errors"][0][
        "field"
    ] == ("sorting.teir")


def test_an_unknown_organization_is_named(life: Life) -> None:
    response = life.move("dispatch", {"owner": "nobody", "sorting": {"category": "roads-lights"}})
    assert response.json()["errors"][0]["field"] == "owner"
    life.claimed()
    response = life.move("whistle", {"departments": ["transport", "nobody"], "reason": "x"})
    assert response.json()["errors"][0]["field"] == "departments"


def test_a_resident_moves_only_their_own_matter(life: Life, program: Program, cast: Cast) -> None:
    other = begin(program, cast).answered()
    assert other.move("confirm", by=life.resident).status_code == 404
    assert other.move("claim", by=other.resident).status_code == 403


def test_the_owner_cannot_say_for_the_resident_that_it_is_solved(life: Life, cast: Cast) -> None:
    life.answered()
    owner = Program(make_key("report", "read", organization=cast.offices["shahe"]))
    assert life.move("confirm", by=owner).status_code == 403
    assert life.done("confirm", by=life.resident)["state"] == "confirmed"


def test_no_key_speaks_for_a_resident(life: Life) -> None:
    """Neither the one that did the work nor one that only takes requests down."""
    life.answered()
    for key in (life.program, Program(make_key("report", "read"))):
        for move, body in (("confirm", {"said": "好了"}), ("not_solved", {"said": "没好"})):
            assert life.move(move, body, by=key).status_code == 403
    assert life.read()["state"] == "answered"


def test_a_number_of_another_day_tells_nothing_of_the_matter_that_has_its_key(life: Life) -> None:
    other = "200101-" + life.number.partition("-")[2]
    for move, body in (("claim", None), ("dispatch", {"owner": "nobody"}), ("close", None)):
        refused = life.program.post(f"/matters/{other}/moves/{move}", body)
        assert (refused.status_code, "allowed" in refused.json()) == (404, False), move


def test_what_is_offered_instead_can_be_done_by_somebody(life: Life) -> None:
    life.answered()
    refused = life.move("claim").json()
    assert "confirm" in refused["allowed"]
    assert not {"count_verdict", "close_unanswered"} & set(refused["allowed"])


def test_a_key_is_not_offered_what_takes_a_person(life: Life) -> None:
    offered = {move["name"] for move in life.read()["moves"]}
    assert "comment" in offered
    assert not {"supervise", "propose_exclusion", "decide_exclusion"} & offered


def test_a_signed_in_person_moves_by_their_post_and_with_their_csrf_token(life: Life, cast: Cast) -> None:
    life.dispatched()
    officer = Program()
    officer.client = type(officer.client)(enforce_csrf_checks=True)
    officer.client.force_login(cast.seats["street_officer"].account)
    refused = life.move("claim", by=officer)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    officer.client.cookies["csrftoken"] = "a" * 32
    assert life.move("claim", by=officer, X_CSRFToken="a" * 32).status_code == 200
    assert Matter.objects.get(pk=life.number.split("-")[1]).state == "claimed"
