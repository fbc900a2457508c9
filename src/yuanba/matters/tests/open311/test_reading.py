from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.models import Matter
from yuanba.matters.open311.public import public_words
from yuanba.matters.tests.open311.conftest import LAMP, Foreign, xml
from yuanba.matters.tests.walking import Walk
from yuanba.playbooks.queries import current_playbook

REQUEST = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]


def _numbers(response: Any) -> list[str]:
    assert response.status_code == 200, response.content.decode()
    return [request["service_request_id"] for request in response.json()]


def _matter(number: str) -> Matter:
    return Matter.objects.get(pk=number.split("-")[1])


def test_a_request_has_the_standards_fields_in_both_forms(foreign: Foreign, cast: Cast) -> None:
    number = foreign.sorted_report()
    document = xml(foreign.get(f"requests/{number}.xml"))
    assert document.tag == "service_requests"
    assert [child.tag for child in document[0]] == REQUEST
    (request,) = foreign.get(f"requests/{number}.json").json()
    assert list(request) == REQUEST
    assert request["service_request_id"] == number
    assert request["status"] == "open"
    assert request["agency_responsible"] == cast.offices["yucheng"].called
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        assert datetime.fromisoformat(request[name]).utcoffset() is not None
        assert len(request[name]) == len("2026-03-03T09:00:00+08:00")


def test_who_sent_a_request_finds_it_at_once_its_words_when_somebody_has_looked(foreign: Foreign) -> None:
    number = foreign.report()
    (fresh,) = foreign.get(f"requests/{number}.json").json()
    assert (fresh["status"], fresh["service_code"], fresh["description"]) == ("open", "roads-lights", "")
    assert _numbers(foreign.get("requests.json")) == [number]
    actions.triage_matter(_matter(number).pk, Sorting(), actor=foreign.cast.viewer("centre_clerk"))
    (looked_at,) = foreign.get(f"requests/{number}.json").json()
    assert looked_at["description"].startswith("玉城家园大门口的路灯不亮")


def test_what_came_by_another_door_is_public_nowhere_before_somebody_has_sorted_it(
    foreign: Foreign, cast: Cast
) -> None:
    """Also where software has guessed a service, where the resident was asked, and where it was taken back."""
    start = timezone.now() - timedelta(hours=9)
    guessed, asked, withdrawn = (
        Walk(cast, at=start).receive("玉城家园3栋的路灯不亮。") for _each in range(3)
    )
    asked.do(actions.ask_information, "哪一盏？", by="centre_clerk")
    withdrawn.do(actions.withdraw, by=withdrawn.resident)
    while deliver_due():
        pass
    guessed.matter.refresh_from_db()
    assert (guessed.matter.state, guessed.matter.category) == ("received", "roads-lights")
    for walk in (guessed, asked, withdrawn):
        assert foreign.get(f"requests/{walk.matter.number}.json").status_code == 404
    assert _numbers(foreign.get("requests.json")) == []
    assert foreign.get("servicerequestupdates.json").json() == []
    guessed.do(actions.triage_matter, Sorting(), by="centre_clerk")
    assert _numbers(foreign.get("requests.json")) == [guessed.matter.number]


def test_nothing_of_the_person_is_ever_told(foreign: Foreign) -> None:
    number = foreign.sorted_report(
        first_name="丙", last_name="居民", phone="13800007777", email="c@example.org", account_id="42"
    )
    for path in (f"requests/{number}.xml", "requests.json", "servicerequestupdates.xml"):
        told = foreign.get(path, extensions="true").content.decode()
        for secret in ("13800005678", "13800007777", "c@example.org", "居民丙", "2单元", "account_id"):
            assert secret not in told, (path, secret)


def test_an_address_ends_at_the_building(foreign: Foreign) -> None:
    number = foreign.sorted_report()
    (request,) = foreign.get(f"requests/{number}.json").json()
    assert request["address"].endswith("3栋")


