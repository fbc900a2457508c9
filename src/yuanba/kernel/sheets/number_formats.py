"""Which numbers of a workbook are dates, and which dates they are (ECMA-376 part 1, 18.8.30 and 18.17.4)."""

import re
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final

from yuanba.kernel.sheets.xml import Reader


class Shows(Enum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"


_BUILT_IN: Final = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58), Shows.DATE),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), Shows.TIME),
    22: Shows.MOMENT,
}
_SILENT: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_MAX_FORMATS: Final = 65_536
_LAST_SERIAL: Final = 2_958_466
_EPOCH_1900: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001


def shows(code: str) -> Shows:
    """What a format code such as ``yyyy"年"m"月"d"日" h:mm`` shows, by its first section."""
    letters = set(_SILENT.sub("", code.split(";", 1)[0]).lower())
    has_time = bool(letters & set("hs"))
    has_date = bool(letters & set("yd")) or ("m" in letters and not has_time)
    if has_date:
        return Shows.MOMENT if has_time else Shows.DATE
    return Shows.TIME if has_time else Shows.NUMBER


def moment(serial: float, shown: Shows, *, since_1904: bool) -> date | datetime | str | None:
    """The date, moment or time of day (``HH:MM:SS``) behind an Excel serial; None outside Excel's calendar.

    Days of the 1900 system before 1 March 1900 are one off on purpose: Excel believes in 29 February 1900.
    """
    if not 0 <= serial < _LAST_SERIAL:
        return None
    thousandths = round(serial * 86_400_000)
    if not since_1904 and 1 <= serial < 60:
        thousandths += 86_400_000
    at = (_EPOCH_1904 if since_1904 else _EPOCH_1900) + timedelta(milliseconds=thousandths)
    if shown is Shows.TIME and serial < 1:
        return f"{at:%H:%M:%S}"
    if shown is Shows.DATE and thousandths % 86_400_000 == 0:
        return at.date()
    return at


class StylesReader(Reader):
    """Reads styles.xml; ``shown[n]`` is then what cells of style `n` show."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Shows] = []
        self._own: dict[str, Shows] = {}
        self._in_cell_formats = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        name = name.rpartition(":")[2]
        if name == "numFmt" and len(self._own) < _MAX_FORMATS:
            self._own[attributes["numFmtId"]] = shows(attributes["formatCode"][:255])
        elif name == "cellXfs":
            self._in_cell_formats = True
        elif name == "xf" and self._in_cell_formats and len(self.shown) < _MAX_FORMATS:
            number = attributes.get("numFmtId", "0")
            self.shown.append(self._own.get(number) or _BUILT_IN.get(int(number), Shows.NUMBER))

    def end(self, name: str) -> None:
        super().end(name)
        if name.endswith("cellXfs"):
            self._in_cell_formats = False
