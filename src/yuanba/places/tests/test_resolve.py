from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuanba.language.toponyms import SENTENCES
from yuanba.places.actions import add_alias, add_place, rename_place, retire_place
from yuanba.places.models import Place
from yuanba.places.reasons import SAID
from yuanba.places.resolve import resolve
from yuanba.places.tests.conftest import AT, IMPORTER, Town


def test_a_text_finds_its_place_with_confidence_and_reasons(town: Town) -> None:
    with translation.override("en"):
        found = resolve("玉城家园2栋1单元漏水三天了")
    assert found[0].place_id == town.unit.pk
    assert found[0].path == town.unit.path
    assert found[0].full_name == "沙河街道 玉城社区 玉城家园 2栋 1单元"
    assert 0.5 < found[0].confidence <= 1
    assert any("玉城家园" in reason for reason in found[0].why)
    assert found[0].spans[0][0] == 0


def test_every_reason_is_said_in_chinese(town: Town) -> None:
    assert set(SAID) == set(SENTENCES.values())
    with translation.override("zh-hans"):
        found = resolve("玉城家园2栋1单元漏水三天了")
        untold = [said for said in SAID if translation.gettext(said) == said]
    assert untold == []
    assert "“玉城家园”就是玉城家园" in found[0].why


def test_levels_left_out_are_filled_in_from_where_the_text_was_written(town: Town) -> None:
    assert resolve("2号楼的灯坏了", within=town.estate)[0].place_id == town.second.pk
    home = add_place(town.unit, "household", "101", actor=IMPORTER, at=AT)
    assert resolve("一栋楼下堆垃圾", within=home)[0].place_id == town.first.pk


def test_a_change_of_names_is_known_at_once(town: Town) -> None:
    assert resolve("老棉厂停水") == []
    add_alias(town.estate, "老棉厂", actor=IMPORTER, at=AT)
    assert resolve("老棉厂停水")[0].place_id == town.estate.pk
    rename_place(town.estate, "滨江花苑", actor=IMPORTER, at=AT)
    assert [resolve(text)[0].place_id for text in ("滨江花苑停水", "玉城家园停水")] == [town.estate.pk] * 2


def test_a_merged_place_is_found_as_its_successor_and_a_retired_one_not_at_all(town: Town) -> None:
    other = add_place(town.community, "estate", "枇杷花园", actor=IMPORTER, at=AT)
    retire_place(other, on=date(2026, 3, 1), replaced_by=town.estate, actor=IMPORTER, at=AT)
    assert resolve("枇杷花园停电")[0].place_id == town.estate.pk
    gone = add_place(town.community, "estate", "阳光水岸", actor=IMPORTER, at=AT)
    retire_place(gone, on=date(2026, 3, 1), actor=IMPORTER, at=AT)
    assert all(found.place_id != gone.pk for found in resolve("阳光水岸停电"))


def test_a_place_newer_than_the_loaded_names_can_still_be_written_from(town: Town) -> None:
    unheard_of = Place(
        pk=10**9, parent=town.estate, kind="building", name="99栋", path=town.estate.path + "00zz"
    )
    assert resolve("2栋漏水", within=unheard_of)[0].place_id == town.second.pk


def test_a_known_register_costs_three_queries_a_text(town: Town) -> None:
    resolve("玉城家园")
    with CaptureQueriesContext(connection) as captured:
        assert resolve("玉城家园2栋")
    assert len(captured) == 3
    with CaptureQueriesContext(connection) as captured:
        assert resolve("谢谢") == []
    assert len(captured) == 1


@pytest.mark.usefixtures("register")
def test_an_empty_register_finds_nothing() -> None:
    assert resolve("玉城家园2栋1单元") == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_breaks_the_resolver(town: Town, text: str) -> None:
    for found in resolve(text, within=town.estate):
        assert 0 <= found.confidence <= 1
