"""The commands: what they print, what they keep to themselves, the empty form."""

import csv
import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yuanba.cli.places import import_command
from yuanba.kernel.sheets import open_table
from yuanba.people.importing import ORGANIZATIONS, PEOPLE, write_people_template
from yuanba.people.models import Account
from yuanba.people.tests.conftest import Town

HEAD = "单位,岗位类别,姓名,手机,登录名\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(import_command, list(arguments))


@pytest.fixture
def file(town: Town, tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(
        HEAD + "t-community,网格员,赵一,13812340001,zhaoyi\nt-community,网格员,钱二,不详,\n", "utf-8"
    )
    return path


def test_the_last_line_is_one_object_whose_numbers_add_up(file: Path) -> None:
    done = run("people", str(file), "--json")
    *before, last = done.stdout.splitlines()
    found = json.loads(last)
    assert found["rows"] == found["created"] + found["known"] + found["differing"] + found["rejected"] == 2
    assert found["accounts"] == 1
    password = before[-1].split()[-1]
    assert Account.objects.get(username="zhaoyi").check_password(password)
    assert "13812340001" not in done.output
    assert password not in done.stderr


def test_passwords_go_into_a_file_that_only_its_owner_reads_and_nobody_writes_over(
    file: Path, tmp_path: Path
) -> None:
    slips = tmp_path / "slips.csv"
    done = run("people", str(file), "--passwords", str(slips))
    assert done.exit_code == 0
    assert stat.S_IMODE(slips.stat().st_mode) == 0o600
    with slips.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = list(csv.DictReader(opened))
    assert Account.objects.get(username=row["User name"]).check_password(row["One-time password"])
    assert row["One-time password"] not in done.output
    assert run("people", str(file), "--passwords", str(slips)).exit_code == 1
    assert run("people", str(file), "--passwords", str(tmp_path / "slips.pdf")).exit_code == 2


def test_a_dry_run_makes_no_sign_in(file: Path) -> None:
    assert "would make: 0 organizations, 1 posts" in run("people", str(file), "--dry-run").stdout
    assert not Account.objects.filter(username="zhaoyi").exists()


def test_a_file_of_nothing_but_rejections_fails(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text(HEAD + "无此单位,网格员,赵一,,\n", "utf-8")
    done = run("people", str(path), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout.splitlines()[-1])["rejected"] == 1


@pytest.mark.parametrize(("command", "fields"), [("people", PEOPLE), ("organizations", ORGANIZATIONS)])
def test_the_empty_form_is_understood_and_its_examples_are_not_taken_for_real(
    town: Town, tmp_path: Path, command: str, fields: dict[str, tuple[str, ...]]
) -> None:
    form = tmp_path / "form.xlsx"
    assert run(command, "--template", str(form)).exit_code == 0
    with open_table(form) as table:
        assert list(table.columns) == [names[0] for names in fields.values()]
        assert len(table.sheets) == 2
    done = run(command, str(form), "--json")
    found = json.loads(done.stdout.splitlines()[-1])
    assert (done.exit_code, found["rows"], found["rejected"]) == (1, 2, 2)
    assert found["reasons"] == [{"reason": "This is an example row of the template. Delete it.", "rows": 2}]
    assert run(command, "--template", str(form)).exit_code == 1
    assert run(command).exit_code == 2


def test_help_lists_every_field(town: Town) -> None:
    for command, fields in (("people", PEOPLE), ("organizations", ORGANIZATIONS)):
        shown = run(command, "--help").stdout
        assert all(field in shown for field in fields)


def test_a_table_without_the_columns_that_matter_is_refused(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("姓名,年龄\n赵一,30\n", "utf-8")
    done = run("people", str(path))
    assert done.exit_code != 0
    assert "which post" in str(done.exception)


def test_a_form_filled_in_by_hand_goes_through(town: Town, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    write_people_template(form)
    with open_table(form) as table:
        headings = list(table.columns)
    row = dict.fromkeys(headings, "") | {"单位": "东街 机构", "岗位类别": "街道干部", "姓名": "赵一"}
    row |= {"单位代码": "t-street"}
    filled = tmp_path / "filled.csv"
    with filled.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, headings)
        writer.writeheader()
        writer.writerow(row)
    assert json.loads(run("people", str(filled), "--json").stdout.splitlines()[-1])["created"] == 1
