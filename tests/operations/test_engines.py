"""A district that moves to the other engine, lives on there, and moves back."""

import json
import shutil
from pathlib import Path

import pytest

from tests.operations.conftest import Databases, Empty
from tests.operations.installation import Installation

# Read as the product reads it, not as the archive is written: a value both ends get wrong would show.
ROWS = """
import hashlib, json
import django
django.setup()
from yuanba.kernel.keeping.tables import tables

def shown(row):  # PostgreSQL keeps the keys of JSON in an order of its own
    return json.dumps(row, sort_keys=True, default=repr)

found = {}
for table in tables():
    rows = sorted(map(shown, table.model._base_manager.values_list(*table.columns)))
    found[table.label] = [len(rows), hashlib.sha256("\\n".join(rows).encode()).hexdigest()]
print(json.dumps(found))
"""
ONE_MORE = """
import django
django.setup()
from django.utils import timezone
from yuanba.kernel.authority import system
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.models import Channel, Matter
from yuanba.matters.reporting import Contact, Report
from yuanba.places.models import Place

before = set(Matter.objects.values_list("pk", flat=True))
report = Report(text="三栋门口的井盖松了，孩子踩上去会响。", place=Place.objects.get(code="500101005000"),
                channel=Channel.DOOR, contact=Contact("居民丙", "13800005679"))
actions.receive(report, actor=system("test"), at=timezone.now())
while deliver_due():
    pass
made = Matter.objects.exclude(pk__in=before).get()
print(made.pk > max(before), made.requester.name)
"""


def rows_of(installation: Installation) -> dict[str, list[object]]:
    found: dict[str, list[object]] = json.loads(installation.python(ROWS))
    return found


def moved(old: Installation, new: Installation, archive: Path) -> Installation:
    """`new` with all that `old` holds, its secrets too."""
    for name in ("secret_key", "personal_data_key"):
        shutil.copy(old.var / name, new.var / name)
    kept = old.answer("backup", str(archive))
    restored = new.answer("restore", str(archive))
    assert (restored["rows"], restored["tables"]) == (kept["rows"], kept["tables"])
    assert (restored["broken"], restored["breaches"]) == (0, 0)
    assert restored["same_key"]
    return new


def assert_it_lives_on(installation: Installation) -> None:
    """A request more gets a key of its own, and the whole district still proves."""
    assert installation.python(ONE_MORE).split() == ["True", "居民丙"]
    assert installation.answer("verify")["broken"] == 0
    assert installation.answer("audit")["breaches"] == 0


def test_a_district_moves_to_the_other_engine_and_back(
    databases: Databases, empty: Empty, tmp_path: Path
) -> None:
    if not databases.address:
        pytest.skip("DATABASE_URL names no PostgreSQL server to move to")
    embedded = Installation(tmp_path / "embedded")
    embedded.var.mkdir()
    embedded.answer("migrate")
    back = Installation(Path(shutil.copytree(embedded.var, tmp_path / "back")))
    embedded.seed()

    grown = moved(embedded, empty(), tmp_path / "there.tar.gz")
    assert rows_of(grown) == rows_of(embedded)
    assert_it_lives_on(grown)

    moved(grown, back, tmp_path / "back.tar.gz")
    assert rows_of(back) == rows_of(grown)
    assert_it_lives_on(back)
