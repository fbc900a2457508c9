"""Requests in the shapes that clients in the field send."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.matters import actions
from yuanba.matters.actions import Reply
from yuanba.matters.models import Matter, Note
from yuanba.matters.open311 import updates
from yuanba.matters.queries import resident_of
from yuanba.matters.tests.api.conftest import make_key
from yuanba.matters.tests.open311.conftest import LAMP, Foreign, xml
from yuanba.matters.tests.walking import Walk


def _matter(number: str) -> Matter:
    return Matter.objects.get(pk=number.split("-")[1])


def _answered(foreign: Foreign, cast: Cast) -> str:
    number = foreign.report()
    key = _matter(number).pk
    actions.dispatch_matter(key, cast.offices["shahe"], actor=cast.viewer("centre_clerk"))
    actions.claim_matter(key, actor=cast.viewer("street_officer"))
    reply = Reply("路灯已由沙河街道更换，联系人13911112222。", "沙河街道", timezone.localdate(), "test")
    actions.answer_matter(key, reply, actor=cast.viewer("street_officer"))
    return number


def test_the_three_client_of_python_reads_and_writes(foreign: Foreign) -> None:
    """PyPI `three`: key and jurisdiction on every call, JSON, `page_size`, media as a multipart field."""
    always = {"api_key": foreign.key, "jurisdiction_id": "500101"}
    assert foreign.get("services.json", **always).json()
    assert foreign.get("services/roads-lights.json", **always).json()["attributes"]
    since = (timezone.now() - timedelta(days=3)).strftime("%Y-%m-%dT00:00:00Z")
    until = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")
    number = foreign.report(first_name="Resident", last_name="Three", **always)
    found = foreign.get("requests.json", start_date=since, end_date=until, page_size=100, **always).json()
    assert [request["service_request_id"] for request in found] == [number]


def test_news_are_told_though_much_else_happened_before(
    foreign: Foreign, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the journal tells of others, and of nobody, takes no room in an answer."""
    monkeypatch.setattr(updates, "MOST", 2)
    hidden = Walk(cast).receive("街道干部收红包。", confidential=True, about_office=True)
    for _note in range(5):
        hidden.do(actions.comment, "看过了。", by="centre_clerk")
    _answered(foreign, cast)
    since = "2026-03-01T00:00:00Z"
    document = xml(foreign.get("servicerequestupdates.xml", start_date=since))
    told = [update.findtext("external_status_code") for update in document]
    assert told == ["dispatched", "claimed"]


def test_fixmystreet_reports_and_hears_the_news(foreign: Foreign, cast: Cast) -> None:
    """Its own extension, in XML only: it polls for updates between two times."""
    number = _answered(foreign, cast)
    since = (timezone.now() - timedelta(hours=1)).isoformat(timespec="seconds")
    until = (timezone.now() + timedelta(hours=1)).isoformat(timespec="seconds")
    document = xml(foreign.get("servicerequestupdates.xml", start_date=since, end_date=until))
    assert document.tag == "service_request_updates"
    told = [(update.findtext("status"), update.findtext("external_status_code")) for update in document]
    assert told == [
        ("investigating", "dispatched"),
        ("in_progress", "claimed"),
        ("action_scheduled", "answered"),
    ]
    answer = document[-1]
    assert answer.findtext("service_request_id") == number
    assert "路灯已由沙河街道更换" in str(answer.findtext("description"))
    assert "13911112222" not in str(answer.findtext("description"))
    assert [child.tag for child in answer] == [
        "update_id",
        "service_request_id",
        "status",
        "description",
        "media_url",
        "updated_datetime",
        "external_status_code",
    ]


def _update(foreign: Foreign, number: str, **form: Any) -> Any:
    sent = {
        "service_request_id": number,
        "updated_datetime": timezone.now().isoformat(timespec="seconds"),
        "status": "OPEN",
        "description": "还是老样子",
        "first_name": "居民",
        "email": "c@example.org",
    }
    return foreign.post("servicerequestupdates.xml", **sent | form)


def test_a_residents_word_becomes_a_note(foreign: Foreign) -> None:
    number = foreign.report()
    response = _update(foreign, number, media_url="https://example.org/again.jpg")
    assert xml(response).findtext("request_update/update_id")
    note = Note.objects.get(matter=_matter(number))
    assert "还是老样子" in note.text
    assert "https://example.org/again.jpg" in note.text
    assert "c@example.org" not in note.text
    assert _matter(number).state == "received"


def test_fixed_confirms_an_answer_and_reopen_takes_it_back(foreign: Foreign, cast: Cast) -> None:
    number = _answered(foreign, cast)
    assert _update(foreign, number, status="FIXED", description="谢谢").status_code == 200
    assert _matter(number).state == "confirmed"
    assert _update(foreign, number, status="REOPEN", description="又坏了").status_code == 200
    assert (_matter(number).state, _matter(number).round) == ("handling", 2)


def test_fixed_before_any_answer_is_only_a_note(foreign: Foreign) -> None:
    number = foreign.report()
    assert _update(foreign, number, status="FIXED", description="").status_code == 200
    assert _matter(number).state == "received"
    assert Note.objects.filter(matter=_matter(number)).count() == 1


def test_what_was_asked_for_is_supplied(foreign: Foreign, cast: Cast) -> None:
    number = foreign.report()
    actions.ask_information(_matter(number).pk, "哪一盏？", actor=cast.viewer("centre_clerk"))
    _update(foreign, number, description="大门右边那盏")
    assert _matter(number).state == "received"
    assert Note.objects.filter(matter=_matter(number), kind="reply", text="大门右边那盏").exists()


def test_an_update_sent_twice_is_taken_once(foreign: Foreign) -> None:
    number = foreign.report()
    first, again = (_update(foreign, number, update_id="77") for _try in range(2))
    assert again.content == first.content
    assert Note.objects.filter(matter=_matter(number)).count() == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"service_request_id": ""}, 400),
        ({"service_request_id": "261122-999999"}, 404),
        ({"service_request_id": "nonsense"}, 404),
        ({"description": ""}, 400),
        ({"updated_datetime": "yesterday"}, 400),
        ({"api_key": "wrong"}, 403),
    ],
)
def test_an_update_that_cannot_be_used_is_refused(
    foreign: Foreign, form: dict[str, str], status: int
) -> None:
    number = foreign.report()
    response = _update(foreign, number, **form)
    assert response.status_code == status
    assert xml(response).findtext("error/code") == str(status)
    assert not Note.objects.filter(matter=_matter(number)).exists()


def test_a_request_of_another_client_cannot_be_touched(foreign: Foreign) -> None:
    number = foreign.report()
    other = Foreign(make_key("open311"), foreign.cast)
    assert _update(other, number).status_code == 404


def test_after_the_window_a_closed_request_stays_closed(foreign: Foreign, cast: Cast) -> None:
    number = _answered(foreign, cast)
    matter = _matter(number)
    actions.confirm(matter.pk, actor=resident_of(matter))
    actions.close_matter(matter.pk, actor=cast.viewer("centre_arbiter"))
    Matter.objects.filter(pk=matter.pk).update(closed_at=timezone.now() - timedelta(days=400))
    response = _update(foreign, number, status="OPEN")
    assert response.status_code == 400
    assert xml(response).findtext("error/description")
    assert LAMP in _matter(number).text
