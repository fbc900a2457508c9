"""Rows of one worksheet of an .xlsx file, streamed."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.archive import BROKEN, Archive
from yuanba.kernel.sheets.headers import LOOKED_AT, holds_header
from yuanba.kernel.sheets.limits import Limits
from yuanba.kernel.sheets.problems import UnreadableFile, damaged
from yuanba.kernel.sheets.rows import Row
from yuanba.kernel.sheets.shared_texts import SharedTexts
from yuanba.kernel.sheets.workbook import Sheet, read_plan
from yuanba.kernel.sheets.worksheet import WorksheetReader

_SHEETS_LOOKED_AT: Final = 50


class XlsxRows:
    """A `Source`: the rows of the sheet asked for, else of the first visible sheet with headings that are
    expected, else of the first that holds anything.
    """

    def __init__(
        self,
        file: BinaryIO,
        size: int,
        limits: Limits,
        sheet: str | None,
        expected: Collection[str] = (),
    ) -> None:
        """Raises `UnreadableFile` for a damaged workbook or an unknown sheet name."""
        self.encoding = ""
        self._limits, self._expected = limits, expected
        self._texts: SharedTexts | None = None
        self._archive = Archive(file, limits, size)
        self._plan = read_plan(self._archive)
        self.sheets = tuple(known.name for known in self._plan.sheets)
        self._candidates = self._choose(sheet)
        self.sheet = self._candidates[0].name if self._candidates else ""
        self.total = max(1, sum(self._archive.size(part) for part in self._parts()))

    def _parts(self) -> list[str]:
        return [self._plan.shared_texts, *(sheet.part for sheet in self._candidates[:1])]

    def _choose(self, name: str | None) -> list[Sheet]:
        if name is None:
            return [sheet for sheet in self._plan.sheets if not sheet.hidden] or list(self._plan.sheets)
        if found := [sheet for sheet in self._plan.sheets if sheet.name == name]:
            return found
        raise UnreadableFile(
            _("There is no sheet “%(name)s”. The workbook has: %(sheets)s.")
            % {"name": name, "sheets": ", ".join(self.sheets[:20])},
            code="sheet_unknown",
        )

    @property
    def done(self) -> int:
        return min(self._archive.unpacked, self.total)

    def __iter__(self) -> Iterator[Row]:
        self._texts = self._read_shared_texts()
        for sheet in self._in_question():
            empty, self.sheet = True, sheet.name
            for row in self._rows_of(sheet):
                empty = False
                yield row
            if not empty:
                return

    def _in_question(self) -> list[Sheet]:
        """The sheets to try: instructions and totals stand before the rows as often as not."""
        if self._expected and len(self._candidates) > 1:
            for sheet in self._candidates[:_SHEETS_LOOKED_AT]:
                if holds_header(islice(self._rows_of(sheet), LOOKED_AT), self._expected):
                    self.total = max(1, self._archive.unpacked + self._archive.size(sheet.part))
                    return [sheet]
        return self._candidates

    def _read_shared_texts(self) -> SharedTexts | None:
        if not self._plan.shared_texts:
            return None
        texts = SharedTexts(self._limits)
        try:
            self._archive.read_into(self._plan.shared_texts, texts)
        except BaseException:
            texts.close()
            raise
        texts.finish()
        return texts

    def _rows_of(self, sheet: Sheet) -> Iterator[Row]:
        if sheet.part not in self._archive:
            raise damaged()
        reader = WorksheetReader(self._plan, self._texts, self._limits, self._archive.meter)
        chunks = self._archive.chunks(sheet.part)
        broken: Exception | None = None
        while not reader.finished and broken is None:
            try:
                reader.feed(next(chunks))
            except BROKEN as error:
                broken = error
            yield from reader.rows
            reader.rows.clear()
        if broken is not None:
            raise damaged(reader.number) from broken

    def close(self) -> None:
        self._archive.close()
        if self._texts:
            self._texts.close()
