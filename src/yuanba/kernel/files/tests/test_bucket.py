"""A bucket at the far end of a line: whose it is, who may read it, and what is said when it is away."""

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from yuanba.kernel.errors import Away, NotAllowed
from yuanba.kernel.files.models import StoredFile, StoreMark
from yuanba.kernel.files.prepared import PreparedFile
from yuanba.kernel.files.serving import file_response
from yuanba.kernel.files.store import file_store
from yuanba.kernel.files.storing import store
from yuanba.kernel.files.sweeping import SPARED, sweep
from yuanba.kernel.files.tests.conftest import storing_at
from yuanba.kernel.files.tests.standin import StandIn
from yuanba.kernel.health import metrics
from yuanba.kernel.tasks import sweep_files

PHOTO = PreparedFile(b"large", "jpg", "image/jpeg", 640, 400, b"small")
NOBODY = "http://127.0.0.1:1"

pytestmark = pytest.mark.django_db


def test_files_lie_under_the_prefix_and_nothing_else_is_touched(bucket: str, object_storage: StandIn) -> None:
    object_storage.client.put_object(Bucket=bucket, Key="ab/cd/of-another-program", Body=b"x")
    object_storage.client.put_object(Bucket=bucket, Key="districts/a/notes.txt", Body=b"x")
    stored = store(PHOTO)
    ours = {"districts/a/owner", f"districts/a/{stored.path}", f"districts/a/{stored.thumbnail_path}"}
    others = {"ab/cd/of-another-program", "districts/a/notes.txt"}
    assert object_storage.names(bucket) == ours | others
    StoredFile.objects.all().delete()
    object_storage.age(bucket, timezone.now() - 2 * SPARED)
    assert sweep() == 2
    assert object_storage.names(bucket) == others | {"districts/a/owner"}


def test_a_sweep_goes_through_more_than_one_page(bucket: str, object_storage: StandIn) -> None:
    stored = store(PHOTO)
    for number in range(1001):
        object_storage.put(bucket, f"districts/a/00/00/{number:064}.jpg")
    object_storage.age(bucket, timezone.now() - 2 * SPARED)
    seen = [len(paths) for paths in file_store().pages()]
    assert (len(seen), sum(seen)) == (2, 1003)
    assert stored.path in {path for paths in file_store().pages() for path in paths}


def test_what_is_stored_again_while_a_sweep_runs_is_spared(bucket: str, object_storage: StandIn) -> None:
    stored = store(PHOTO)
    StoredFile.objects.all().delete()
    object_storage.age(bucket, timezone.now() - 2 * SPARED)
    again: list[str] = []

    def send_again(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        found = execute(sql, params, many, context)  # type: ignore[operator]
        if sql.startswith("SELECT") and "sha256" in sql and not again:
            again.append(sql)
            file_store().save(stored.path, ContentFile(PHOTO.content))
        return found

    with connection.execute_wrapper(send_again):
        assert sweep() == 1  # the thumbnail, which was not sent again
    assert again
    assert file_store().exists(stored.path)


def test_a_second_database_neither_stores_nor_sweeps_there(
    bucket: str, object_storage: StandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stored = store(PHOTO)
    object_storage.age(bucket, timezone.now() - 2 * SPARED)
    StoreMark.objects.update(mark="0" * 32)
    StoredFile.objects.all().delete()
    before = object_storage.names(bucket)
    with storing_at(object_storage.address(bucket, prefix="districts/a"), tmp_path):
        with pytest.raises(NotAllowed, match="FILES_URL: another database"):
            sweep()
        with pytest.raises(Away):
            store(PHOTO)
        sweep_files()
        assert not StoredFile.objects.exists()
        with closing(file_response(stored)) as shown:  # reading harms nobody
            assert b"".join(shown) == b"large"
    assert object_storage.names(bucket) == before
    assert caplog.messages[-1].startswith("stored files were not swept: FILES_URL: another database")


def test_a_bucket_that_anybody_can_read_takes_no_photo(bucket: str, object_storage: StandIn) -> None:
    with object_storage.asking_no_key():
        file_store().claim()
        key = {"Bucket": bucket, "Key": "districts/a/owner"}
        object_storage.client.put_object_acl(**key, ACL="public-read")
        with pytest.raises(NotAllowed, match="anybody can read"):
            file_store().claim()


@pytest.fixture(params=["away", "wrong secret", "no such bucket", "unknown key"])
def unreachable(
    request: pytest.FixtureRequest, object_storage: StandIn, tmp_path: Path
) -> Iterator[tuple[str, str]]:
    """A store that does not serve, and what the log says of it."""
    name = object_storage.bucket()
    address, why = {
        "away": (f"s3://k:s@{name}?endpoint={NOBODY}", "EndpointConnectionError"),
        "wrong secret": (object_storage.address(name, secret="t0p/secret"), "SignatureDoesNotMatch"),
        "no such bucket": (object_storage.address("photos-of-nobody"), "NoSuchBucket"),
        "unknown key": (f"s3://nobody:t0p@{name}?endpoint={object_storage.endpoint}", "InvalidAccessKeyId"),
    }[request.param]
    with storing_at(address, tmp_path):
        yield request.param, why


def test_a_store_that_does_not_serve_leaves_nothing_half_done(
    unreachable: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Away) as refused:
        store(PHOTO)
    assert not StoredFile.objects.exists()
    with pytest.raises(Away):
        sweep()
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert told[0] == f"the store of files does not serve owner: {unreachable[1]}"
    assert "t0p" not in " ".join([*told, refused.value.message])


def test_figures_tell_that_the_store_answers(bucket: str) -> None:
    assert b"yuanba_files_answering 1.0" in metrics()


def test_figures_tell_that_the_store_is_away(unreachable: tuple[str, str]) -> None:
    assert b"yuanba_files_answering 0.0" in metrics()


def test_bytes_that_end_too_early_are_no_photo(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = store(PHOTO)
    with file_store().open(stored.path) as content:
        monkeypatch.setattr(content._body, "_content_length", 9)  # type: ignore[attr-defined]
        with pytest.raises(Away):
            content.read()


def test_photos_have_no_address_of_their_own(bucket: str) -> None:
    with pytest.raises(NotImplementedError):
        file_store().url(store(PHOTO).path)


def test_a_bucket_is_looked_at_once_and_then_trusted(bucket: str, object_storage: StandIn) -> None:
    store(PHOTO)
    object_storage.client.delete_object(Bucket=bucket, Key="districts/a/owner")
    store(PHOTO)
    assert "districts/a/owner" not in object_storage.names(bucket)


def test_removing_all_leaves_the_bucket_to_the_next(bucket: str, object_storage: StandIn) -> None:
    store(PHOTO)
    object_storage.put(bucket, "districts/b/owner")
    file_store().remove_all()
    assert object_storage.names(bucket) == {"districts/b/owner"}
    StoreMark.objects.all().delete()
    store(PHOTO)
    assert len(object_storage.names(bucket)) == 4
