import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yuanba.demo.cast import Cast
from yuanba.matters.models import Matter, Photo
from yuanba.matters.tests.api.conftest import make_key
from yuanba.matters.tests.open311.conftest import LAMP, Foreign, xml
from yuanba.people.models import Person
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook


def _matter(number: str) -> Matter:
    return Matter.objects.select_related("requester", "place").get(pk=number.split("-")[1])


def test_a_request_becomes_a_matter_and_answers_in_xml(foreign: Foreign, cast: Cast) -> None:
    response = foreign.post(
        "requests.xml",
        jurisdiction_id="500101",
        service_code="roads-lights",
        address_string="玉城家园3栋2单元",
        description=LAMP,
        first_name="丙",
        last_name="居民",
        phone="13800007777",
        email="c@example.org",
        device_id="tt222111",
        account_id="123456",
        media_url="https://example.org/lamp.jpg",
        attribute_lamp_number="",
    )
    document = xml(response)
    assert response.status_code == 200
    assert document.tag == "service_requests"
    assert [child.tag for child in document[0]] == ["service_request_id", "service_notice", "account_id"]
    matter = _matter(str(document.findtext("request/service_request_id")))
    assert matter.place.path.startswith(cast.places["yucheng_estate"].path)
    assert (matter.channel, matter.category, matter.owner) == (
        "open311",
        "roads-lights",
        cast.offices["yucheng"],
    )
    assert matter.requester is not None
    assert (matter.requester.name, matter.requester.phone) == ("居民丙", "13800007777")
    assert "https://example.org/lamp.jpg" in matter.text
    assert "tt222111" not in matter.text
    assert "/m/" in str(document.findtext("request/service_notice"))


def test_in_json_the_answer_is_a_bare_list_and_the_number_a_string(foreign: Foreign) -> None:
    response = foreign.post(
        "requests.json", service_code="roads-lights", address_string="玉城家园", description=LAMP
    )
    (request,) = response.json()
    assert isinstance(request["service_request_id"], str)
    assert "token" not in request
    assert request["account_id"] is None


def test_a_form_without_files_is_read_too(foreign: Foreign) -> None:
    body = (
        f"api_key={foreign.key}&service_code=roads-lights&address_string=%E7%8E%89%E5%9F%8E%E5%AE%B6%E5%9B%AD"
    )
    response = foreign.client.post(
        "/open311/v2/requests.xml",
        f"{body}&description=lamp",
        content_type="application/x-www-form-urlencoded; charset=utf-8",
    )
    assert response.status_code == 200, response.content


def test_the_key_may_come_in_the_address_or_a_header(foreign: Foreign) -> None:
    form = {"service_code": "roads-lights", "address_string": "玉城家园", "description": LAMP}
    path = "/open311/v2/requests.json"
    assert foreign.client.post(f"{path}?api_key={foreign.key}", form).status_code == 200
    assert foreign.client.post(path, form, headers={"X-API-Key": foreign.key}).status_code == 200
    assert (
        foreign.client.post(path, form, headers={"Authorization": f"Bearer {foreign.key}"}).status_code == 200
    )


@pytest.mark.parametrize("key", ["", "xyz", "yb_aaaaaaaa_wrong", "<read>"])
def test_without_a_valid_key_it_is_403(foreign: Foreign, key: str) -> None:
    foreign.key = make_key("read") if key == "<read>" else key
    response = foreign.post("requests.xml", service_code="roads-lights", address_string="玉城家园")
    assert response.status_code == 403
    assert xml(response).findtext("error/code") == "403"
    assert xml(response).findtext("error/description")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"service_code": ""}, 400),
        ({"service_code": "nope"}, 404),
        ({"address_string": ""}, 400),
        ({"address_string": "", "lat": "30.8"}, 400),
        ({"address_string": "", "long": "108.4"}, 400),
        ({"address_string": "", "lat": "here", "long": "there"}, 400),
        ({"address_string": "", "lat": "nan", "long": "108.4"}, 400),
        ({"address_string": "", "address_id": "nope"}, 400),
        ({"address_string": "", "address_id": "999999999999"}, 400),
        ({"address_string": "月球背面"}, 400),
        ({"description": "长" * 4001}, 400),
        ({"description": "\ufffd"}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
        ({"media_url": "file:///etc/passwd"}, 400),
        ({"email": "nobody"}, 400),
        ({"phone": "what"}, 400),
    ],
)
def test_what_cannot_be_used_is_said_and_leaves_nothing_behind(
    foreign: Foreign, form: dict[str, str], status: int
) -> None:
    before = (Matter.objects.count(), Person.objects.count())
    sent = {"service_code": "roads-lights", "address_string": "玉城家园", "description": LAMP} | form
    response = foreign.post("requests.json", **sent)
    assert response.status_code == status, response.content.decode()
    assert response.json()[0]["description"]
    assert (Matter.objects.count(), Person.objects.count()) == before


