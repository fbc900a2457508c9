"""An archive's last member: what it holds, by which everything before it is checked."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableRecord(_Frozen):
    """One table: its columns in the order of the rows, and SHA-256 over all its lines together."""

    label: str
    columns: tuple[str, ...]
    rows: int
    sha256: Sha256


class FilesRecord(_Frozen):
    """All stored files: their number, their bytes, and SHA-256 over the lines ``name size sha256``."""

    count: int
    bytes: int
    sha256: Sha256


class Manifest(_Frozen):
    """``personal_data_key`` is the public id of the key that personal data are encrypted under, not the
    key.
    """

    format: Literal["yuanba backup 1"]
    version: str
    engine: str
    made_at: datetime
    personal_data_key: str
    tables: tuple[TableRecord, ...]
    files: FilesRecord

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)
