"""A complaint about an office leaves no trace on any other page that the office reads: not as a duplicate, not as
trouble that came back, not as a part, not in the figures of its board.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Part, Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.intake.alike import Recent
from yuanba.matters.models import Matter, MatterLink, Notice, Suggestion, Tally
from yuanba.matters.queries import notices_for
from yuanba.matters.rates import Figures
from yuanba.matters.seeing import can_see
from yuanba.matters.tests.walking import Walk
from yuanba.people.actions import appoint, create_account, create_post, register_person
from yuanba.people.queries import viewer_for
from yuanba.playbooks.queries import current_playbook

ELEVATOR = "3栋电梯反复故障，老人被困两次，物业推诿不修。"
AGAIN = "3栋电梯又故障了，老人被困，物业推诿不修。"
CONDUCT = "officials-conduct"


def work_off() -> None:
    while deliver_due():
        pass


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.seats[name].account, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(cast: Cast, name: str, walk: Walk) -> str:
    answer = signed_in(cast, name).get(f"/matters/{walk.matter.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def accuse(walk: Walk, office: str, **sorting: Any) -> Walk:
    walk.do(actions.triage_matter, Sorting(accused=walk.cast.offices[office], **sorting), by="centre_clerk")
    return walk


def duplicates_of(walk: Walk) -> list[int]:
    found = Suggestion.objects.get(matter=walk.matter).proposals
    return [item["value"] for item in found if item["aspect"] == "duplicate"]


# --- possible duplicates


def test_a_complaint_is_no_possible_duplicate_of_what_the_accused_office_gets(cast: Cast) -> None:
    complaint = Walk(cast).receive(ELEVATOR, "yucheng_estate")
    work_off()
    accuse(complaint, "yucheng")
    later = Walk(cast, at=complaint.at).receive(AGAIN, "yucheng_estate")
    work_off()
    assert duplicates_of(later) == []
    other = accuse(Walk(cast, at=later.at).receive(AGAIN, "yucheng_estate"), "yucheng")
    work_off()
    assert duplicates_of(other) == [complaint.matter.pk]


def test_a_protected_request_is_a_possible_duplicate_of_protected_ones_only(cast: Cast) -> None:
    first = Walk(cast).receive(ELEVATOR, "yucheng_estate", confidential=True)
    plain = Walk(cast, at=first.at).receive(AGAIN, "yucheng_estate")
    second = Walk(cast, at=plain.at).receive(AGAIN, "yucheng_estate", confidential=True)
    work_off()
    assert duplicates_of(plain) == []
    assert set(duplicates_of(second)) == {first.matter.pk, plain.matter.pk}


def test_an_accusation_noted_later_goes_from_pages_that_showed_it_as_a_duplicate(cast: Cast) -> None:
    first = Walk(cast).receive(ELEVATOR, "yucheng_estate")
    second = Walk(cast, at=first.at).receive(AGAIN, "yucheng_estate")
    work_off()
    assert first.matter.number in page(cast, "community_secretary", second)
    accuse(first, "yucheng")
    assert first.matter.number not in page(cast, "community_secretary", second)
    assert first.matter.number not in signed_in(cast, "community_secretary").get("/triage/").content.decode()
    assert first.matter.number in page(cast, "centre_clerk", second)
    assert first.matter.number in signed_in(cast, "centre_clerk").get("/triage/").content.decode()


def test_rows_of_a_file_are_compared_under_the_same_rule(cast: Cast) -> None:
    plain, accusing, protected = (Walk(cast).receive(ELEVATOR).matter for _row in range(3))
    accusing.accused_path, protected.confidential = cast.offices["yucheng"].path, True
    recent = Recent()
    assert recent.duplicates(accusing) == []
    assert recent.duplicates(protected) == []
    assert recent.duplicates(plain) == []
    again = Walk(cast).receive(ELEVATOR).matter
    assert [found.value for found in recent.duplicates(again)] == [plain.pk]
    again.accused_path = accusing.accused_path
    assert [found.value for found in recent.duplicates(again)] == [accusing.pk]


# --- trouble that came back


def struck_off(cast: Cast, office: str = "") -> Walk:
    walk = Walk(cast).receive("门口的灯一直不亮。")
    sorting = Sorting(category="roads-lights", tier="big", accused=cast.offices[office] if office else None)
    walk.do(actions.dispatch_matter, cast.offices["transport"], sorting, by="centre_clerk")
    return walk.claim("transport_handler").answer("transport_handler").confirm().close()


def test_a_complaint_that_was_struck_off_is_nothing_that_came_back(cast: Cast) -> None:
    old = struck_off(cast, "yucheng")
    new = Walk(cast, at=old.at).receive(category="roads-lights")
    work_off()
    assert not MatterLink.objects.exists()
    assert not Notice.objects.filter(kind="recurrence").exists()
    secretary = cast.viewer("community_secretary")
    assert can_see(secretary, new.matter)
    assert old.matter.number not in str([notice.params for notice in notices_for(secretary).rows])
    assert old.matter.number not in page(cast, "community_secretary", new)


def test_who_settled_the_trouble_is_not_told_of_a_complaint(cast: Cast) -> None:
    old = struck_off(cast)
    new = Walk(cast, at=old.at).receive("老问题又来了。", category="noise")
    work_off()
    accuse(new, "transport", category="roads-lights")
    work_off()
    assert not MatterLink.objects.filter(other=old.matter).exists()
    assert not Notice.objects.filter(kind="recurrence").exists()


def test_a_link_goes_when_the_new_one_turns_out_to_be_a_complaint(cast: Cast) -> None:
    old = struck_off(cast)
    new = Walk(cast, at=old.at).receive(category="roads-lights")
    work_off()
    assert MatterLink.objects.filter(matter=new.matter).exists()
    assert old.matter.title not in page(cast, "community_secretary", new)
    accuse(new, "transport")
    assert not MatterLink.objects.exists()


def test_a_link_to_a_matter_that_accuses_meanwhile_is_not_shown_to_the_accused(cast: Cast) -> None:
    old = struck_off(cast)
    new = Walk(cast, at=old.at).receive(category="roads-lights")
    work_off()
    assert old.matter.number in page(cast, "community_secretary", new)
    accused = cast.offices["yucheng"]
    Matter.objects.filter(pk=old.matter.pk).update(accused=accused, accused_path=accused.path)
    assert old.matter.number not in page(cast, "community_secretary", new)
    assert old.matter.number in page(cast, "centre_clerk", new)


# --- sorted once more


def test_a_complaint_about_an_unnamed_office_that_turns_out_to_lie_elsewhere_accuses_the_office_there(
    cast: Cast,
) -> None:
    walk = Walk(cast).receive("居委会窗口态度恶劣。", about_office=True)
    work_off()
    walk.do(actions.triage_matter, Sorting(place=cast.places["pipaping"]), by="centre_clerk")
    assert walk.matter.accused == cast.offices["zhonggulou"]
    assert walk.matter.owner == cast.offices["centre"]
    assert not can_see(cast.viewer("pipaping_secretary"), walk.matter)
    assert not can_see(cast.viewer("other_street_officer"), walk.matter)
    work_off()
    assert not notices_for(cast.viewer("pipaping_secretary")).rows
    assert audit().breaches == 0


def test_an_office_that_a_person_named_stays_accused_whatever_the_kind(cast: Cast) -> None:
    walk = Walk(cast).receive("街道办吃拿卡要。", about_office=True)
    work_off()
    accuse(walk, "shahe")
    walk.do(actions.triage_matter, Sorting(category="roads-lights", tier="big"), by="centre_clerk")
    assert walk.matter.accused == cast.offices["shahe"]
    assert not can_see(cast.viewer("street_officer"), walk.matter)
    walk.do(
        actions.triage_matter, Sorting(category=CONDUCT, place=cast.places["pipaping"]), by="centre_clerk"
    )
    assert walk.matter.accused == cast.offices["shahe"]
    assert not can_see(cast.viewer("street_officer"), walk.matter)
    assert audit().breaches == 0


# --- parts


def test_a_part_that_accuses_protects_its_whole_and_the_new_owner_hears_of_it(cast: Cast) -> None:
    whole = Walk(cast).receive("路灯坏了，街道办也不管。").dispatch().claim()
    title = "街道办工作人员索要红包"
    lamp, conduct = whole.do(
        actions.split_matter,
        [Part("路灯修复", "roads-lights"), Part(title, "roads-lights")],
        by="street_officer",
    )
    work_off()
    assert title in page(cast, "street_officer", whole)
    part = Walk(cast, at=whole.at)
    part.matter = conduct
    accuse(part, "shahe", category="roads-lights", tier="big")
    work_off()
    officer = cast.viewer("street_officer")
    for matter in Matter.objects.filter(pk__in=[whole.matter.pk, lamp.pk, conduct.pk]):
        assert not can_see(officer, matter)
        assert (matter.owner, matter.confidential) == (cast.offices["centre"], True)
    told = Notice.objects.filter(matter=whole.matter, organization=cast.offices["centre"], kind="assigned")
    assert told.exists()
    assert title in page(cast, "centre_arbiter", whole)
    assert audit().breaches == 0
    assert verify().broken == 0


def test_a_part_that_accuses_is_not_listed_for_the_accused_where_the_whole_accuses_another(
    cast: Cast,
) -> None:
    whole = Walk(cast).receive("社区不作为。")
    accuse(whole, "yucheng", category="roads-lights", tier="big")
    parts = whole.do(
        actions.split_matter,
        [Part("修灯", "roads-lights"), Part("问交通局的人", "noise")],
        by="centre_arbiter",
    )
    part = Walk(cast, at=whole.at)
    part.matter = parts[1]
    accuse(part, "shahe")
    whole.matter.refresh_from_db()
    assert whole.matter.accused == cast.offices["yucheng"]
    text = page(cast, "street_leader", whole)
    assert parts[0].number in text
    assert parts[1].number not in text


# --- posts of a place


def test_a_post_of_the_accused_community_s_place_does_not_see_the_complaint(cast: Cast) -> None:
    walk = Walk(cast).receive("社区主任挪用经费。")
    work_off()
    post = create_post(
        kind="community_secretary",
        title="网格长",
        place=cast.places["yucheng"],
        actor=cast.viewer("operator"),
        at=walk.at,
    )
    person = register_person(name="网格甲", actor=cast.viewer("operator"), at=walk.at)
    appoint(post.pk, person, on=walk.at.date(), actor=cast.viewer("operator"), at=walk.at)
    account, _initial = create_account(
        username="grid", person=person, actor=cast.viewer("operator"), at=walk.at
    )
    assert can_see(viewer_for(account), walk.matter)
    Matter.objects.filter(pk=walk.matter.pk).update(supervisor=post)
    accuse(walk, "yucheng")
    assert not can_see(viewer_for(account), walk.matter)
    assert walk.matter.supervisor is None


# --- boards


def board(cast: Cast, place: str) -> Any:
    """What a visitor can read and count on the board of a place."""
    return Client().get(f"/board/{cast.places[place].pk}/").context


def figures(cast: Cast, place: str) -> tuple[object, ...]:
    shown = board(cast, place)
    return shown["figures"], shown["rates"], [row.number for row in shown["rows"]]


@pytest.mark.parametrize("office", ["yucheng", "shahe"])
def test_the_board_of_the_accused_shows_the_same_figures_with_and_without_the_complaint(
    cast: Cast, office: str
) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    for _number in range(6):
        Walk(cast, at=yesterday).receive()
    work_off()
    before = figures(cast, office)
    assert before[0] == Figures(6, 6, None, None)
    complaint = Walk(cast, at=yesterday).receive("居委会主任态度恶劣。", about_office=True)
    work_off()
    assert figures(cast, office) == before
    accuse(complaint, office)
    work_off()
    assert figures(cast, office) == before
    turned_out = Walk(cast, at=yesterday).receive()
    protected = Walk(cast, at=yesterday).receive()
    accuse(turned_out, office)
    work_off()
    protected.do(actions.triage_matter, Sorting(confidential=True), by="centre_clerk")
    work_off()
    assert figures(cast, office) == before
    assert figures(cast, "district")[0] == Figures(9, 9, None, None)
    assert audit().breaches == 0


def test_what_changes_with_an_accusation_is_counted_where_it_is_counted_now(cast: Cast) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    whole = Walk(cast, at=yesterday).receive()
    whole.do(actions.triage_matter, Sorting(category="roads-lights", tier="big"), by="centre_clerk")
    joined = Walk(cast, at=whole.at).receive()
    joined.do(actions.merge_into, whole.matter.pk, by="centre_clerk")
    work_off()
    whole.at = joined.at
    accuse(whole, "yucheng")
    work_off()
    rows = Tally.objects.filter(place=cast.places["yucheng"], measure__in=("open", "received"))
    assert {row.count for row in rows} == {0}
    assert audit().breaches == 0


def test_boards_of_small_places_tell_nothing_of_private_life(cast: Cast) -> None:
    kinds = current_playbook().playbook.all_categories()
    private = next(kind for kind in kinds if kind.sensitive and not kind.confidential)
    lamp = Walk(cast).receive(category="roads-lights").matter
    matter = Walk(cast).receive("请帮忙。", category=private.code).matter
    for each in (lamp, matter):
        actions.triage_matter(each.pk, Sorting(), actor=cast.viewer("centre_clerk"))
    unsorted = Walk(cast).receive("这里有事。").matter
    guessed = Walk(cast).receive("门口的路灯不亮。").matter
    work_off()
    guessed.refresh_from_db()
    assert (guessed.state, guessed.category) == ("received", "roads-lights")
    numbers = {
        place: [row.number for row in board(cast, place)["rows"]] for place in ("yucheng_estate", "yucheng")
    }
    assert numbers == {
        "yucheng_estate": [lamp.number],
        "yucheng": [lamp.number, matter.number, unsorted.number, guessed.number],
    }
    in_building = Client().get(f"/building/{cast.places['building_3'].pk}/").context
    assert [row.number for row in in_building["rows"]] == numbers["yucheng_estate"], "its estate's list"
    rows = {row.number: row for row in board(cast, "yucheng")["rows"]}
    assert private.name not in f"{rows[matter.number].title}{rows[matter.number].category}"
    assert rows[matter.number].place.endswith("玉城社区")
    assert rows[unsorted.number].place.endswith("玉城社区")
    assert rows[lamp.number].place.endswith("玉城家园")
    assert rows[guessed.number].title == rows[unsorted.number].title
    assert rows[guessed.number].place.endswith("玉城社区")
    assert private.name not in Client().get(f"/board/{cast.places['yucheng'].pk}/").content.decode()


def test_small_places_have_no_figures_and_small_figures_are_not_told(cast: Cast) -> None:
    Walk(cast).receive()
    work_off()
    assert board(cast, "yucheng_estate")["figures"] is None
    assert board(cast, "yucheng")["figures"] == Figures(None, None, None, None)
    page = Client().get(f"/board/{cast.places['yucheng'].pk}/", headers={"Accept-Language": "en"})
    figures, _rest = page.content.decode().split('id="responsible"')
    assert figures.count("under 5") == 4