def test_all_mistakes_are_told_at_once(foreign: Foreign) -> None:
    response = foreign.post("requests.json", service_code="roads-lights", description="x" * 4001)
    assert [error["code"] for error in response.json()] == [400, 400]


def test_a_point_outside_the_district_is_refused(foreign: Foreign, cast: Cast) -> None:
    Place.objects.filter(pk=cast.places["square"].pk).update(lon=108.4, lat=30.8)
    form = {"service_code": "roads-lights", "description": LAMP}
    assert foreign.post("requests.json", **form, lat="48.86", long="2.35").status_code == 400
    number = foreign.report(address_string="", lat="30.8003", long="108.4002")
    assert _matter(number).place == cast.places["square"]
    assert _matter(number).lat == 30.8003


def test_where_no_place_has_coordinates_a_point_alone_is_refused(foreign: Foreign, cast: Cast) -> None:
    Place.objects.update(lon=None, lat=None)
    form = {"service_code": "roads-lights", "description": LAMP}
    for lat, lon in (("30.8", "108.4"), ("39.9", "116.4")):
        answer = foreign.post("requests.json", **form, lat=lat, long=lon)
        assert answer.status_code == 400
        assert "coordinates" in answer.json()[0]["description"]
    assert foreign.report(lat="30.8", long="108.4")


def test_a_place_is_named_by_code_id_or_door(foreign: Foreign, cast: Cast) -> None:
    street, unit = cast.places["shahe"], cast.places["unit_2"]
    for address_id, place in ((street.code, street), (str(unit.pk), unit), (unit.door_code, unit)):
        assert _matter(foreign.report(address_id=address_id, address_string="")).place == place


def test_answers_to_questions_are_kept_as_lines(foreign: Foreign) -> None:
    number = foreign.client.post(
        "/open311/v2/requests.json",
        {
            "api_key": foreign.key,
            "service_code": "roads-lights",
            "address_string": "玉城家园",
            "description": LAMP,
            "attribute[lamp-number]": "A-17",
            "attribute[unasked]": "x",
        },
    ).json()[0]["service_request_id"]
    assert _matter(number).text.splitlines()[1] == "灯杆上的编号（没有就不填）：A-17"
    assert "unasked" not in _matter(number).text


def _with_question(datatype: str) -> tuple[str, Any]:
    return next(
        (kind.code, question)
        for kind in current_playbook().playbook.all_categories()
        for question in kind.questions
        if question.datatype == datatype
    )


@pytest.mark.parametrize("datatype", ["singlevaluelist", "number", "datetime"])
def test_an_answer_of_another_kind_is_refused(foreign: Foreign, datatype: str) -> None:
    code, question = _with_question(datatype)
    form = {
        "api_key": foreign.key,
        "service_code": code,
        "address_string": "玉城家园",
        "description": LAMP,
        f"attribute[{question.code}]": "no such thing",
    }
    response = foreign.client.post("/open311/v2/requests.json", form)
    assert response.status_code == 400
    assert question.code in response.json()[0]["description"]


def test_a_required_answer_must_be_given(foreign: Foreign) -> None:
    form = {"service_code": "officials-conduct", "address_string": "玉城家园", "description": "反映作风问题"}
    response = foreign.post("requests.json", **form)
    assert response.status_code == 400
    assert "attribute[office]" in response.json()[0]["description"]


def test_a_photo_in_the_request_is_kept(foreign: Foreign) -> None:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "JPEG")
    number = foreign.report(media=SimpleUploadedFile("lamp.jpg", content.getvalue(), "image/jpeg"))
    assert Photo.objects.filter(matter=_matter(number)).count() == 1


