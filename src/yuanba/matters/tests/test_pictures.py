"""Photos of what was found, done and not solved: who may attach them, who sees them, and what becomes public."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from PIL import Image

from yuanba.demo.cast import Cast
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.photos import accept_photo
from yuanba.kernel.files.storing import store
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.verification import verify
from yuanba.matters import actions
from yuanba.matters.actions import Opinion, Reply, Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter, Photo
from yuanba.matters.pages.visitors import SENDING
from yuanba.matters.tests.api.conftest import Program, make_key
from yuanba.matters.tests.walking import GOOD_ANSWER, Walk

ENGLISH = {"Accept-Language": "en"}


def picture(colour: str = "grey") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "JPEG")
    return file.getvalue()


def stored(colour: str = "grey") -> int:
    return store(accept_photo(io.BytesIO(picture(colour)))).pk


def upload(colour: str = "grey", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", content or picture(colour), "image/jpeg")


def claimed(cast: Cast, **fields: Any) -> Walk:
    return Walk(cast).receive(photos=(stored("black"),), **fields).dispatch().claim()


def answer(walk: Walk, **fields: Any) -> Walk:
    photos = fields.pop("photos", (stored("white"),))
    reply = Reply(GOOD_ANSWER, "沙河街道", walk.at.date(), override_reason="test", photos=photos, **fields)
    walk.do(actions.answer_matter, reply, by="street_officer")
    return walk


def shown(cast: Cast, walk: Walk) -> Walk:
    """Answered with both photos released, and solved."""
    return answer(walk, photos_public=True, request_photos_public=True).confirm().close()


def signed_in(cast: Cast, name: str) -> Client:
    client = Client(headers=ENGLISH)
    client.force_login(cast.seats[name].account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def board(cast: Cast, place: str = "yucheng_estate") -> str:
    return Client(headers=ENGLISH).get(f"/board/{cast.places[place].pk}/").content.decode()


def public(photo: Photo) -> int:
    return Client().get(f"/board/photos/{photo.pk}/").status_code


def moments(walk: Walk) -> list[tuple[str, bool]]:
    return list(walk.matter.photos.order_by("pk").values_list("moment", "released"))


def test_an_answer_carries_photos_of_what_was_done(cast: Cast) -> None:
    walk = answer(claimed(cast))
    assert moments(walk) == [("before", False), ("after", False)]
    entry = Entry.objects.get(subject_kind="matter", subject_id=walk.matter.pk, kind="answer")
    after = walk.matter.photos.select_related("file").get(moment="after")
    assert after.entry_seq == entry.seq
    assert after.file.sha256 in entry.data
    page = Client(headers=ENGLISH).get(f"/m/{walk.track_key}/").content.decode()
    pair = page.split('class="pair"')[1]
    assert pair.index("Photo taken before") < pair.index("Photo taken after the work")
    assert Client().get(f"/m/{walk.track_key}/photos/{after.pk}/").status_code == 200
    office = signed_in(cast, "street_officer").get(f"/matters/{walk.matter.number}/").content.decode()
    assert 'class="pair"' in office
    assert verify().broken == 0
    assert audit().breaches == 0


def test_nothing_is_public_that_no_office_has_released(cast: Cast) -> None:
    walk = answer(claimed(cast)).confirm().close()
    assert [public(photo) for photo in walk.matter.photos.all()] == [404, 404]
    assert 'class="pair"' not in board(cast)


def test_what_is_released_stands_on_the_boards_once_the_resident_says_it_is_solved(cast: Cast) -> None:
    walk = answer(claimed(cast), photos_public=True)
    before, after = walk.matter.photos.order_by("pk")
    assert public(after) == 404
    walk.confirm().close()
    assert (public(before), public(after)) == (404, 200)
    for place in ("yucheng_estate", "yucheng", "shahe", "district"):
        page = board(cast, place)
        assert f"/board/photos/{after.pk}/" in page, place
        assert f"/board/photos/{before.pk}/" not in page, place
    assert f"/board/photos/{after.pk}/" not in board(cast, "longbao")


def test_a_residents_own_photo_takes_a_release_of_its_own(cast: Cast) -> None:
    walk = shown(cast, claimed(cast))
    assert moments(walk) == [("before", True), ("after", True)]
    entry = Entry.objects.get(subject_kind="matter", subject_id=walk.matter.pk, kind="answer")
    assert '"released":1' in entry.data
    assert '"request_photos_released":1' in entry.data
    page = board(cast)
    assert page.count("/board/photos/") == 4  # each once as a small picture, once in full


@pytest.mark.parametrize("protection", ["confidential", "about_office"])
def test_photos_of_a_protected_request_are_never_released(cast: Cast, protection: str) -> None:
    fields: dict[str, Any] = {protection: True}
    walk = Walk(cast).receive(photos=(stored(),), **fields)
    reply = Reply(GOOD_ANSWER, "中心", walk.at.date(), override_reason="test", request_photos_public=True)
    walk.do(actions.dispatch_matter, cast.offices["transport"], walk.sorting(), by="centre_arbiter")
    walk.do(actions.claim_matter, by="transport_handler")
    with pytest.raises(NotAllowed) as refused:
        walk.do(actions.answer_matter, reply, by="transport_handler")
    assert refused.value.code == "protected"
    assert moments(walk) == [("before", False)]
    form = signed_in(cast, "transport_handler").get(f"/matters/{walk.matter.number}/").content.decode()
    assert "answer-photos" in form
    assert "photos_public" not in form


def test_photos_of_what_turns_out_to_be_protected_or_private_are_gone_at_once(cast: Cast) -> None:
    walk = shown(cast, claimed(cast))
    photo = walk.matter.photos.get(moment="after")
    for change in ({"confidential": True}, {"category": "disability"}):
        before = {name: getattr(walk.matter, name) for name in change}
        Matter.objects.filter(pk=walk.matter.pk).update(**change)
        assert public(photo) == 404, change
        assert f"/board/photos/{photo.pk}/" not in board(cast, "yucheng"), change
        Matter.objects.filter(pk=walk.matter.pk).update(**before)
    assert public(photo) == 200


def test_the_requester_takes_the_photos_back_with_one_button(cast: Cast) -> None:
    walk = shown(cast, claimed(cast))
    photo = walk.matter.photos.get(moment="after")
    client = Client(headers=ENGLISH)
    assert "Show them to everyone no more" in client.get(f"/m/{walk.track_key}/").content.decode()
    gone = client.post(f"/m/{walk.track_key}/hide_photos/", follow=True).content.decode()
    assert "Your photos are shown to nobody but you and the offices." in gone
    assert "Show them to everyone no more" not in gone
    assert public(photo) == 404
    assert Entry.objects.filter(subject_id=walk.matter.pk, kind="hide_photos").count() == 1
    assert client.post(f"/m/{walk.track_key}/hide_photos/").status_code == 409
    assert audit().breaches == 0


def test_any_office_that_sees_a_matter_takes_its_photos_back_and_no_other(cast: Cast) -> None:
    walk = shown(cast, claimed(cast))
    with pytest.raises(Exception, match="no such matter"):
        walk.do(actions.hide_photos, by="neighbour_secretary")
    walk.do(actions.hide_photos, by="building_head")
    assert moments(walk) == [("before", False), ("after", False)]


def test_what_did_not_hold_is_not_shown_off(cast: Cast) -> None:
    walk = shown(cast, claimed(cast))
    walk.do(actions.not_solved, Opinion(said="又不亮了"), by=walk.resident)
    assert [released for _moment, released in moments(walk)] == [False, False]
    answer(walk, photos=()).confirm().close()
    assert 'class="pair"' not in board(cast)


def test_an_answer_takes_six_photos_and_not_a_seventh(cast: Cast) -> None:
    walk = claimed(cast)
    with pytest.raises(Invalid) as refused:
        answer(walk, photos=tuple(stored(f"#0000{number:02x}") for number in range(0, 112, 16)))
    assert refused.value.field == "photos"
    with pytest.raises(Invalid):
        answer(walk, photos=(10**9,))
    assert walk.matter.answers.count() == 0


def test_the_same_photo_again_in_the_next_round_is_a_photo_of_that_round(cast: Cast) -> None:
    walk = answer(claimed(cast))
    walk.do(actions.not_solved, Opinion(said="还没好", photos=(stored("black"),)), by=walk.resident)
    answer(walk)
    assert [moment for moment, _released in moments(walk)] == ["before", "after", "still", "after"]


def test_the_database_releases_no_photo_of_what_is_not_solved(cast: Cast) -> None:
    walk = answer(claimed(cast))
    walk.do(actions.not_solved, Opinion(said="还没好", photos=(stored(),)), by=walk.resident)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE matters_photo SET released = %s WHERE moment = 'still'", [True])


# --- not solved, from the resident's page


def not_solved(walk: Walk, photos: list[SimpleUploadedFile], **more: str) -> Any:
    data = {"not_solved-said": "还是不亮，看照片。", "not_solved-photos": photos} | more
    return Client(headers=ENGLISH).post(f"/m/{walk.track_key}/not_solved/", data)


def test_not_solved_is_shown_with_photos_in_the_story(cast: Cast) -> None:
    walk = answer(claimed(cast))
    assert not_solved(walk, [upload("red"), upload("blue")]).status_code == 302
    assert [moment for moment, _released in moments(walk)][2:] == ["still", "still"]
    page = Client(headers=ENGLISH).get(f"/m/{walk.track_key}/").content.decode()
    told = page.split("Not solved, says the resident")[1].split("</li>\n        </ol>")[0]
    assert "The resident" in told
    assert told.count("Photo of what is not solved yet") >= 2
    office = signed_in(cast, "street_officer").get(f"/matters/{walk.matter.number}/").content.decode()
    assert office.count("Photo of what is not solved yet") == 2


def test_without_a_photo_not_solved_goes_as_before(cast: Cast) -> None:
    walk = answer(claimed(cast))
    assert not_solved(walk, []).status_code == 302
    walk.matter.refresh_from_db()
    assert walk.matter.state == "handling"


def test_a_refused_photo_costs_neither_the_words_nor_the_good_photos(cast: Cast) -> None:
    walk = answer(claimed(cast))
    answered = not_solved(walk, [upload("red"), upload(content=b"no photo at all")])
    assert answered.status_code == 422
    page = answered.content.decode()
    assert "还是不亮，看照片。" in page
    assert "This is not a photo that can be read" in page
    assert "1 photo is kept" in page
    kept = answered.context["not_solved_form"]["kept"].value()
    assert not_solved(walk, [], **{"not_solved-kept": kept}).status_code == 302
    assert [moment for moment, _released in moments(walk)][2:] == ["still"]


def test_nobody_else_s_photo_comes_along_by_a_made_up_key(cast: Cast) -> None:
    walk = answer(claimed(cast))
    foreign = stored("green")
    assert not_solved(walk, [], **{"not_solved-kept": f"[{foreign}]"}).status_code == 302
    assert not walk.matter.photos.filter(file=foreign).exists()


def test_forty_photos_are_told_to_be_too_many_and_nothing_is_stored(cast: Cast) -> None:
    walk = answer(claimed(cast))
    answered = not_solved(walk, [upload() for _number in range(40)])
    assert answered.status_code == 422
    assert "You chose 40 photos; at most 3 fit" in answered.content.decode()
    assert "还是不亮，看照片。" in answered.content.decode()
    assert walk.matter.photos.filter(moment="still").count() == 0


def test_a_link_stores_no_photos_for_a_move_that_is_not_open(cast: Cast) -> None:
    walk = claimed(cast)
    assert not_solved(walk, [upload("purple")]).status_code == 409
    assert not Photo.objects.filter(matter=walk.matter, moment="still").exists()


def test_one_link_stores_photos_only_so_often(cast: Cast) -> None:
    walk = answer(claimed(cast))
    for number in range(SENDING.count):
        not_solved(walk, [upload(f"#0000{number:02}")], **{"not_solved-said": ""})
    before = StoredFile.objects.count()
    refused = not_solved(walk, [upload("orange")])
    assert refused.status_code == 422
    assert "Too many photos within an hour" in refused.content.decode()
    assert "还是不亮，看照片。" in refused.content.decode()
    assert StoredFile.objects.count() == before
    assert not_solved(walk, []).status_code == 302


def test_who_joined_is_not_offered_to_hide_what_is_not_theirs(cast: Cast) -> None:
    lead = claimed(cast)
    joined = Walk(cast, at=lead.at).receive("同一盏路灯，也是不亮。")
    joined.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = joined.at
    answer(lead, photos_public=True)
    client, button = Client(headers=ENGLISH), "Show them to everyone no more"
    assert button in client.get(f"/m/{lead.track_key}/").content.decode()
    assert button not in client.get(f"/m/{joined.track_key}/").content.decode()


def test_who_joined_sees_what_the_office_attached_and_nothing_of_the_other_resident(cast: Cast) -> None:
    lead = claimed(cast)
    joined = Walk(cast, at=lead.at).receive("同一盏路灯，也是不亮。")
    joined.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = joined.at
    answer(lead)
    before, after = lead.matter.photos.order_by("pk")
    client = Client(headers=ENGLISH)
    page = client.get(f"/m/{joined.track_key}/").content.decode()
    assert f"/photos/{after.pk}/" in page
    assert f"/photos/{before.pk}/" not in page
    assert client.get(f"/m/{joined.track_key}/photos/{after.pk}/").status_code == 200
    assert client.get(f"/m/{joined.track_key}/photos/{before.pk}/").status_code == 404


# --- the office's form and the API


def office_answer(cast: Cast, walk: Walk, photos: list[SimpleUploadedFile], **more: str) -> Any:
    data = {
        "answer-text": GOOD_ANSWER,
        "answer-done_by": "沙河街道",
        "answer-done_on": walk.at.date().isoformat(),
        "answer-photos": photos,
        "version": str(walk.matter.version),
    }
    client = signed_in(cast, "street_officer")
    return client.post(f"/matters/{walk.matter.number}/moves/answer/", data | more)


def test_an_office_attaches_photos_on_its_page_and_keeps_them_while_it_mends_the_words(cast: Cast) -> None:
    walk = claimed(cast)
    refused = office_answer(cast, walk, [upload("white")], **{"answer-text": "已处理。"})
    assert refused.status_code == 422
    assert "1 photo is kept" in refused.content.decode()
    (offer,) = [offer for offer in refused.context["offers"] if offer.move.name == "answer"]
    kept = {"answer-kept": offer.form["kept"].value(), "answer-photos_public": "on"}
    assert office_answer(cast, walk, [], **kept, **{"answer-override_reason": "已核实"}).status_code == 302
    assert moments(walk) == [("before", False), ("after", True)]


def test_a_program_answers_with_photos_that_it_uploaded(cast: Cast) -> None:
    walk = claimed(cast)
    program = Program(make_key("handle", organization=cast.offices["shahe"]))
    sent = program.client.post(
        "/api/v1/files", {"file": upload("white")}, headers={"Authorization": f"Bearer {program.key}"}
    )
    assert sent.status_code == 201
    body = {
        "text": GOOD_ANSWER,
        "done_by": "沙河街道",
        "done_on": walk.at.date().isoformat(),
        "override_reason": "test",
        "photos": [sent.json()["sha256"]],
        "photos_public": True,
    }
    assert program.post(f"/matters/{walk.matter.number}/moves/answer", body).status_code == 200
    assert moments(walk) == [("before", False), ("after", True)]


def test_a_category_of_private_life_shows_no_photos_to_everybody(cast: Cast) -> None:
    walk = Walk(cast).receive(photos=(stored("black"),))
    private = Sorting(category="disability", tier="big", tier_reason="按实际范围定级")
    walk.do(actions.dispatch_matter, cast.offices["shahe"], private, by="centre_clerk")
    shown(cast, walk.claim())
    assert {public(photo) for photo in walk.matter.photos.all()} == {404}
    assert 'class="pair"' not in board(cast, "yucheng")


def test_photos_of_a_report_are_kept_while_the_rest_is_mended(cast: Cast) -> None:
    client, door = Client(), f"/d/{cast.places['unit_2'].door_code}/"
    wrong = client.post(door, {"text": "路灯不亮", "phone": "123", "photos": [upload()]}, headers=ENGLISH)
    assert wrong.status_code == 422
    assert "1 photo is kept" in wrong.content.decode()
    kept = wrong.context["form"].data["kept"]
    right = client.post(door, {"text": "路灯不亮", "kept": kept})
    assert right.status_code == 302
    assert Photo.objects.filter(matter__text="路灯不亮").count() == 1


def test_kept_photos_are_the_ones_that_were_sent_and_nobody_else_s(cast: Cast) -> None:
    door = f"/d/{cast.places['unit_2'].door_code}/"
    answer = Client().post(door, {"text": "路灯不亮", "kept": "[1, 2, 3]"})
    assert answer.status_code == 302
    assert not Photo.objects.exists()
