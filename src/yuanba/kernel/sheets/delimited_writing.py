"""CSV that a spreadsheet opens as what it is: UTF-8 with its mark, no text that starts a formula."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import date, datetime, tzinfo
from typing import BinaryIO, cast

from yuanba.kernel.sheets.delimited import LIVE
from yuanba.kernel.sheets.texts import kept


def write_delimited(
    file: BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    zone: tzinfo,
    *,
    packed: bool,
) -> None:
    """Write comma-separated values (RFC 4180), in gzip if `packed`; leaves `file` open."""
    with ExitStack() as opened:
        target = file
        if packed:
            packer = gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6)
            target = cast(BinaryIO, opened.enter_context(packer))
        text = io.TextIOWrapper(target, "utf-8-sig", newline="")
        opened.callback(text.detach)
        writer = csv.writer(text)
        writer.writerow([_field(title, zone) for title in columns])
        for row in rows:
            writer.writerow([_field(value, zone) for value in row])


def _field(value: object, zone: tzinfo) -> object:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        shown = value.astimezone(zone) if value.tzinfo else value
        return f"{shown:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    text = kept(str(value))
    return f"'{text}" if LIVE.match(text) else text
