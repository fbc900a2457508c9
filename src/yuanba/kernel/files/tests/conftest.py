import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from yuanba.kernel.files.address import store_settings
from yuanba.kernel.files.models import StoredFile
from yuanba.kernel.files.sweeping import SPARED
from yuanba.kernel.files.tests.standin import StandIn


def storing_at(address: str, folder: Path) -> override_settings:
    """Settings as an operator makes them with this FILES_URL."""
    return override_settings(STORAGES={**settings.STORAGES, "default": store_settings(address, folder)})


@dataclass(frozen=True)
class Kept:
    """What lies in a store: the names without their folders, and a way to let it grow old."""

    names: Callable[[], set[str]]
    grow_old: Callable[[], None]

    def age(self) -> None:
        """Let everything stored so far have been stored two days ago."""
        StoredFile.objects.update(stored_at=timezone.now() - 2 * SPARED)
        self.grow_old()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The local store, in a fresh folder."""
    with storing_at("", tmp_path):
        yield tmp_path


@pytest.fixture
def bucket(object_storage: StandIn, tmp_path: Path) -> Iterator[str]:
    """A fresh bucket, in which the district's files lie under a prefix."""
    name = object_storage.bucket()
    with storing_at(object_storage.address(name, prefix="districts/a"), tmp_path):
        yield name


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """Each kind of store in turn."""
    where = request.getfixturevalue(request.param)
    if isinstance(where, Path):
        return Kept(lambda: _names_in(where), lambda: _age_folder(where))
    far: StandIn = request.getfixturevalue("object_storage")
    return Kept(
        lambda: {name.rpartition("/")[2] for name in far.names(where)} - {"owner"},
        lambda: far.age(where, timezone.now() - 2 * SPARED),
    )


def _names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def _age_folder(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            then = path.stat().st_mtime - timedelta(days=2).total_seconds()
            os.utime(path, (then, then))
