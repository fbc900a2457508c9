"""Stored files in the data directory."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from yuanba.kernel.files.store import Store


class Folder(Store, FileSystemStorage):
    """A folder of this machine."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _write_through(file, content)
            Path(beside).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(beside).unlink()
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def pages(self) -> Iterator[list[str]]:
        """A folder's files at a time; there are two levels of folders of two signs each."""
        for first in self._folders(""):
            for second in self._folders(first):
                folder = f"{first}/{second}"
                yield [f"{folder}/{name}" for name in self.listdir(folder)[1]]

    def remove_all(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.location, ignore_errors=True)

    def answers(self) -> bool:
        """The folder, or where it is going to be, can be written."""
        there = Path(self.location)
        return os.access(there if there.exists() else there.parent, os.W_OK)

    def _folders(self, path: str) -> list[str]:
        try:
            folders, _files = self.listdir(path)
        except FileNotFoundError:
            return []
        return [name for name in folders if len(name) == 2]


def _write_through(file: IO[bytes], content: "File[bytes]") -> None:
    for chunk in content.chunks():
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
