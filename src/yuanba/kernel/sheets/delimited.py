"""Rows of a CSV text, plain or in gzip, streamed."""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.encodings import SAMPLE_BYTES, choose
from yuanba.kernel.sheets.kinds import HEAD, check_text_head
from yuanba.kernel.sheets.limits import Limits, Meter
from yuanba.kernel.sheets.problems import Fault, UnreadableFile, too_many_rows
from yuanba.kernel.sheets.rows import Cell, Row
from yuanba.kernel.sheets.texts import ON_UNREADABLE, fault_in

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LIVE: Final = re.compile(r"'*(?:[\t\r]|\s*[=+\-@＝＋－＠])")
"""Beginnings that a spreadsheet may take for a formula (OWASP, CSV injection), also after apostrophes."""
_QUOTED_TEXT: Final = re.compile(r'="([^"]*)"')
_DELIMITERS: Final = ",\t;|"
_SAMPLE_ROWS: Final = 50
_BUFFER_BYTES: Final = 256 * 1024


class DelimitedRows:
    """A `Source`: rows of a text with one delimiter throughout (comma, tab, semicolon or bar)."""

    def __init__(self, file: BinaryIO, size: int, limits: Limits, *, packed: bool) -> None:
        """Raises `UnreadableFile` for an encoding or kind that isn't read."""
        self._file, self._limits = file, limits
        self.total = size
        self.sheets: tuple[str, ...] = ()
        self.sheet = ""
        source = _Bytes(gzip.GzipFile(fileobj=file), Meter(limits, size)) if packed else _Bytes(file, None)
        stream = io.BufferedReader(source, _BUFFER_BYTES)
        sample = stream.read(SAMPLE_BYTES)
        check_text_head(sample[:HEAD])
        stream.seek(0)
        self.encoding = choose(sample)
        self.delimiter = _delimiter(sample.decode(self.encoding, ON_UNREADABLE))
        self._text = io.TextIOWrapper(stream, self.encoding, ON_UNREADABLE, newline="")
        self._record_chars = 0
        self._ended = False

    @property
    def done(self) -> int:
        return min(self._file.tell(), self.total)

    def __iter__(self) -> Iterator[Row]:
        reader = csv.reader(self._lines(), delimiter=self.delimiter)
        number = blank = 0
        while True:
            number += 1
            try:
                fields = next(reader, None)
            except (csv.Error, _RecordTooLong):
                raise _never_closed(number) from None
            if fields is None:
                return
            if self._ended and self._record_chars:
                raise _never_closed(number)
            self._record_chars = 0
            if row := self._row(number, fields):
                yield row
            else:
                blank += 1
                if blank > self._limits.rows:  # a packed bomb of line ends
                    raise too_many_rows(self._limits.rows)

    def _lines(self) -> Iterator[str]:
        limit = self._limits.row_chars
        while line := self._text.readline(limit + 1):
            self._record_chars += len(line)
            if self._record_chars > limit:
                raise _RecordTooLong
            yield line
        self._ended = True

    def _row(self, number: int, fields: list[str]) -> Row | None:
        cells: list[Cell] = []
        faults: list[Fault] = []
        for column, field in enumerate(fields):
            if not field or field.isspace():
                cells.append(None)
                continue
            text = _as_typed(field) if field[0] in "='" else field
            if reason := fault_in(text, self._limits.cell_chars):
                faults.append(Fault(column, reason))
                text = text[: self._limits.cell_chars]
            cells.append(text)
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > self._limits.columns:
            raise _too_many_columns(number, self._limits.columns)
        return Row(number, tuple(cells), tuple(faults)) if cells else None

    def close(self) -> None:
        self._text.close()


class _RecordTooLong(Exception):
    """One record grew past the limit, so its quotation mark was never closed."""


class _Bytes(io.RawIOBase):
    """A stranger's bytes behind the standard interface; those out of a gzip file are metered."""

    def __init__(self, source: BinaryIO | gzip.GzipFile, meter: Meter | None) -> None:
        super().__init__()
        self._source, self._meter = source, meter

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        try:
            piece = self._source.read(len(view))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise UnreadableFile(
                _("The .gz file is damaged or was not transferred completely."),
                code="file_damaged",
                looks_like="damaged gzip",
            ) from error
        if self._meter:
            self._meter.add(len(piece))
        view[: len(piece)] = piece
        return len(piece)


def _as_typed(field: str) -> str:
    """Undo what keeps spreadsheets from changing a text: ``="007"``, and our own ``'=…``."""
    if whole := _QUOTED_TEXT.fullmatch(field):
        return whole.group(1)
    return field[1:] if field[0] == "'" and LIVE.match(field) else field


def _delimiter(sample: str) -> str:
    """The delimiter that cuts most rows into the same number of cells, at least two; else a comma."""
    lines = sample.splitlines(keepends=True)[: _SAMPLE_ROWS * 4]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> float:
    widths: Counter[int] = Counter()
    try:
        for number, fields in enumerate(csv.reader(lines, delimiter=delimiter)):
            if number >= _SAMPLE_ROWS:
                break
            widths[len(fields)] += bool(fields)
    except csv.Error:
        pass
    if not widths:
        return 0.0
    width, count = widths.most_common(1)[0]
    return count / widths.total() if width > 1 else 0.0


def _never_closed(number: int) -> UnreadableFile:
    return UnreadableFile(
        _("In row %(row)s a quotation mark is opened and never closed, or a cell is far too long.")
        % {"row": number},
        code="file_quote_open",
        row=number,
    )


def _too_many_columns(number: int, limit: int) -> UnreadableFile:
    return UnreadableFile(
        _("Row %(row)s reaches past column %(limit)s; a table may have at most that many columns.")
        % {"row": number, "limit": limit},
        code="file_too_many_columns",
        row=number,
    )
