"""A file of people or organizations, written and taken in within the small town."""

import csv
from pathlib import Path

import pytest

from yuanba.kernel.sheets import open_table
from yuanba.people.importing import FirstPassword, RosterReport, import_organizations, import_people
from yuanba.people.models import Holding, Organization, Post
from yuanba.people.tests.conftest import AT, BUILDER, Town


class Taking:
    """Takes rows in and remembers the passwords."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords: list[FirstPassword] = []

    def people(self, *rows: dict[str, str], dry_run: bool = False, hand_over: bool = False) -> RosterReport:
        report = import_people(
            self.write("people.csv", rows),
            actor=BUILDER,
            at=AT,
            dry_run=dry_run,
            hand_over=hand_over,
            on_password=self.passwords.append,
            batch_rows=3,
        )
        assert report.balanced
        return report

    def organizations(self, *rows: dict[str, str], dry_run: bool = False) -> RosterReport:
        file = self.write("organizations.csv", rows)
        report = import_organizations(file, actor=BUILDER, at=AT, dry_run=dry_run)
        assert report.balanced
        return report

    def write(self, name: str, rows: tuple[dict[str, str], ...]) -> Path:
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, headings)
            writer.writeheader()
            writer.writerows(rows)
        return path

    def told(self, report: RosterReport) -> list[tuple[object, ...]]:
        """What the table of rejected rows says: (row, column, reason)."""
        assert report.rejected_file is not None
        with open_table(report.rejected_file) as table:
            return [row.cells for row in table]

    def differing(self, report: RosterReport) -> list[tuple[object, ...]]:
        assert report.differing_file is not None
        with open_table(report.differing_file) as table:
            return [row.cells for row in table]


def balance(report: RosterReport) -> tuple[int, int, int, int]:
    """(created, known, differing, rejected)."""
    return report.created, report.known, report.differing, report.rejected


def made() -> tuple[int, int, int]:
    return Organization.objects.count(), Post.objects.count(), Holding.objects.count()


@pytest.fixture
def take(town: Town, tmp_path: Path) -> Taking:
    return Taking(tmp_path)


def worker(name: str = "", phone: str = "", **more: str) -> dict[str, str]:
    """A row of somebody on a grid worker's post in the town's community."""
    return {"单位": "t-community", "岗位类别": "网格员", "姓名": name, "手机": phone, **more}
