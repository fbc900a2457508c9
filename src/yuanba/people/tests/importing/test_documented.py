"""What docs/people.md shows can be imported as it stands there."""

import re
from pathlib import Path

import pytest

from yuanba.people.importing import import_organizations, import_people
from yuanba.people.tests.conftest import AT, BUILDER

PAGE = Path(__file__).resolve().parents[5] / "docs" / "people.md"
PEOPLE, ORGANIZATIONS = re.findall(r"```csv\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.usefixtures("cast")
def test_the_examples_are_taken_in(tmp_path: Path) -> None:
    people, organizations = tmp_path / "people.csv", tmp_path / "organizations.csv"
    people.write_text(PEOPLE, "utf-8")
    organizations.write_text(ORGANIZATIONS, "utf-8")
    founded = import_organizations(organizations, actor=BUILDER, at=AT)
    taken = import_people(people, actor=BUILDER, at=AT, on_password=lambda _one: None)
    for report, rows in ((founded, 3), (taken, 5)):
        assert (report.rows, report.created, report.rejected) == (rows, rows, 0)
