"""A district with something in every corner, and ways to look at all of it at once."""

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from datetime import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from conftest import OPENED_AT, District, remove_everything
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from yuanba.demo.cast import build_cast
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.photos import accept_photo
from yuanba.kernel.files.storing import store
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.keeping.backing_up import _rows, backup
from yuanba.kernel.keeping.tables import tables
from yuanba.kernel.outbox.models import Message
from yuanba.people.models import NoticeChoice, Person


def everything() -> dict[str, list[list[Any]]]:
    """Every kept row of every table, in the form in which archives hold them."""
    return {table.label: list(_rows(table)) for table in tables()}


def photo() -> bytes:
    raw = io.BytesIO()
    Image.new("RGB", (80, 60), (10, 120, 200)).save(raw, "JPEG")
    return raw.getvalue()


def live_in() -> StoredFile:
    """Give the district a photo, a waiting message holding odd characters, quiet hours, and sealed days."""
    stored = store(accept_photo(SimpleUploadedFile("p.jpg", photo())))
    now = timezone.now()
    Message.objects.create(
        topic="test",
        subject_id=2**40,
        data={"text": "𠮷\u2028龍\n", "none": None},
        created_at=now,
        due_at=now,
    )
    somebody = Person.objects.order_by("pk")[0]
    NoticeChoice.objects.create(person=somebody, quiet_from=time(21, 30), quiet_until=time(0))
    seal_days()
    return stored


@pytest.fixture
def lived_in(committed: object) -> StoredFile:
    return live_in()


@pytest.fixture
def archive(lived_in: StoredFile, tmp_path: Path) -> Path:
    path = tmp_path / "district.tar.gz"
    backup(path)
    return path


@pytest.fixture(scope="module")
def whole(
    _district: District, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A good archive beside an empty database, for tests after which it is still empty."""
    with django_db_blocker.unblock():
        remove_everything()
        build_cast(OPENED_AT)
        live_in()
        path = tmp_path_factory.mktemp("kept") / "district.tar.gz"
        backup(path)
        remove_everything()
        yield path
        remove_everything()
        _district.make()


@pytest.fixture
def empty(whole: Path, tmp_path: Path) -> Path:
    """A copy of the good archive, to spoil."""
    return Path(shutil.copy(whole, tmp_path / "district.tar.gz"))


Rewrite = Callable[[dict[str, bytes]], None]


def rewritten(path: Path, change: Rewrite, *, consistent: bool = True) -> Path:
    """A copy of an archive with its members changed; its list is made to fit again unless told otherwise."""
    with tarfile.open(path) as tar:
        content = {info.name: tar.extractfile(info).read() for info in tar.getmembers()}  # type: ignore[union-attr]
    change(content)
    if consistent:
        content["manifest.json"] = _fitting(content)
    target = path.with_name("changed.tar.gz")
    with gzip.open(target, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target


def _fitting(content: dict[str, bytes]) -> bytes:
    manifest = json.loads(content.pop("manifest.json"))
    for record in manifest["tables"]:
        whole = b"".join(
            data for name, data in content.items() if name.startswith(f"tables/{record['label']}/")
        )
        record |= {"rows": whole.count(b"\n"), "sha256": sha256(whole).hexdigest()}
    files = [
        (name.removeprefix("files/"), data) for name, data in content.items() if name.startswith("files/")
    ]
    lines = b"".join(f"{name} {len(data)} {sha256(data).hexdigest()}\n".encode() for name, data in files)
    manifest["files"] = {
        "count": len(files),
        "bytes": sum(len(data) for _name, data in files),
        "sha256": sha256(lines).hexdigest(),
    }
    return json.dumps(manifest).encode()


def forget_files(stored: StoredFile) -> None:
    default_storage.delete(stored.path)
    default_storage.delete(stored.thumbnail_path)
