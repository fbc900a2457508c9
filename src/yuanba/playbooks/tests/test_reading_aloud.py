"""A playbook in words, and what changes from one to the next."""

import io

import pytest
from django.utils import translation

from yuanba.kernel.sheets import open_table
from yuanba.playbooks.reading import read_playbook
from yuanba.playbooks.reading_aloud import Difference, chapters, differences
from yuanba.playbooks.reading_aloud.workbook import write_playbook
from yuanba.playbooks.schema import Playbook
from yuanba.playbooks.shipped import shipped_codes, shipped_source
from yuanba.playbooks.text_changes import MOST_LINES, text_changes


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


def changed(source: str, *changes: tuple[str, str]) -> tuple[Difference, ...]:
    new = source
    for old, text in changes:
        assert old in new
        new = new.replace(old, text, 1)
    return differences(read_playbook(source), read_playbook(new))


def said(found: tuple[Difference, ...]) -> list[tuple[str, str, str, str, str]]:
    return [
        (change.kind, change.name, cell.column, cell.before, cell.after)
        for chapter in found
        for change in chapter.changes
        for cell in change.cells
    ]


@pytest.mark.parametrize("code", shipped_codes())
def test_every_shipped_playbook_can_be_read_aloud(code: str) -> None:
    read = chapters(read_playbook(shipped_source(code)))
    for chapter in read:
        for table in chapter.tables:
            keys = [line.key for line in table.lines]
            assert len(keys) == len(set(keys)), table.title
            assert all(len(line.cells) == len(table.columns) for line in table.lines), table.title


def test_every_key_of_a_playbook_belongs_to_one_chapter(made_up: Playbook) -> None:
    parts = [part for chapter in chapters(made_up) for part in chapter.parts]
    assert sorted(parts) == sorted(Playbook.model_fields)


def test_a_playbook_does_not_differ_from_itself(made_up: Playbook) -> None:
    assert differences(made_up, made_up) == ()


def test_a_limit_and_a_weight_are_told_before_and_after(made_up_source: str) -> None:
    found = changed(
        made_up_source,
        ("handling: 15wd", "handling: 12wd"),
        ("response: 0.2, resolution: 0.4", "response: 0.3, resolution: 0.3"),
    )
    told = said(found)
    assert ("changed", "大事", "Until answered, once claimed", "15 working days", "12 working days") in told
    assert ("changed", "Weight of the response rate", "Value", "20 %", "30 %") in told
    assert [chapter.code for chapter in found] == ["tiers", "rates"]


def test_words_that_come_and_go_are_told_one_by_one(made_up_source: str) -> None:
    (chapter,) = changed(made_up_source, ("[邻居, 邻里, ", "[楼上楼下, 邻里, "))
    (change,) = chapter.changes
    (cell,) = change.cells
    assert (cell.came, cell.went) == (("楼上楼下",), ("邻居",))


def test_a_row_that_comes_is_told_whole_and_one_that_goes_too(made_up_source: str) -> None:
    row = "    - {id: A, text: 村里能办, when: {power: {at_most: community}}, tier: light}\n"
    new = "    - {id: Q, text: 花得多, when: {money_yuan: {at_least: 5000}}, tier: heavy}\n"
    kinds = {(kind, name) for kind, name, *_rest in said(changed(made_up_source, (row, new)))}
    assert kinds == {("added", "Q"), ("removed", "A")}


def test_what_no_table_shows_is_named_all_the_same(made_up_source: str) -> None:
    """Which source a number cites stands in no table."""
    more = "  - {code: other, title: 另一个规定, jurisdiction: 全国, standing: law}\n"
    source = made_up_source.replace("sources:\n", "sources:\n" + more, 1)
    found = changed(source, ("merge: {source: made-up", "merge: {source: other"))
    assert [(chapter.code, chapter.changes, chapter.unsaid) for chapter in found] == [
        ("steps", (), ("merge",))
    ]


def test_the_tables_open_as_a_workbook(made_up: Playbook) -> None:
    file = io.BytesIO(write_playbook(made_up))
    assert file.getvalue()[:2] == b"PK"
    with open_table(file, name="x.xlsx") as table:
        assert "大事" in {cell for row in table for cell in row.cells}


def test_lines_are_compared_with_a_few_around_them() -> None:
    before = "\n".join(f"line {number}" for number in range(100))
    found = text_changes(before, before.replace("line 50\n", "line fifty\n"))
    assert [(line.kind, line.text) for line in found.lines if line.kind != "same"] == [
        ("removed", "line 50"),
        ("added", "line fifty"),
    ]
    assert len(found.lines) == 8
    assert text_changes(before, before).lines == ()
    assert text_changes("\n" * (MOST_LINES + 1), "").too_long
