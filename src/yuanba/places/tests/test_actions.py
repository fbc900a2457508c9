import json
from datetime import date, datetime
from typing import TypedDict

import pytest

from yuanba.kernel.authority import NOBODY, Viewer
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.paths import ancestors_and_self
from yuanba.places.actions import (
    NewPlace,
    add_alias,
    add_place,
    add_places,
    change_place,
    give_door_code,
    recode_place,
    remove_alias,
    rename_place,
    retire_place,
)
from yuanba.places.datum import Point
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place, PlaceTree
from yuanba.places.tests.conftest import AT, IMPORTER, Town, keeper_of


class Acting(TypedDict):
    actor: Viewer
    at: datetime


ACTING: Acting = {"actor": IMPORTER, "at": AT}


def revision() -> int:
    return PlaceTree.objects.get(pk=1).revision


def told(place: Place) -> list[str]:
    rows = Entry.objects.filter(subject_kind="place", subject_id=place.pk).order_by("seq")
    return list(rows.values_list("kind", flat=True))


def test_a_place_stands_under_its_parent_and_knows_its_street_and_community(town: Town) -> None:
    assert ancestors_and_self(town.unit.path) == [
        place.path
        for place in (town.district, town.street, town.community, town.estate, town.second, town.unit)
    ]
    assert (town.unit.street_id, town.unit.community_id) == (town.street.pk, town.community.pk)
    assert (town.community.community_id, town.district.street_id) == (town.community.pk, None)


def test_every_new_place_has_a_journal_entry_that_its_row_ends_with(town: Town) -> None:
    entry = Entry.objects.get(subject_kind="place", subject_id=town.first.pk)
    place = Place.objects.get(pk=town.first.pk)
    assert (entry.kind, entry.seq, entry.actor) == ("place.added", 1, "system/import")
    assert (place.version, place.journal_hash) == (1, entry.hash)
    assert json.loads(entry.data) == {"kind": "building", "name": "1栋", "path": place.path}


def test_a_households_name_stays_out_of_the_journal(town: Town) -> None:
    home = add_place(town.unit, PlaceKind.HOUSEHOLD, "王家", **ACTING)
    rename_place(home, "李家", **ACTING)
    told_of = "".join(
        Entry.objects.filter(subject_id=home.pk, subject_kind="place").values_list("data", flat=True)
    )
    assert "家" not in told_of


def test_buildings_and_units_get_door_codes_and_rooms_do_not(town: Town) -> None:
    codes = {town.first.door_code, town.second.door_code, town.unit.door_code}
    assert len(codes) == 3
    assert all(len(code) == 10 for code in codes)
    assert add_place(town.unit, PlaceKind.HOUSEHOLD, "101", **ACTING).door_code == ""


def test_a_community_gets_a_door_code_when_asked_and_keeps_it_until_renewed(town: Town) -> None:
    given = give_door_code(town.community, **ACTING).door_code
    assert given
    assert give_door_code(town.community, **ACTING).door_code == given
    renewed = give_door_code(town.community, renew=True, **ACTING)
    assert renewed.door_code != given
    assert told(town.community) == ["place.added", "place.door_code_given", "place.door_code_given"]
    with pytest.raises(NotAllowed):
        give_door_code(town.street, **ACTING)


def test_siblings_are_numbered_one_after_the_other_also_after_one_retires(town: Town) -> None:
    retire_place(town.first, on=date(2026, 3, 1), **ACTING)
    third = add_place(town.estate, PlaceKind.BUILDING, "1栋", **ACTING)
    assert third.path > town.second.path
    assert Place.objects.get(pk=town.estate.pk).child_count == 3


