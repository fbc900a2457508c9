"""Reading an archive to its end before a single row is written from it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext as _
from pydantic import ValidationError

from yuanba.kernel.keeping.archive import BLOCK, MANIFEST, Content, Damaged, Member, members
from yuanba.kernel.keeping.manifest import FilesRecord, Manifest

if TYPE_CHECKING:
    from hashlib import _Hash

Progress = Callable[[int, int], None]


def quiet(_done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(slots=True)
class TableSum:
    """A table's lines, counted and digested as they pass."""

    rows: int = 0
    digest: "_Hash" = field(default_factory=sha256)

    def add(self, part: bytes) -> None:
        self.rows += part.count(b"\n")
        self.digest.update(part)


@dataclass(slots=True)
class FilesSum:
    """Stored files, counted and digested as they pass."""

    count: int = 0
    bytes: int = 0
    digest: "_Hash" = field(default_factory=sha256)

    def add(self, path: str, size: int, digest: str) -> None:
        self.count += 1
        self.bytes += size
        self.digest.update(f"{path} {size} {digest}\n".encode())

    def record(self) -> FilesRecord:
        return FilesRecord(count=self.count, bytes=self.bytes, sha256=self.digest.hexdigest())


def digest_of(content: Content | IO[bytes]) -> str:
    """SHA-256 over what is left to read, in hex."""
    total = sha256()
    while block := content.read(BLOCK):
        total.update(block)
    return total.hexdigest()


def check(path: Path, progress: Progress = quiet) -> Manifest:
    """Read the whole archive and compare every byte with its manifest. Raises `Damaged`; writes nothing."""
    tables: defaultdict[str, TableSum] = defaultdict(TableSum)
    files = FilesSum()
    manifest: Manifest | None = None
    for seen, member in enumerate(members(path)):
        if manifest is not None:
            raise Damaged(_("The archive goes on after its end. Nothing was changed."))
        if member.label:
            tables[member.label].add(member.content.read())
        elif member.path:
            _check_file(member, files)
        elif member.name == MANIFEST:
            manifest = _manifest(member)
        progress(seen, 0)
    if manifest is None:
        raise Damaged(_("The archive has no end: it was cut short. Nothing was changed."))
    found = {label: (table.rows, table.digest.hexdigest()) for label, table in tables.items()}
    promised = {table.label: (table.rows, table.sha256) for table in manifest.tables if table.rows}
    if found != promised or files.record() != manifest.files:
        raise Damaged(_("The archive does not hold what its own list says. Nothing was changed."))
    return manifest


def _check_file(member: Member, files: FilesSum) -> None:
    digest = digest_of(member.content)
    if member.sha256 and member.sha256 != digest:
        raise Damaged(_("A stored file in the archive is not what its name says. Nothing was changed."))
    files.add(member.path, member.size, digest)


def _manifest(member: Member) -> Manifest:
    try:
        return Manifest.model_validate_json(member.content.read())
    except ValidationError as error:
        raise Damaged(
            _("The archive's list can't be read; it may come from a newer version. Nothing was changed.")
        ) from error
