"""What a file is, by what is in it. Its name and its declared type are only claims."""

import struct
from typing import BinaryIO, Final, Literal

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.archive import Archive
from yuanba.kernel.sheets.limits import Limits
from yuanba.kernel.sheets.problems import UnreadableFile, encrypted

Kind = Literal["xlsx", "gzip", "text"]
HEAD: Final = 4_096
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: Final = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!\x1a", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"SQLite format 3", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"{\\rtf", "RTF"),
)
_ZIPPED: Final = (
    ("xl/workbook.bin", "xlsb"),
    ("word/document.xml", "Word"),
    ("ppt/presentation.xml", "PowerPoint"),
    ("content.xml", "ods"),
    ("index/document.iwa", "Numbers"),
)
_STREAMS: Final = (("EncryptedPackage", ""), ("WordDocument", "Word"), ("Workbook", "xls"), ("Book", "xls"))
_OTHER_TABLES: Final = {"xls", "xlsb", "ods", "Numbers", "XML spreadsheet 2003"}
_MARKUP: Final = (
    (b"urn:schemas-microsoft-com:office:spreadsheet", "XML spreadsheet 2003"),
    (b"<html", "HTML"),
    (b"<!doctype", "HTML"),
    (b"<table", "HTML"),
    (b"<?xml", "XML"),
)


def identify(file: BinaryIO, size: int, limits: Limits) -> Kind:
    """Tell a workbook, a gzip file and a text apart; leaves the file at its start.

    Raises `UnreadableFile` that names anything else.
    """
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        _check_zip(file, size, limits)
        return "xlsx"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(_OLE):
        raise _ole(file, head)
    check_text_head(head)
    return "text"


def check_text_head(head: bytes) -> None:
    """Refuse what begins like a file of another kind, also after unpacking a gzip file."""
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            raise another_kind(name)
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b", _OLE)):
        raise another_kind("archive in an archive")
    if head[257:262] == b"ustar":
        raise another_kind("tar")
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begin.startswith((b"<", b"<?")):
        for mark, name in _MARKUP:
            if mark in begin:
                raise another_kind(name)
    if begin.startswith((b'{"', b'[{"', b"[\n", b"{\n")):
        raise another_kind("JSON")


def another_kind(name: str) -> UnreadableFile:
    """The refusal of a file of a kind that has a name but isn't read."""
    if name in _OTHER_TABLES:
        return UnreadableFile(
            _(
                "This is a table, but of the kind %(kind)s. Open it in Excel or WPS and save it as .xlsx or .csv."
            )
            % {"kind": name},
            code="file_wrong_kind",
            looks_like=name,
        )
    return UnreadableFile(
        _("This looks like %(kind)s, not like a table. Open it in Excel or WPS and save it as .xlsx or .csv.")
        % {"kind": name},
        code="file_wrong_kind",
        looks_like=name,
    )


def _check_zip(file: BinaryIO, size: int, limits: Limits) -> None:
    archive = Archive(file, limits, size)
    names = set(archive.names())
    archive.close()
    file.seek(0)
    for part, name in _ZIPPED:
        if part in names:
            raise another_kind(name)
    if not any(part.startswith("xl/") for part in names):
        raise another_kind("ZIP")


def _ole(file: BinaryIO, head: bytes) -> UnreadableFile:
    """Name an old Office file by the streams in its first directory sector ([MS-CFB] 2.2 and 2.6)."""
    sector_bytes = 1 << min(head[0x1E] if len(head) > 0x34 else 9, 12)
    (sector,) = struct.unpack_from("<L", head, 0x30) if len(head) > 0x34 else (0,)
    file.seek((sector + 1) * sector_bytes)
    directory = file.read(HEAD)
    for stream, name in _STREAMS:
        if stream.encode("utf-16-le") in directory:
            return another_kind(name) if name else encrypted()
    return another_kind("old Office")
