import io
import struct
import zipfile

import pytest

from yuanba.kernel.sheets import UnreadableFile, open_table


def refusal_of(content: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as refusal:
        open_table(io.BytesIO(content))
    assert refusal.value.message
    return refusal.value


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def compound(stream: str) -> bytes:
    """An OLE compound file whose directory, in sector 1, names one stream."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 0x1E, 9)
    struct.pack_into("<L", head, 0x30, 1)
    return bytes(head) + bytes(512) + stream.encode("utf-16-le").ljust(512, b"\0")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html>", "HTML"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "XML spreadsheet 2003",
        ),
        (b'[{"a": 1}]', "JSON"),
        (zipped("mimetype", "content.xml"), "ods"),
        (zipped("word/document.xml"), "Word"),
        (zipped("xl/workbook.bin"), "xlsb"),
        (zipped("photo.jpg"), "ZIP"),
        (compound("Workbook"), "xls"),
        (compound("WordDocument"), "Word"),
        (compound("EncryptedPackage"), "password-protected xlsx"),
        (compound("Anything"), "old Office"),
    ],
)
def test_what_is_no_table_is_named(content: bytes, name: str) -> None:
    assert refusal_of(content).looks_like == name


def test_a_locked_workbook_has_its_own_code() -> None:
    assert refusal_of(compound("EncryptedPackage")).code == "file_encrypted"


def test_an_empty_file_is_named() -> None:
    assert refusal_of(b"").code == "file_empty"
    assert refusal_of(b"\n\n , \n").code == "file_empty"


def test_short_ole_heads_are_refused_too() -> None:
    assert refusal_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").looks_like == "old Office"


def test_the_name_of_a_file_is_no_matter() -> None:
    with open_table(io.BytesIO("编号,内容\n1,灯\n".encode()), name="messages.xlsx") as table:
        assert table.columns == ("编号", "内容")
        assert table.name == "messages.xlsx"
