"""Several who write to the tree at once, on PostgreSQL. SQLite lets in one writer at a time by itself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from yuanba.places.actions import add_place, rename_place
from yuanba.places.importing import ImportReport, import_places
from yuanba.places.models import Place
from yuanba.places.queries import in_use
from yuanba.places.tests.conftest import AT, IMPORTER, Town, build_town, clear
from yuanba.places.tests.files import COMMUNITIES, community, write_csv
from yuanba.places.tests.test_import_communities import balance

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="DATABASE_URL names no PostgreSQL server"),
]


@pytest.fixture
def shared_town(committed: object) -> Town:
    """A town that every thread sees."""
    clear()
    return build_town()


def together(*work: Callable[[], object]) -> None:
    """Run all at once, each on a connection of its own; the first failure is raised."""

    def run(one: Callable[[], object]) -> None:
        try:
            one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(run, one) for one in work]:
            done.result(timeout=60)


def test_children_added_at_the_same_time_get_different_numbers(shared_town: Town) -> None:
    def add(first: int) -> None:
        for number in range(first, first + 10):
            add_place(shared_town.estate, "building", f"{number}栋", actor=IMPORTER, at=AT)

    together(*(lambda first=first: add(first) for first in (100, 200, 300, 400)))
    paths = list(Place.objects.filter(parent=shared_town.estate).values_list("path", flat=True))
    assert len(paths) == len(set(paths)) == 42
    assert Place.objects.get(pk=shared_town.estate.pk).child_count == 42


def test_the_same_file_imported_twice_at_once_is_taken_once(committed: object, tmp_path: Path) -> None:
    clear()
    rows = [
        community(f"5001010{street:02d}{number:03d}", f"{street}街{number}社区", street=f"{street}街道")
        for street in range(1, 9)
        for number in range(1, 40)
    ]
    file = write_csv(tmp_path / "places.csv", COMMUNITIES, *rows)
    reports: list[ImportReport] = []

    def take() -> None:
        reports.append(import_places(file, actor=IMPORTER, at=AT, batch_rows=25))

    together(take, take, take)
    assert sum(balance(report)[0] for report in reports) == len(rows)
    assert all(balance(report)[3] == 0 for report in reports)
    assert in_use().count() == len(rows) + 9
    for street in in_use().filter(kind="street"):
        assert Place.objects.filter(parent=street).count() == street.child_count


def test_renaming_and_importing_do_not_wait_for_each_other_forever(shared_town: Town, tmp_path: Path) -> None:
    rows = [community(f"500101009{number:03d}", f"{number}社区") for number in range(10, 150)]
    file = write_csv(tmp_path / "places.csv", COMMUNITIES, *rows)

    def rename() -> None:
        for number in range(20):
            rename_place(shared_town.street, f"沙河{number}街道", keep_alias=False, actor=IMPORTER, at=AT)
            add_place(None, "district", f"{number}区", actor=IMPORTER, at=AT)

    together(rename, lambda: import_places(file, actor=IMPORTER, at=AT, batch_rows=7))
    assert in_use().filter(kind="community").count() == 141
    roots = list(in_use().filter(parent=None).values_list("path", flat=True))
    assert len(roots) == len(set(roots)) == 21
