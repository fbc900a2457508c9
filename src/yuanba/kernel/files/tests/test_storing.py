from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from yuanba.kernel.errors import Missing
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.prepared import PreparedFile
from yuanba.kernel.files.serving import file_response
from yuanba.kernel.files.store import file_store
from yuanba.kernel.files.storing import store
from yuanba.kernel.files.sweeping import _unreferenced, sweep
from yuanba.kernel.files.tests.conftest import Kept

PHOTO = PreparedFile(b"large", "jpg", "image/jpeg", 640, 400, b"small")
PAPER = PreparedFile(b"%PDF-", "pdf", "application/pdf")

pytestmark = pytest.mark.django_db


def body(stored: StoredFile, thumbnail: bool = False) -> bytes:
    with closing(file_response(stored, thumbnail)) as response:
        return b"".join(response)


def test_a_photo_and_its_thumbnail_are_stored_under_the_hash(kept: Kept) -> None:
    stored = store(PHOTO)
    assert stored.path == f"{PHOTO.sha256[:2]}/{PHOTO.sha256[2:4]}/{PHOTO.sha256}.jpg"
    assert (stored.kind, stored.size_bytes, stored.width, stored.height) == ("photo", 5, 640, 400)
    assert (body(stored), body(stored, thumbnail=True)) == (b"large", b"small")


def test_the_same_file_twice_is_one_row_and_one_file(kept: Kept) -> None:
    first, second = store(PHOTO), store(PHOTO)
    assert first.pk == second.pk
    assert StoredFile.objects.count() == 1
    assert kept.names() == {f"{PHOTO.sha256}.jpg", f"{PHOTO.sha256}.small.jpg"}


def test_half_a_file_left_by_a_crash_is_made_whole(folder: Path) -> None:
    path = folder / PHOTO.sha256[:2] / PHOTO.sha256[2:4] / f"{PHOTO.sha256}.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"lar")
    assert body(store(PHOTO)) == b"large"


def test_a_write_that_fails_leaves_no_row_and_no_rubbish(folder: Path) -> None:
    (folder / PHOTO.sha256[:2]).write_bytes(b"a file where the folder should be")
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        store(PHOTO)
    assert not StoredFile.objects.exists()
    assert [path.name for path in folder.iterdir()] == [PHOTO.sha256[:2]]


def test_a_photo_shows_and_a_paper_is_saved_and_neither_can_act(kept: Kept) -> None:
    with closing(file_response(store(PHOTO))) as shown, closing(file_response(store(PAPER))) as saved:
        assert shown["Content-Type"] == "image/jpeg"
        assert shown["Content-Disposition"].startswith("inline")
        assert saved["Content-Type"] == "application/pdf"
        assert saved["Content-Disposition"].startswith("attachment")
        assert [response["Content-Length"] for response in (shown, saved)] == ["5", "5"]
        for response in (shown, saved):
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["Cache-Control"] == "private, max-age=31536000, immutable"
            assert "sandbox" in response["Content-Security-Policy"]


def test_a_file_that_the_storage_lost_is_missing(kept: Kept) -> None:
    stored = store(PHOTO)
    file_store().delete(stored.path)
    with pytest.raises(Missing):
        file_response(stored)


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = 'ABC'",
        "suffix = '../x'",
        "width = NULL",
        "kind = 'attachment'",
        "kind = 'script'",
        "size_bytes = 0",
    ],
)
def test_the_database_refuses_a_row_that_cannot_be(change: str, folder: Path) -> None:
    store(PHOTO)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {StoredFile._meta.db_table} SET {change}")


def test_a_sweep_takes_what_nothing_refers_to(kept: Kept) -> None:
    store(PHOTO)
    store(PAPER)
    kept.age()
    assert sweep() == 3
    assert not StoredFile.objects.exists()
    assert kept.names() == set()


def test_a_sweep_spares_what_was_stored_lately_or_again(kept: Kept) -> None:
    store(PHOTO)
    kept.age()
    store(PHOTO)
    store(PAPER)
    assert sweep() == 0
    assert StoredFile.objects.count() == 2
    assert len(kept.names()) == 3


def test_a_sweep_takes_files_that_a_crash_left_without_a_row(kept: Kept) -> None:
    file_store().save("ab/cd/" + "abcd" * 16 + ".jpg", ContentFile(b"x"))
    file_store().save("ab/cd/.part-1", ContentFile(b"x"))
    file_store().save("exports/kept.xlsx", ContentFile(b"x"))
    assert sweep() == 0
    kept.age()
    assert sweep() == 2
    assert kept.names() == {"kept.xlsx"}


def test_a_sweep_of_an_empty_storage_is_no_trouble(kept: Kept) -> None:
    assert sweep(spared=timedelta(0)) == 0


def test_a_sweep_asks_every_table_that_can_refer_to_a_file() -> None:
    tables = {
        relation.field.model._meta.db_table
        for relation in StoredFile._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
    }
    if not tables:
        pytest.skip("no table refers to stored files in this set of apps")
    sql = str(_unreferenced(timezone.now()).query)
    assert all(f'"{table}"' in sql for table in tables)
