"""The report of `yuanba playbook check`."""

from pathlib import Path

import pytest
from django.utils import translation

from yuanba.playbooks.check import check, check_source

ROW_A = "    - {id: A, text: 村里能办, when: {power: {at_most: community}}, tier: light}\n"


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


def test_a_good_file_is_summed_up(made_up_source: str) -> None:
    report = check_source(made_up_source, file="xinhe.yaml")
    assert report.ok
    assert report.errors == report.warnings == ()
    assert report.playbook is not None
    assert report.summary is not None
    assert report.summary.tiers == ("小事", "大事")
    assert (report.summary.groups, report.summary.categories, report.summary.words) == (2, 3, 48)
    assert report.summary.to_confirm == ("虚构的规定",)
    text = "\n".join(report.lines())
    assert "小事 < 大事" in text
    assert "No rule fires for example here" in text


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "{id: Z, text: 自相矛盾, when: {public_money: false, money_yuan: {at_least: 1}}, tier: heavy}",
            "can never fire",
        ),
        (
            "{id: Z, text: 与甲相反, when: {power: {at_most: community}}, tier: heavy}",
            "Rows A and Z always fire together but lead to different tiers",
        ),
    ],
)
def test_rows_that_can_not_be_right_are_errors(made_up_source: str, row: str, says: str) -> None:
    source = made_up_source.replace(ROW_A, ROW_A + f"    - {row}\n")
    report = check_source(source)
    assert [says in error.message for error in report.errors] == [True]
    assert report.errors[0].line == source[: source.index(row)].count("\n") + 1
    assert report.playbook is None
    assert not report.ok


def test_a_time_to_confirm_other_than_the_rule_s_is_an_error(made_up_source: str) -> None:
    for given, faults in (("5d", 0), ("9d", 1)):
        source = made_up_source.replace("total: 5wd}", f"confirm: {given}, total: 5wd}}", 1)
        assert source != made_up_source
        errors = check_source(source).errors
        assert len(errors) == faults
        assert all(
            "closes after 5d" in error.message and "confirm: 9d" in source.splitlines()[error.line - 1]
            for error in errors
        )


NEVER_DECIDES = "    - {id: Z, text: 从不算数, when: {departments: {at_least: 3}}, tier: light}\n"
WARNED = (
    (ROW_A, ROW_A + NEVER_DECIDES, "never decides"),
    ("[邻居, 邻里, ", "[", "14 words are few"),
    ("handling: 15wd", "handling: 25wd", "The total ends before"),
    ("recall, arbitrate", "recall", "No post has the power “arbitrate”"),
    ("dispatch, recall", "dispatch", "No post has the power “recall”"),
    ("[see, supervise, decide_pause]", "[see, decide_pause]", "does not have the power"),
    ("name: 上报信息", "name: 实施行政处罚", "Permits, penalties"),
    ('to: "department:inspection"', "to: street", "Complaints about officials go to a street"),
)


@pytest.mark.parametrize(("old", "new", "says"), WARNED, ids=[row[2] for row in WARNED])
def test_what_is_allowed_but_odd_is_a_warning(made_up_source: str, old: str, new: str, says: str) -> None:
    assert old in made_up_source
    report = check_source(made_up_source.replace(old, new, 1))
    assert report.ok, report.errors
    assert any(says in warning.message for warning in report.warnings), report.warnings


def test_a_tier_nothing_leads_to_is_a_warning(made_up_source: str) -> None:
    source = made_up_source.replace("tier: heavy}\n", "tier: light}\n")
    messages = [warning.message for warning in check_source(source).warnings]
    assert "No row, hint or default leads to this tier." in messages


def test_a_file_that_is_not_there_is_a_plain_error(tmp_path: Path) -> None:
    report = check(tmp_path / "nowhere.yaml")
    assert [problem.line for problem in report.errors] == [1]
    assert "can't be opened" in next(report.lines())


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"a: " + b"x" * 3_000_000)
    assert "larger than 1 MB" in check(path).errors[0].message


def test_faults_are_printed_as_editors_expect(made_up_source: str, tmp_path: Path) -> None:
    path = tmp_path / "xinhe.yaml"
    path.write_text(made_up_source.replace("leads: street", "leads: sreet"), encoding="utf-8")
    line = made_up_source[: made_up_source.index("leads: street")].count("\n") + 1
    assert next(check(path).lines()).startswith(f"error: xinhe.yaml:{line}:12: Write one of:")


OTHER_LEAD = "        lead: department\n"


def test_a_category_names_an_item_that_is_on_the_lists(made_up_source: str) -> None:
    linked = made_up_source.replace(OTHER_LEAD, f"{OTHER_LEAD}        item: releif\n", 1)
    (fault,) = check_source(linked).errors
    assert fault.line == linked[: linked.index("item: releif")].count("\n") + 1
    assert "no item “releif”" in fault.message
    assert "“relief”" in fault.message


def test_a_playbook_that_links_items_is_told_what_would_always_wait(made_up_source: str) -> None:
    assert check_source(made_up_source).warnings == ()
    linked = made_up_source.replace(OTHER_LEAD, f"{OTHER_LEAD}        item: relief\n", 1)
    report = check_source(linked)
    assert report.ok
    told = {warning.where: warning.message for warning in report.warnings}
    assert "could never go to a community" in told["posts"]
    assert "Communities lead this" in told["categories[1].categories[2].lead"]
