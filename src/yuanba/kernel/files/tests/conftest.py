from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

IN_MEMORY: dict[str, object] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


def storing_with(storage: dict[str, object]) -> override_settings:
    return override_settings(STORAGES={**settings.STORAGES, "default": storage})


def local(path: Path) -> dict[str, object]:
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": path}}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The local storage, in a fresh folder."""
    with storing_with(local(tmp_path)):
        yield tmp_path


@pytest.fixture(params=["local", "foreign"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The local storage, and one that Django writes to by its own means, as it does to an object store."""
    with storing_with(local(tmp_path) if request.param == "local" else IN_MEMORY):
        yield str(request.param)
