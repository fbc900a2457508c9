"""What a page does when something is wrong: everything typed comes back, with what to do about it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.pages.test_statement_counts import claimed, signed_in
from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.files.tests.made import photo
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.answer_forms import pieces
from yuanba.matters.limiting import forget_limits
from yuanba.matters.models import Channel, Matter, Notice
from yuanba.matters.reporting import Report
from yuanba.playbooks.queries import current_playbook

TEXT = "三栋门口的路灯坏了一个星期，晚上看不见路。"
CHINESE = {"Accept-Language": "zh-hans"}
EMPTY_ANSWER = "您反映的问题我们高度重视，正在积极协调处理，请耐心等待。"


@pytest.fixture(autouse=True)
def _limits_as_published() -> None:
    forget_limits()


def test_forty_photos_are_refused_kindly_and_the_text_stays(cast: Cast) -> None:
    photos = [SimpleUploadedFile(f"{place}.jpg", b"x", "image/jpeg") for place in range(40)]
    answer = Client().post("/report/", {"text": TEXT, "photos": photos}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert TEXT in answer.content.decode()
    assert "40" in answer.content.decode()
    assert not Matter.objects.exists()


def test_a_text_that_is_too_long_comes_back_whole(cast: Cast) -> None:
    text = "路" * 5000
    answer = Client().post("/report/", {"text": text})
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert "5000" in answer.content.decode()


def test_a_source_that_reports_too_fast_is_told_when_to_come_back_and_keeps_its_words(cast: Cast) -> None:
    door = f"/d/{cast.places['unit_2'].door_code}/"
    client = Client()
    sent = [client.post(door, {"text": f"{TEXT}{place}"}).status_code for place in range(6)]
    assert sent == [302] * 6
    answer = client.post(door, {"text": TEXT})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert TEXT in answer.content.decode()
    assert Matter.objects.count() == 6


def test_a_double_press_of_the_button_makes_one_matter(cast: Cast) -> None:
    client = Client()
    both = [client.post("/report/", {"text": TEXT, "key": "the-same"}) for _ in range(2)]
    assert both[0]["Location"] == both[1]["Location"]
    assert Matter.objects.count() == 1


def test_the_form_brought_back_by_the_back_button_takes_another_report(cast: Cast) -> None:
    client = Client()
    sent = {"text": TEXT, "key": "the-same"}
    first, second, again = (
        client.post("/report/", sent | changed) for changed in ({}, {"text": "垃圾桶满了三天。"}, {})
    )
    assert second.status_code == 302
    assert again["Location"] == first["Location"] != second["Location"]
    assert Matter.objects.count() == 2


def test_the_same_photo_chosen_twice_is_kept_once(cast: Cast) -> None:
    photos = [SimpleUploadedFile(f"{place}.jpg", photo(), "image/jpeg") for place in range(2)]
    assert Client().post("/report/", {"text": TEXT, "photos": photos}).status_code == 302
    assert Matter.objects.get().photos.count() == 1


def test_guessing_a_number_and_telephone_is_stopped(cast: Cast) -> None:
    client = Client()
    tried = [
        client.post("/find/", {"number": f"260303-{number}", "phone": f"1380000{number:04d}"})
        for number in range(21)
    ]
    assert {answer.status_code for answer in tried[:20]} == {422}
    assert tried[20].status_code == 429


def test_an_answer_of_empty_phrases_comes_back_with_the_phrases_marked(cast: Cast) -> None:
    ((matter, _key),) = claimed(cast, 1)
    client = signed_in(cast, "street_officer")
    address = f"/matters/{matter.number}/moves/answer/"
    data = {
        "answer-text": EMPTY_ANSWER,
        "answer-done_by": "街道",
        "answer-done_on": str(timezone.localdate()),
    }
    page = client.get(f"/matters/{matter.number}/").content.decode()
    assert 'type="hidden" name="answer-override_reason"' in page
    answer = client.post(address, data)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "高度重视</mark>" in body
    assert 'type="text" name="answer-override_reason"' in body
    sent = client.post(address, data | {"answer-override_reason": "已电话说明情况"})
    assert sent.status_code == 302


def test_a_pause_without_a_ground_is_pointed_out_at_that_field(cast: Cast) -> None:
    (matter, _key), *_rest = claimed(cast, 1)
    form = {"request_time-kind": "pause", "request_time-reason": "等天暖再铺沥青"}
    client, address = signed_in(cast, "street_officer"), f"/matters/{matter.number}/moves/request_time/"
    refused = client.post(address, form)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "等天暖再铺沥青" in page
    assert 'id="id_request_time-ground_error"' in page
    assert client.post(address, form | {"request_time-ground": "season"}).status_code == 302


def test_pieces_of_a_marked_text_make_the_whole_text() -> None:
    text = "我们高度重视此事"
    assert pieces(text, [(2, 6), (4, 6), (20, 30)]) == [("我们", False), ("高度重视", True), ("此事", False)]
    assert "".join(piece for piece, _marked in pieces(text, [(0, 2)])) == text


def test_a_step_after_the_session_ended_leads_back_to_its_form(cast: Cast) -> None:
    ((matter, _key),) = claimed(cast, 1)
    answer = Client().post(f"/matters/{matter.number}/moves/comment/", {"comment-text": "看过了。"})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next=/matters/{matter.number}/")


def test_notices_count_until_they_are_read_and_are_read_for_the_whole_office(cast: Cast) -> None:
    claimed(cast, 2)
    officer, leader = signed_in(cast, "street_officer"), signed_in(cast, "street_leader")
    newest = Notice.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert officer.get("/notices/").context["unread"] > 0
    officer.post("/notices/read/", {"newest": newest})
    assert leader.get("/notices/").context["unread"] == 0


def test_the_filter_offers_only_places_within_reach(cast: Cast) -> None:
    secretary = signed_in(cast, "community_secretary").get("/problems/?reach=territory").context["form"]
    assert [place.name for place in secretary.fields["place"].queryset] == ["玉城社区"]
    arbiter = signed_in(cast, "centre_arbiter").get("/problems/").context["form"]
    assert [place.kind for place in arbiter.fields["place"].queryset] == ["street", "street"]


def test_whoever_sends_a_matter_away_comes_back_to_the_desk_and_not_to_a_page_they_may_not_see(
    cast: Cast,
) -> None:
    report = Report(text="公交车等四十分钟才来一班。", place=cast.places["unit_2"], channel=Channel.DOOR)
    matter = actions.receive(report, actor=system("door", []), at=timezone.now()).matter
    sorting = Sorting(category="buses", tier="big")
    actions.dispatch_matter(matter.pk, cast.offices["transport"], sorting, actor=cast.viewer("centre_clerk"))
    client = Client()
    account = cast.seats["transport_handler"].account
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
    reason = matter.playbook.playbook.refusals.reasons[0].code
    refusal = {
        "refuse-reason": reason,
        "refuse-explanation": "不归我们管。",
        "refuse-legal_basis": "三定方案",
    }
    answer = client.post(f"/matters/{matter.number}/moves/refuse/", refusal, follow=True)
    assert answer.redirect_chain[0][0].startswith("/desk/")
    assert answer.status_code == 200


def test_a_unit_s_door_leads_to_the_page_of_its_building(cast: Cast) -> None:
    unit = cast.places["unit_2"]
    page = Client().get(f"/d/{unit.door_code}/").content.decode()
    assert f'href="/building/{cast.places["building_3"].pk}/"' in page


def test_whom_to_call_at_once_is_read_before_anything_is_written(cast: Cast) -> None:
    emergency = current_playbook().playbook.report_page.zh_hans.emergency
    for address in (f"/d/{cast.places['unit_2'].door_code}/", "/report/"):
        page = Client().get(address, headers=CHINESE).content.decode()
        assert page.count(emergency) == 1, address
        assert page.index(emergency) < page.index("<textarea"), address


def test_the_password_in_use_has_one_name(cast: Cast) -> None:
    client = signed_in(cast, "community_secretary")
    wrong = {
        "oldpassword": "not this one",
        "password1": "another good one 2",
        "password2": "another good one 2",
    }
    page = client.post("/accounts/password/change/", wrong, headers=CHINESE).content.decode()
    assert page.count("当前密码") >= 2
    assert "现在的密码" not in page
