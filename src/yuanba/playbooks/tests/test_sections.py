"""A slip of YAML hides no other fault, and the check says what it could not read."""

import pytest
from django.utils import translation

from yuanba.playbooks.check import check_source


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


def told(source: str | bytes) -> str:
    return "\n".join(each.text("x.yaml") for each in check_source(source).errors)


BREAKS = {
    "an open quote": ("name: 上报信息", 'name: "上报信息'),
    "an open list": ("confirm_share: 0.5, ", "confirm_share: [0.5, "),
    "a full-width colon": ("    leads: street", "    leads：street"),
    "a tab": ("    leads: street", "\tleads: street"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_faults_around_a_break_are_told_with_it(made_up_source: str, name: str) -> None:
    old, new = BREAKS[name]
    source = made_up_source.replace(old, new, 1).replace("department: works", "department: wroks")
    source = source.replace("publish_at_least: 5", "publish_at_least: 3")
    assert source.count(new) == 1
    found = told(source)
    assert "There is no department “wroks”. Did you mean “works”" in found
    assert "must be 5 or more" in found
    assert "Could not be read to its end, so more may be wrong inside" in found
    line = source[: source.index("publish_at_least: 3")].count("\n") + 1
    assert f"x.yaml:{line}:" in found
    # What stands in the broken section is neither missed nor called unknown.
    assert "The key" not in found
    assert "There is no source" not in found
    assert "There is no tier" not in found


def test_every_break_is_told(made_up_source: str) -> None:
    source = made_up_source.replace("    leads: street", "    leads：street", 1)
    source = source.replace("confirm_share: 0.5, ", "confirm_share: [0.5, ")
    found = told(source)
    assert "full-width" in found
    assert "merge, tiers" in found


def test_a_section_that_stands_twice_is_told_beside_a_break(made_up_source: str) -> None:
    source = made_up_source.replace("    leads: street", "    leads：street", 1)
    assert "The key “code” stands here twice" in told(source + "\ncode: another\n")


def test_a_file_without_sections_says_that_nothing_else_was_checked() -> None:
    assert "The rest of the file could not be checked." in told("{[")


def test_a_sign_that_can_not_be_seen_hides_nothing(made_up_source: str) -> None:
    source = made_up_source.replace("新禾区院坝议事", "新禾区\x00院坝议事").replace(
        "publish_at_least: 5", "publish_at_least: 3"
    )
    found = told(source)
    assert "control character" in found
    assert "must be 5 or more" in found


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\ufeff",
        "a: &a [x]\nb: [*a, *a]\n",
        "a: " + "[" * 5000,
        "".join(f"k{number}: [\n" for number in range(20_000)),
        "a: " + "x" * 2_000_000,
        "名字：新禾".encode("gb18030"),
        "\t\t\n\t: ：\n",
        "a: !!python/object/apply:os.system [true]",
    ],
    ids=["empty", "mark only", "aliases", "deep", "many breaks", "large", "gb18030", "tabs", "tag"],
)
def test_what_is_no_playbook_is_refused_in_plain_words(source: str | bytes) -> None:
    report = check_source(source)
    assert report.playbook is None
    assert report.errors
