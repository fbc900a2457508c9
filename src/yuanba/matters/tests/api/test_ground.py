import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from yuanba.demo.cast import Cast
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.sealing import seal_days
from yuanba.matters.models import Matter, Photo
from yuanba.matters.tests.api.conftest import TEXT, Program, make_key
from yuanba.matters.tests.api.lives import begin


def test_places_are_walked_from_the_root_down(program: Program, cast: Cast) -> None:
    roots = program.get("/places").json()["places"]
    assert [place["name"] for place in roots] == ["万州区"]
    streets = program.get("/places", {"within": roots[0]["id"]}).json()
    assert [place["name"] for place in streets["places"]] == ["沙河街道", "钟鼓楼街道"]
    assert streets["next"] == ""
    rest = program.get("/places", {"within": roots[0]["id"], "after": streets["places"][0]["path"]}).json()
    assert [place["name"] for place in rest["places"]] == ["钟鼓楼街道"]
    assert program.get("/places", {"within": 987654321}).status_code == 422


def test_text_is_resolved_to_places(program: Program, cast: Cast) -> None:
    found = program.get("/places/resolve", {"text": "玉城家园3栋2单元的灯坏了"}).json()["places"]
    assert 0 < found[0]["confidence"] <= 1
    assert found[0]["why"]


def test_categories_tell_what_to_ask(program: Program) -> None:
    found = program.get("/categories").json()
    lamps = next(kind for kind in found["categories"] if kind["code"] == "roads-lights")
    assert lamps["questions"][0]["code"] == "lamp-number"
    assert lamps["group"] in {group["code"] for group in found["groups"]}


def test_organizations_and_rules_give_the_codes_that_moves_take(program: Program, cast: Cast) -> None:
    codes = {row["code"] for row in program.get("/organizations").json()["organizations"]}
    assert {"shahe", "transport", "yucheng-community"} <= codes
    only = program.get("/organizations", {"kind": "street"}).json()["organizations"]
    assert {row["code"] for row in only} == {"shahe", "zhonggulou"}
    rules = program.get("/playbook").json()
    assert [tier["code"] for tier in rules["tiers"]] == ["private", "small", "big", "hard"]
    assert len(rules["out_of_scope"]) == 6


def test_an_entry_is_proven_to_those_who_may_see_its_matter(program: Program, cast: Cast) -> None:
    life = begin(program, cast)
    entry = life.program.get(f"/matters/{life.number}/timeline").json()["entries"][0]
    path = f"/journal/entries/{entry['id']}/proof"
    assert program.get(path).status_code == 409
    seal_days(timezone.now() + timedelta(days=2))
    proof = program.get(path).json()
    assert proof["hash"] == entry["hash"]
    roots = Program().get("/journal/roots", {"size": 400}).json()["roots"]
    assert proof["root"] in {root["root"] for root in roots}
    assert life.resident.get(path).status_code == 200
    assert Program(make_key("report")).get(path).status_code == 404
    person = Entry.objects.filter(subject_kind="person").first()
    assert person is not None
    assert program.get(f"/journal/entries/{person.pk}/proof").status_code == 404


def test_roots_are_paged_by_day(program: Program, cast: Cast) -> None:
    begin(program, cast)
    seal_days(timezone.now() + timedelta(days=2))
    first = program.get("/journal/roots", {"size": 1}).json()
    assert first["next"] == first["roots"][0]["day"]
    second = program.get("/journal/roots", {"after": first["next"]}).json()
    assert first["roots"][0]["day"] not in {root["day"] for root in second["roots"]}


def _picture(kind: str = "JPEG") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, kind)
    return content.getvalue()


def _upload(program: Program, content: bytes) -> object:
    file = SimpleUploadedFile("my-name.jpg", content, content_type="image/jpeg")
    headers = {"Authorization": f"Bearer {program.key}"}
    return program.client.post("/api/v1/files", {"file": file}, headers=headers)


def test_a_photo_is_sent_first_and_named_by_its_hash(program: Program, cast: Cast) -> None:
    made = _upload(program, _picture())
    assert made.status_code == 201  # type: ignore[attr-defined]
    sha256 = made.json()["sha256"]  # type: ignore[attr-defined]
    body = {"text": TEXT, "place": {"id": cast.places["unit_2"].pk}, "photos": [sha256, sha256]}
    number = program.post("/matters", body).json()["number"]
    photo = Photo.objects.get(matter=Matter.objects.get(pk=number.split("-")[1]))
    assert photo.file.sha256 == sha256


def test_what_is_no_photo_is_refused(program: Program) -> None:
    refused = _upload(program, b"<script>alert(1)</script>")
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert refused.json()["errors"][0]["field"] == "file"  # type: ignore[attr-defined]
    assert program.post("/files", b"").status_code == 422