def test_what_is_no_photo_is_refused(foreign: Foreign) -> None:
    response = foreign.post(
        "requests.json",
        service_code="roads-lights",
        address_string="玉城家园",
        description=LAMP,
        media=SimpleUploadedFile("lamp.jpg", b"MZ\x00\x00", "image/jpeg"),
    )
    assert response.status_code == 400


def test_a_repeated_try_with_its_key_is_taken_once(foreign: Foreign) -> None:
    form = {
        "api_key": foreign.key,
        "service_code": "roads-lights",
        "address_string": "玉城家园",
        "description": LAMP,
    }
    path, headers = "/open311/v2/requests.xml", {"Idempotency-Key": "try-1"}
    first = foreign.client.post(path, form, headers=headers)
    again = foreign.client.post(path, form, headers=headers)
    assert again.content == first.content
    assert (again["Idempotency-Replayed"], again["Content-Type"]) == ("true", first["Content-Type"])


def test_an_organizations_key_brings_in_only_from_its_own_ground(cast: Cast) -> None:
    foreign = Foreign(make_key("open311", organization=cast.offices["shahe"]), cast)
    foreign.report()
    response = foreign.post(
        "requests.json", service_code="roads-lights", address_string="枇杷坪广场", description=LAMP
    )
    assert response.status_code == 403


@pytest.mark.parametrize("number", ["nan", "inf", "1e999", "1_000", "２５", "0x10", "twelve"])
def test_a_number_is_one_that_every_program_reads(foreign: Foreign, number: str) -> None:
    where = {
        "service_code": "utilities",
        "address_string": "玉城家园3栋2单元",
        "attribute_households": number,
    }
    response = foreign.post("requests.xml", **where)
    assert response.status_code == 400
    assert "attribute[households]" in str(xml(response).findtext("error/description"))
    assert not Matter.objects.exists()


@pytest.mark.parametrize(("lat", "long"), [("３０.8", "108.4"), ("nan", "108.4"), ("30.8", "1_08.4")])
def test_degrees_are_plain_numbers(foreign: Foreign, lat: str, long: str) -> None:
    response = foreign.post("requests.json", service_code="roads-lights", lat=lat, long=long)
    assert response.status_code == 400
    assert not Matter.objects.exists()


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_form_that_says_it_is_not_utf8_is_refused_in_the_form_asked_for(
    foreign: Foreign, form: str
) -> None:
    response = foreign.client.post(
        f"/open311/v2/requests.{form}",
        b"service_code=roads-lights&description=%C2%B7%B5%C6",
        content_type="application/x-www-form-urlencoded; charset=gbk",
    )
    assert response.status_code == 400
    if form == "xml":
        assert xml(response).findtext("error/code") == "400"
    else:
        assert response.json()[0]["code"] == 400


def test_a_page_of_another_site_may_send_a_key_in_a_header(foreign: Foreign) -> None:
    """A browser asks first (the Fetch standard's preflight), and without the right answer sends nothing."""
    asked = foreign.client.options(
        "/open311/v2/requests.json",
        headers={
            "Origin": "https://reports.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-api-key, idempotency-key",
        },
    )
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Origin"] == "*"
    assert "POST" in asked["Access-Control-Allow-Methods"]
    allowed = asked["Access-Control-Allow-Headers"].lower()
    assert {"x-api-key", "idempotency-key", "authorization"} <= set(allowed.split(", "))
    # Cookies are never asked for: nobody can be made to act here by a page they look at.
    assert "Access-Control-Allow-Credentials" not in asked
    sent = foreign.post("requests.json", service_code="nope")
    assert (sent.status_code, sent["Access-Control-Allow-Origin"]) == (404, "*")


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_body_that_is_no_form_is_refused_by_its_type(foreign: Foreign, form: str) -> None:
    sent = {"service_code": "roads-lights", "address_string": "玉城家园", "description": LAMP}
    response = foreign.client.post(
        f"/open311/v2/requests.{form}?api_key={foreign.key}", sent, content_type="application/json"
    )
    assert response.status_code == 400
    if form == "json":
        (error,) = response.json()
        said = error["description"]
    else:
        said = str(xml(response).findtext("error/description"))
    assert "application/json" in said
    assert "multipart/form-data" in said
    assert not Matter.objects.exists()
