"""Archives that are damaged, cut, forged or in the wrong place change nothing."""

import gzip
import io
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection

from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.keeping import restore, restoring
from yuanba.kernel.keeping.archive import LARGEST_PART, Damaged
from yuanba.kernel.keeping.tests.conftest import everything, rewritten
from yuanba.people.models import Person

Content = dict[str, bytes]


def assert_nothing_came_of(path: Path) -> None:
    before = everything()
    with pytest.raises(Damaged):
        restore(path)
    assert everything() == before


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_a_cut_archive_is_refused(empty: Path, share: float) -> None:
    whole = empty.read_bytes()
    empty.write_bytes(whole[: int(len(whole) * share)])
    assert_nothing_came_of(empty)


def test_an_archive_without_its_last_bytes_is_refused(empty: Path) -> None:
    empty.write_bytes(empty.read_bytes()[:-4])
    assert_nothing_came_of(empty)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.8, 0.999])
def test_a_flipped_bit_is_found(empty: Path, share: float) -> None:
    whole = bytearray(empty.read_bytes())
    whole[int(len(whole) * share)] ^= 0x10
    empty.write_bytes(whole)
    assert_nothing_came_of(empty)


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", b"PK\x03\x04" + bytes(100), gzip.compress(b"x" * 2000, mtime=0)],
    ids=["nothing", "words", "zip", "gzip of no tar"],
)
def test_something_else_is_refused(empty: Path, content: bytes) -> None:
    empty.write_bytes(content)
    assert_nothing_came_of(empty)


def change_a_row(content: Content) -> None:
    name = next(name for name in content if name.startswith("tables/places.place/"))
    content[name] = content[name].replace("玉城".encode(), "王城".encode(), 1)


def drop_a_part(content: Content) -> None:
    del content[next(name for name in content if name.startswith("tables/kernel.entry/"))]


def drop_the_list(content: Content) -> None:
    del content["manifest.json"]


def go_on_after_the_end(content: Content) -> None:
    content["tables/people.person/000009.jsonl"] = b""


@pytest.mark.parametrize("change", [change_a_row, drop_a_part, drop_the_list, go_on_after_the_end])
def test_what_does_not_fit_the_list_is_refused(empty: Path, change: Callable[[Content], None]) -> None:
    assert_nothing_came_of(rewritten(empty, change, consistent=False))


@pytest.mark.parametrize(
    "name",
    [
        "../../outside.txt",
        "/etc/outside.txt",
        "files/../../outside.txt",
        f"files/aa/bb/{'c' * 64}.webp",
        f"files/aa/aa/{'a' * 64}.webp/../../../outside",
        "files/aa/aa/short.webp",
        "tables/../people.person/000000.jsonl",
    ],
)
def test_a_path_out_of_the_archive_is_refused(empty: Path, name: str) -> None:
    changed = rewritten(empty, lambda content: content.update({name: b"x"}))
    assert_nothing_came_of(changed)
    assert not (empty.parent.parent / "outside.txt").exists()


def test_a_link_is_refused(empty: Path) -> None:
    with gzip.open(empty, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        digest = "ab" * 32
        link = tarfile.TarInfo(f"files/ab/ab/{digest}.webp")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert_nothing_came_of(empty)


def test_a_size_beyond_reason_is_refused_without_reading_it(empty: Path) -> None:
    with gzip.open(empty, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        bomb = tarfile.TarInfo("tables/people.person/000000.jsonl")
        bomb.size = LARGEST_PART + 512
        tar.addfile(bomb, io.BytesIO(bytes(bomb.size)))
    assert_nothing_came_of(empty)


def test_a_file_that_is_not_what_its_name_says_is_refused(empty: Path) -> None:
    name = sha256(b"true").hexdigest()
    changed = rewritten(
        empty, lambda content: content.update({f"files/{name[:2]}/{name[2:4]}/{name}.webp": b"false"})
    )
    assert_nothing_came_of(changed)


@pytest.mark.parametrize(
    "line",
    [b"{}\n", b"[1]\n", b"nonsense\n", b"\xff\n", b'[[],{},"x",null]\n'],
    ids=["mapping", "short", "no JSON", "no UTF-8", "wrong kinds"],
)
def test_a_forged_row_rolls_everything_back(empty: Path, line: bytes) -> None:
    def forge(content: Content) -> None:
        content["tables/matters.party/000000.jsonl"] = line

    assert_nothing_came_of(rewritten(empty, forge))


def test_a_row_the_database_refuses_rolls_everything_back(empty: Path) -> None:
    def twice(content: Content) -> None:
        name = next(name for name in content if name.startswith("tables/people.person/"))
        content[name] += content[name]

    assert_nothing_came_of(rewritten(empty, twice))


def test_a_crash_in_the_middle_leaves_nothing(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything()
    monkeypatch.setattr(restoring, "_continue_keys", lambda _tables: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        restore(empty)
    assert everything() == before
    assert not Person.objects.exists()


def test_a_database_that_is_not_migrated_is_refused(empty: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name, applied FROM django_migrations WHERE app = 'matters'")
        rows = cursor.fetchall()
        cursor.execute("DELETE FROM django_migrations WHERE app = 'matters'")
        try:
            with pytest.raises(NotAllowed, match="migrate"):
                restore(empty)
        finally:
            cursor.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", rows)


def test_an_archive_of_another_version_is_refused(empty: Path) -> None:
    def older(content: Content) -> None:
        content["manifest.json"] = content["manifest.json"].replace(b'"journal_hash"', b'"head_hash"')

    with pytest.raises(NotAllowed):
        restore(rewritten(empty, older))
    assert not Person.objects.exists()