@pytest.mark.parametrize(
    ("parent", "kind"),
    [("district", "building"), ("unit", "estate"), ("first", "street"), ("estate", "unit"), (None, "estate")],
)
def test_a_place_cannot_stand_where_its_kind_does_not_belong(
    town: Town, parent: str | None, kind: str
) -> None:
    inside = getattr(town, parent) if parent else None
    with pytest.raises(Invalid) as caught:
        add_place(inside, kind, "x", **ACTING)
    assert caught.value.field == "kind"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("500102009004", "does not lie in"),
        ("500101009", "another level"),
        ("5001010090", "12 digits"),
        ("500101009003", "Another place has the code"),
    ],
)
def test_a_code_must_fit_the_place_and_be_free(town: Town, code: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as caught:
        add_place(town.street, PlaceKind.COMMUNITY, "新社区", code=code, **ACTING)
    assert caught.value.field == "code"


def test_a_name_is_taken_once_among_siblings_of_a_kind(town: Town) -> None:
    with pytest.raises(Invalid) as caught:
        add_place(town.estate, PlaceKind.BUILDING, " 1栋 ", **ACTING)
    assert (caught.value.field, caught.value.code) == ("name", "name_taken")
    with pytest.raises(Invalid, match="1栋"):
        rename_place(town.second, "1栋", **ACTING)
    add_place(town.estate, PlaceKind.AREA, "1栋", **ACTING)


def test_two_villages_of_a_town_may_share_a_name_because_their_codes_differ(town: Town) -> None:
    add_place(town.street, PlaceKind.COMMUNITY, "新民村", code="500101009201", **ACTING)
    add_place(town.street, PlaceKind.COMMUNITY, "新民村", code="500101009202", **ACTING)
    assert Place.objects.filter(name="新民村").count() == 2


def test_a_renamed_place_keeps_its_old_name_as_another_name(town: Town) -> None:
    place = rename_place(town.estate, "玉城花园", **ACTING)
    assert place.name == "玉城花园"
    assert [alias.name for alias in place.aliases.all()] == ["玉城家园"]
    back = rename_place(place, "玉城家园", **ACTING)
    assert [alias.name for alias in back.aliases.all()] == ["玉城花园"]
    assert told(town.estate) == ["place.added", "place.renamed", "place.renamed"]


def test_a_nickname_is_added_once_and_can_be_taken_away(town: Town) -> None:
    add_alias(town.estate, "老棉厂", **ACTING)
    before = revision()
    add_alias(town.estate, "老棉厂", **ACTING)
    assert revision() == before
    remove_alias(town.estate, "老棉厂", **ACTING)
    assert told(town.estate) == ["place.added", "place.alias_added", "place.alias_removed"]


def test_a_change_sets_what_is_given_and_leaves_the_rest(town: Town) -> None:
    change_place(town.estate, households_count=615, **ACTING)
    place = change_place(town.estate, point=Point(108.4, 30.8), unmanaged=True, **ACTING)
    assert (place.lon, place.lat, place.households_count, place.unmanaged) == (108.4, 30.8, 615, True)
    assert change_place(place, households_count=615, **ACTING).version == place.version
    last = Entry.objects.get(subject_kind="place", subject_id=place.pk, seq=place.version)
    assert json.loads(last.data) == {"point": ["108.4000000", "30.8000000"], "unmanaged": True}
    with pytest.raises(Invalid, match="Latitude"):
        change_place(place, point=Point(108.4, 90.1), **ACTING)


def test_a_new_code_leaves_the_old_one_in_its_history(town: Town) -> None:
    place = recode_place(town.community, "500101009008", from_on=date(2026, 7, 1), **ACTING)
    place = recode_place(place, "500101009009", from_on=date(2027, 7, 1), **ACTING)
    history = place.former_codes.order_by("valid_to").values_list("code", "valid_from", "valid_to")
    assert list(history) == [
        ("500101009003", None, date(2026, 6, 30)),
        ("500101009008", date(2026, 7, 1), date(2027, 6, 30)),
    ]
    with pytest.raises(Invalid):
        recode_place(place, "500101009010", from_on=date(2026, 9, 1), **ACTING)


def test_a_place_retires_only_after_all_inside_it(town: Town) -> None:
    with pytest.raises(NotAllowed):
        retire_place(town.second, on=date(2026, 3, 1), **ACTING)
    retire_place(town.unit, on=date(2026, 3, 1), **ACTING)
    gone = retire_place(town.second, on=date(2026, 3, 1), replaced_by=town.first, **ACTING)
    assert (gone.retired_on, gone.replaced_by) == (date(2026, 3, 1), town.first)
    with pytest.raises(NotAllowed):
        rename_place(gone, "旧2栋", **ACTING)
    with pytest.raises(NotAllowed):
        add_place(gone, PlaceKind.UNIT, "9单元", **ACTING)


def test_a_successor_is_another_place_in_use(town: Town) -> None:
    retire_place(town.first, on=date(2026, 3, 1), **ACTING)
    for successor in (town.unit, Place.objects.get(pk=town.first.pk)):
        with pytest.raises(Invalid):
            retire_place(town.unit, on=date(2026, 3, 1), replaced_by=successor, **ACTING)


def test_a_post_changes_places_in_its_own_territory_only(town: Town) -> None:
    keeper = keeper_of(town.first)
    add_place(town.first, PlaceKind.UNIT, "1单元", actor=keeper, at=AT)
    for viewer in (keeper, NOBODY):
        with pytest.raises(Denied):
            add_place(town.second, PlaceKind.UNIT, "2单元", actor=viewer, at=AT)
        with pytest.raises(Denied):
            add_place(None, PlaceKind.DISTRICT, "铜梁区", actor=viewer, at=AT)
        with pytest.raises(Denied):
            rename_place(town.estate, "别处", actor=viewer, at=AT)


def test_many_places_are_added_together_or_not_at_all(town: Town) -> None:
    new = [NewPlace(town.estate.pk, PlaceKind.BUILDING, f"{number}栋") for number in range(3, 40)]
    places = add_places(new, actor=IMPORTER, at=AT)
    assert [place.name for place in places] == [one.name for one in new]
    assert len({place.path for place in places}) == 37
    before = Place.objects.count()
    with pytest.raises(Invalid):
        add_places(
            [NewPlace(town.estate.pk, "building", "40栋"), NewPlace(town.estate.pk, "building", "")],
            actor=IMPORTER,
            at=AT,
        )
    assert Place.objects.count() == before


def test_the_trees_revision_moves_with_every_change_and_only_then(town: Town) -> None:
    before = revision()
    rename_place(town.estate, "玉城花园", **ACTING)
    renamed = revision()
    assert renamed != before
    with pytest.raises(NotAllowed):
        retire_place(town.estate, on=date(2026, 3, 1), **ACTING)
    assert revision() == renamed
