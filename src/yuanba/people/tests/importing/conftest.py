"""A file of people or organizations, written and taken in within the small town."""

import csv
from pathlib import Path
from typing import TypeVar

import pytest
from django.db.models import Model, QuerySet, Value
from django.db.models.functions import Concat

from yuanba.kernel.sheets import open_table
from yuanba.people.importing import FirstPassword, RosterReport, import_organizations, import_people
from yuanba.people.models import Account, Holding, Organization, Person, Post
from yuanba.people.tests.conftest import AT, BUILDER, ON, Town
from yuanba.places.tests.conftest import clear
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.shipped import shipped_source

M = TypeVar("M", bound=Model)


class Taking:
    """Takes rows in and remembers the passwords."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords: list[FirstPassword] = []
        self._before: dict[type[Model], int] = {
            model: _last(model) for model in (Account, Holding, Organization, Person, Post)
        }

    def new(self, model: type[M]) -> QuerySet[M]:
        """What was made of this kind since the test began."""
        return model._base_manager.filter(pk__gt=self._before[model])

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


def _last(model: type[Model]) -> int:
    return model._base_manager.order_by("pk").values_list("pk", flat=True).last() or 0


def balance(report: RosterReport) -> tuple[int, int, int, int]:
    """(created, known, differing, rejected)."""
    return report.created, report.known, report.differing, report.rejected


def made() -> tuple[int, int, int]:
    return Organization.objects.count(), Post.objects.count(), Holding.objects.count()


@pytest.fixture
def playbook(db: None) -> None:
    """The rules in force, and nothing left in use of what other tests stand on: names and codes are searched for."""
    clear()
    Organization.objects.update(closed_on=ON, code=Concat(Value("gone-"), "code"))
    publish_playbook(shipped_source("wanzhou"), actor=BUILDER, at=AT)


@pytest.fixture
def take(town: Town, tmp_path: Path) -> Taking:
    return Taking(tmp_path)


def worker(name: str = "", phone: str = "", **more: str) -> dict[str, str]:
    """A row of somebody on a grid worker's post in the town's community."""
    return {"单位": "t-community", "岗位类别": "网格员", "姓名": name, "手机": phone, **more}