def test_confidential_and_accusing_matters_do_not_exist_for_the_public(foreign: Foreign, cast: Cast) -> None:
    hidden = foreign.client.post(
        "/open311/v2/requests.json",
        {
            "api_key": foreign.key,
            "service_code": "officials-conduct",
            "address_string": "玉城家园",
            "description": "反映作风问题",
            "attribute[office]": "某单位",
        },
    ).json()[0]["service_request_id"]
    accusing = foreign.sorted_report()
    actions.triage_matter(
        _matter(accusing).pk, Sorting(accused=cast.offices["yucheng"]), actor=cast.viewer("centre_clerk")
    )
    unsorted = Walk(cast, at=timezone.now() - timedelta(hours=5)).receive().matter.number
    assert _numbers(foreign.get("requests.json")) == []
    for number in (hidden, accusing, unsorted):
        assert foreign.get(f"requests/{number}.json").status_code == 404
        assert _numbers(foreign.get("requests.json", service_request_id=number)) == []


def test_words_sent_by_another_door_stay_between_their_writer_and_the_office(
    foreign: Foreign, cast: Cast
) -> None:
    walk = Walk(cast, at=timezone.now() - timedelta(hours=9)).receive().dispatch().claim().answer()
    (request,) = foreign.get(f"requests/{walk.matter.number}.json").json()
    assert request["description"] == ""
    assert "沙河街道于" not in request["status_notes"]


def test_words_sent_by_this_door_are_masked(foreign: Foreign) -> None:
    number = foreign.sorted_report()
    (request,) = foreign.get(f"requests/{number}.json").json()
    assert request["description"].startswith("玉城家园大门口的路灯不亮")
    assert "13800005678" in LAMP
    assert "13800005678" not in request["description"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("玉城家园3栋2单元501的灯坏了", "玉城家园3栋***的灯坏了"),
        ("3栋501室漏水", "3栋***漏水"),
        ("我住3-2-501", "我住***"),
        ("12号楼2门301漏水", "12号楼***漏水"),
        ("２单元５０１室漏水", "***漏水"),
        ("三单元五零二漏水", "***漏水"),
        ("3栋二单元十二楼1201号漏水", "3栋***漏水"),
        ("4号楼三楼东户漏水", "4号楼***漏水"),
        ("4号楼西户漏水", "4号楼***漏水"),
        ("楼上301房漏水", "楼上***漏水"),
        ("3－２－501漏水", "***漏水"),
        ("3-501漏水", "***漏水"),
        ("幸福村三组12号的路灯", "幸福村三组***的路灯"),
        ("门牌18号门口", "***门口"),
        ("At Room 501a there is a leak", "At *** there is a leak"),
        (
            "12号线在2号门，两室一厅，三房，302户居民，2026-03-01开始",
            "12号线在2号门，两室一厅，三房，302户居民，2026-03-01开始",
        ),
        ("2号楼前的路灯坏了12天", "2号楼前的路灯坏了12天"),
        ("电话13800005678", "电话138****5678"),
    ],
)
def test_what_the_public_reads_names_no_door(said: str, told: str) -> None:
    assert public_words(said) == told


def test_of_sensitive_categories_only_the_community_is_told(foreign: Foreign, cast: Cast) -> None:
    code = next(
        kind.code
        for kind in current_playbook().playbook.all_categories()
        if kind.sensitive and not kind.confidential and not any(each.required for each in kind.questions)
    )
    number = foreign.sorted_report(service_code=code, lat="30.8", long="108.4")
    (request,) = foreign.get(f"requests/{number}.json").json()
    assert request["description"] == ""
    assert request["address"].endswith("玉城社区")
    assert (request["lat"], request["long"]) == (None, None)


def test_many_numbers_may_be_asked_for_and_override_all_else(foreign: Foreign) -> None:
    numbers = [foreign.sorted_report() for _each in range(3)]
    asked = {"service_request_id": f"{numbers[2]}, {numbers[0]},261122-999999,nonsense", "status": "closed"}
    assert _numbers(foreign.get("requests.json", **asked)) == [numbers[2], numbers[0]]


def test_lists_are_narrowed_by_service_and_status(foreign: Foreign, cast: Cast) -> None:
    lamp, dirt = foreign.sorted_report(), foreign.sorted_report(service_code="sanitation")
    closed = foreign.report()
    actions.dispatch_matter(_matter(closed).pk, cast.offices["shahe"], actor=cast.viewer("centre_clerk"))
    actions.withdraw(_matter(closed).pk, actor=_resident(closed))
    assert _numbers(foreign.get("requests.json")) == [closed, dirt, lamp]
    assert _numbers(foreign.get("requests.json", service_code="sanitation,city-order")) == [dirt]
    assert _numbers(foreign.get("requests.json", service_code="nope")) == []
    assert _numbers(foreign.get("requests.json", status="open")) == [dirt, lamp]
    assert _numbers(foreign.get("requests.json", status="closed")) == [closed]
    assert _numbers(foreign.get("requests.json", status="open,closed")) == [closed, dirt, lamp]
    assert _numbers(foreign.get("requests.json", status="", service_code="", start_date="")) == [
        closed,
        dirt,
        lamp,
    ]


