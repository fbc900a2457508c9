"""The shared strings of a workbook, kept on disk: a million messages are a gigabyte of text.

Disk rather than memory because intake has to stay flat; a look-up is one `pread` of about a microsecond.
"""

import os
import re
import tempfile
from array import array
from typing import Final

from yuanba.kernel.sheets.limits import Limits
from yuanba.kernel.sheets.problems import damaged
from yuanba.kernel.sheets.xml import Reader

_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_KEPT: Final = 4_096
_SHORT: Final = 64


def unescape(text: str) -> str:
    """Undo ``_x000D_`` and the like (ST_Xstring, ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)


class SharedTexts(Reader):
    """Fill it by reading the part through it, then ask for texts by number."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._file = tempfile.TemporaryFile(prefix="yuanba-texts-")  # noqa: SIM115 - closed by close()
        self._starts = array("Q", [0])
        self._limits = limits
        self._written = 0
        self._pieces: list[str] = []
        self._length = 0
        self._collect = False
        self._in_phonetic = False
        self._short: dict[int, str] = {}
        self._text_name, self._item_name, self._phonetic_name = "t", "si", "rPh"

    def begin(self, prefix: str) -> None:
        if prefix:
            self._text_name, self._item_name, self._phonetic_name = (
                f"{prefix}:t",
                f"{prefix}:si",
                f"{prefix}:rPh",
            )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name == self._text_name:
            self._collect = not self._in_phonetic
        elif name == self._phonetic_name:
            self._in_phonetic = True

    def text(self, data: str) -> None:
        if self._collect:
            self._length += len(data)
            if self._length > self._limits.row_chars:
                raise damaged()
            self._pieces.append(data)

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == self._text_name:
            self._collect = False
        elif name == self._phonetic_name:
            self._in_phonetic = False
        elif name == self._item_name:
            self._keep(unescape("".join(self._pieces)))
            self._pieces.clear()
            self._length = 0

    def _keep(self, text: str) -> None:
        if len(self._starts) > self._limits.shared_texts:
            raise damaged()
        packed = text.encode("utf-8", "surrogatepass")
        self._file.write(packed)
        self._written += len(packed)
        self._starts.append(self._written)

    def finish(self) -> None:
        """Make everything written readable; call once after the part has been read."""
        self._file.flush()

    def __getitem__(self, number: int) -> str:
        """Text `number`, counted from 0. Raises IndexError for one that isn't there."""
        if (text := self._short.get(number)) is not None:
            return text
        if number < 0:
            raise IndexError(number)
        first, past = self._starts[number], self._starts[number + 1]
        text = os.pread(self._file.fileno(), past - first, first).decode("utf-8", "surrogatepass")
        if len(text) <= _SHORT:
            if len(self._short) >= _KEPT:
                self._short.clear()
            self._short[number] = text
        return text

    def close(self) -> None:
        self._file.close()
