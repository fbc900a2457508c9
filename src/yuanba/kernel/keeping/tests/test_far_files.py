"""Backup and restore of a district whose photos lie in a bucket."""

from pathlib import Path

import pytest
from conftest import remove_everything
from django.db import connection

from yuanba.kernel.errors import Away, NotAllowed
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.store import file_store
from yuanba.kernel.files.tests.conftest import storing_at
from yuanba.kernel.files.tests.standin import StandIn
from yuanba.kernel.keeping import backup, restore
from yuanba.kernel.keeping.archive import members
from yuanba.kernel.keeping.tests.conftest import everything, live_in
from yuanba.people.models import Person


@pytest.fixture
def address(object_storage: StandIn) -> str:
    return object_storage.address(object_storage.bucket(), prefix="districts/a")


def photos(stored: StoredFile) -> list[bytes]:
    found = []
    for path in (stored.path, stored.thumbnail_path):
        with file_store().open(path) as content:
            found.append(content.read())
    return found


def test_a_district_moves_out_of_a_bucket_and_into_another(
    committed: object, object_storage: StandIn, address: str, tmp_path: Path
) -> None:
    with storing_at(address, tmp_path):
        stored = live_in()
        before, seen = everything(), photos(stored)
        assert backup(tmp_path / "far.tar.gz").files == 2
    remove_everything()
    with storing_at("", tmp_path / "files"):
        assert restore(tmp_path / "far.tar.gz").files == 2
        assert (everything(), photos(stored)) == (before, seen)
        backup(tmp_path / "near.tar.gz")
    remove_everything()
    other = object_storage.bucket()
    with storing_at(object_storage.address(other), tmp_path):
        assert restore(tmp_path / "near.tar.gz").files == 2
        assert (everything(), photos(stored)) == (before, seen)
    assert object_storage.names(other) == {"owner", stored.path, stored.thumbnail_path}


def test_a_trial_restore_can_not_take_the_living_district_s_photos(
    committed: object, address: str, tmp_path: Path
) -> None:
    with storing_at(address, tmp_path):
        live_in()
        backup(tmp_path / "far.tar.gz")
        remove_everything()  # what is left is another database, and the bucket is still the first one's
        with pytest.raises(NotAllowed, match="another database"):
            restore(tmp_path / "far.tar.gz")
    assert not Person.objects.exists()


def test_what_is_damaged_in_the_bucket_is_put_right(
    committed: object, object_storage: StandIn, tmp_path: Path
) -> None:
    name = object_storage.bucket()
    with storing_at(object_storage.address(name), tmp_path):
        stored = live_in()
        seen = photos(stored)
        backup(tmp_path / "far.tar.gz")
        remove_everything()
        object_storage.client.delete_object(Bucket=name, Key="owner")  # the first database is gone for good
        object_storage.client.put_object(Bucket=name, Key=stored.path, Body=b"half a pho")
        restore(tmp_path / "far.tar.gz")
        assert photos(stored) == seen


def test_a_store_that_is_away_stops_both_and_leaves_nothing(
    committed: object, address: str, tmp_path: Path
) -> None:
    away = "s3://k:s@photos?endpoint=http://127.0.0.1:1"
    with storing_at(address, tmp_path):
        live_in()
        backup(tmp_path / "far.tar.gz")
    with storing_at(away, tmp_path):
        with pytest.raises(Away):
            backup(tmp_path / "none.tar.gz")
        remove_everything()
        with pytest.raises(Away):
            restore(tmp_path / "far.tar.gz")
    assert not Person.objects.exists()
    assert [path.name for path in tmp_path.glob("*.part")] == []
    assert [path.name for path in tmp_path.glob("*.gz")] == ["far.tar.gz"]


def test_no_transaction_waits_for_the_far_end(
    committed: object, object_storage: StandIn, address: str, tmp_path: Path
) -> None:
    held: list[bool] = []
    with storing_at(address, tmp_path):
        client = file_store()._client  # type: ignore[attr-defined]
        client.meta.events.register("before-send", lambda **_sent: held.append(in_transaction()))
        live_in()
        backup(tmp_path / "far.tar.gz")
    remove_everything()
    with storing_at(object_storage.address(object_storage.bucket()), tmp_path):
        client = file_store()._client  # type: ignore[attr-defined]
        client.meta.events.register("before-send", lambda **_sent: held.append(in_transaction()))
        restore(tmp_path / "far.tar.gz")
    assert len(held) > 8
    assert not any(held)


def in_transaction() -> bool:
    """Also one that was opened by hand, as the snapshot on SQLite is."""
    raw = connection.connection
    if raw is None or connection.vendor == "postgresql":
        return connection.in_atomic_block
    return bool(raw.in_transaction)


def test_every_photo_in_the_archive_has_its_thumbnail(
    committed: object, address: str, tmp_path: Path
) -> None:
    with storing_at(address, tmp_path):
        stored = live_in()
        backup(tmp_path / "far.tar.gz")
    paths = [member.path for member in members(tmp_path / "far.tar.gz") if member.path]
    assert paths == [stored.path, stored.thumbnail_path]