def _resident(number: str) -> Any:
    from yuanba.matters.queries import resident_of

    return resident_of(_matter(number))


def test_without_dates_it_is_the_last_ninety_days(foreign: Foreign) -> None:
    old, new = foreign.sorted_report(), foreign.sorted_report()
    long_ago = timezone.now() - timedelta(days=91)
    Matter.objects.filter(pk=_matter(old).pk).update(received_at=long_ago)
    assert _numbers(foreign.get("requests.json")) == [new]
    since = (long_ago - timedelta(days=1)).isoformat(timespec="seconds")
    assert len(_numbers(foreign.get("requests.json", start_date=since))) == 1
    until = (long_ago + timedelta(days=1)).isoformat(timespec="seconds")
    assert len(_numbers(foreign.get("requests.json", end_date=until))) == 1


def test_pages_follow_each_other(foreign: Foreign) -> None:
    numbers = [foreign.sorted_report() for _each in range(3)]
    pages = [_numbers(foreign.get("requests.json", page=page, page_size=2)) for page in (1, 2, 3)]
    assert pages == [[numbers[2], numbers[1]], [numbers[0]], []]


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-01"},
        {"start_date": "2026-01-01T00:00:00"},
        {"start_date": "yesterday"},
        {"start_date": "2026-13-01T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"},
        {"status": "pending"},
        {"page_size": "0"},
        {"page_size": "1001"},
        {"page": "-1"},
        {"page": "99", "page_size": "1000"},
    ],
)
def test_arguments_that_cannot_be_used_are_400(foreign: Foreign, query: dict[str, str]) -> None:
    response = foreign.get("requests.json", **query)
    assert response.status_code == 400
    assert response.json()[0]["code"] == 400


def test_a_plus_sign_lost_on_the_way_is_forgiven(foreign: Foreign) -> None:
    number = foreign.sorted_report()
    day = timezone.localtime() - timedelta(days=1)
    response = foreign.client.get(f"/open311/v2/requests.json?start_date={day:%Y-%m-%dT%H:%M:%S}+08:00")
    assert _numbers(response) == [number]


def test_extensions_add_the_steps(foreign: Foreign, cast: Cast) -> None:
    number = foreign.report()
    actions.dispatch_matter(_matter(number).pk, cast.offices["shahe"], actor=cast.viewer("centre_clerk"))
    (request,) = foreign.get(f"requests/{number}.json", extensions="true").json()
    assert [note["type"] for note in request["notes"]] == ["submitted", "investigating"]
    assert request["extended_attributes"] == {"channel": "open311", "status": "investigating"}
    document = xml(foreign.get("requests.xml", extensions="true"))
    assert [note.tag for note in document.iterfind("request/notes/note")] == ["note", "note"]
    assert "notes" not in foreign.get(f"requests/{number}.json").json()[0]


def test_a_closed_request_says_how_and_when_it_ended(foreign: Foreign, cast: Cast) -> None:
    number = foreign.report()
    actions.dispatch_matter(_matter(number).pk, cast.offices["shahe"], actor=cast.viewer("centre_clerk"))
    actions.withdraw(_matter(number).pk, actor=_resident(number))
    (request,) = foreign.get(f"requests/{number}.json").json()
    assert request["status"] == "closed"
    assert request["status_notes"]
    matter = _matter(number)
    assert matter.closed_at is not None
    assert datetime.fromisoformat(request["updated_datetime"]) == matter.closed_at.replace(microsecond=0)


def test_characters_that_xml_cannot_hold_do_not_break_the_document(foreign: Foreign) -> None:
    number = foreign.sorted_report(description="灯\x0b坏了 <script>&")
    described = xml(foreign.get(f"requests/{number}.xml")).findtext("request/description")
    assert described is not None
    assert described.endswith("坏了 <script>&")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_at_any_length(
    foreign: Foreign, rows: int, django_assert_max_num_queries: Any
) -> None:
    for _row in range(rows):
        foreign.sorted_report()
    with django_assert_max_num_queries(6):
        foreign.get("requests.xml", extensions="true")
