"""A backup restored is the same district, to the last byte."""

import gzip
import threading
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import remove_everything
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import close_old_connections, connection
from django.utils import timezone

from yuanba.kernel.authority import system
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.keeping import backing_up, backup, restore
from yuanba.kernel.keeping.checking import check
from yuanba.kernel.keeping.tables import LEFT_OUT, tables
from yuanba.kernel.keeping.tests.conftest import everything, forget_files
from yuanba.kernel.keeping.values import reader, writer
from yuanba.people.actions import register_person
from yuanba.people.models import Person


def test_a_restored_district_is_the_same_district(archive: Path, lived_in: StoredFile) -> None:
    before = everything()
    photo = default_storage.open(lived_in.path).read()
    forget_files(lived_in)
    remove_everything()
    restored = restore(archive)
    assert everything() == before
    assert restored.rows == sum(map(len, before.values()))
    assert restored.same_key
    assert default_storage.open(lived_in.path).read() == photo
    assert default_storage.exists(lived_in.thumbnail_path)
    assert verify().broken == 0
    assert "居民甲" in {person.name for person in Person.objects.all()}  # what is encrypted can be read again


def test_new_rows_get_keys_after_the_restored_ones(archive: Path) -> None:
    newest = Person.objects.order_by("-pk").values_list("pk", flat=True)[0]
    remove_everything()
    restore(archive)
    person = register_person(name="新来的", actor=system("test"), at=timezone.now())
    assert person.pk == newest + 1


def test_no_table_is_forgotten() -> None:
    kept = {table.label for table in tables()}
    all_tables = {
        model._meta.label_lower for model in apps.get_models(include_auto_created=True) if model._meta.managed
    }
    assert kept | LEFT_OUT == all_tables
    assert not kept & LEFT_OUT


def test_every_kind_of_column_can_be_kept() -> None:
    for table in tables():
        for field in table.fields:
            assert writer(field)(None) is reader(field)(None) is None


def test_what_is_referred_to_comes_first() -> None:
    seen = set()
    for table in tables():
        for field in table.fields:
            if field.remote_field is not None and field.remote_field.model is not table.model:
                assert field.remote_field.model in seen, f"{table.label}.{field.name}"
        seen.add(table.model)


def test_an_archive_shows_one_moment(
    lived_in: StoredFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody registers a person while the backup runs: they need not wait, and the archive lacks them."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():  # type: ignore[attr-defined]
        pytest.skip("tables in memory are locked as a whole; tests/operations does this with a file")
    before = everything()
    rows, told = backing_up._parts, list[bool]()

    def slow_parts(table: object) -> object:
        if not told:
            told.append(True)
            thread = threading.Thread(target=register_somebody)
            thread.start()
            thread.join(timeout=20)
            assert not thread.is_alive(), "the backup held a writer up"
        return rows(table)  # type: ignore[arg-type]

    monkeypatch.setattr(backing_up, "_parts", slow_parts)
    path = tmp_path / "moment.tar.gz"
    backup(path)
    assert "后来的" in {person.name for person in Person.objects.all()}
    remove_everything()
    restore(path)
    assert everything() == before


def test_a_district_that_lives_is_not_written_over(archive: Path) -> None:
    before = everything()
    with pytest.raises(NotAllowed):
        restore(archive)
    assert everything() == before


def test_a_broken_file_in_the_storage_is_replaced(archive: Path, lived_in: StoredFile) -> None:
    remove_everything()
    path = Path(default_storage.path(lived_in.path))
    path.write_bytes(b"half a pho")
    restore(archive)
    assert sha256(path.read_bytes()).hexdigest() == lived_in.sha256


def register_somebody() -> None:
    register_person(name="后来的", actor=system("test"), at=timezone.now())
    close_old_connections()
    connection.close()


def test_an_archive_can_be_read_by_its_owner_only(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0


def test_an_archive_holds_no_plain_personal_data_and_no_secret(archive: Path) -> None:
    raw = gzip.decompress(archive.read_bytes())
    assert b"13900001234" not in raw
    assert settings.PERSONAL_DATA_KEY.encode() not in raw
    assert settings.SECRET_KEY.encode() not in raw


def test_a_lost_file_is_named_and_the_rest_is_kept(lived_in: StoredFile, tmp_path: Path) -> None:
    default_storage.delete(lived_in.path)
    kept = backup(tmp_path / "a.tar.gz")
    assert kept.missing == (lived_in.path,)
    assert kept.files == 1
    assert check(tmp_path / "a.tar.gz").files.count == 1


def test_a_place_that_can_not_be_written_is_said_plainly(lived_in: StoredFile, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"."):
        backup(tmp_path / "no" / "such" / "folder.tar.gz")


def test_a_failed_backup_leaves_the_old_one(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = archive.read_bytes()
    monkeypatch.setattr(backing_up, "_parts", lambda _table: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        backup(archive)
    assert archive.read_bytes() == old
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]
