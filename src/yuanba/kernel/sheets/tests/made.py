"""Workbooks made by hand, down to the XML, as other programs write them or as an attacker would."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


def sheet_xml(rows: str, *, before: str = "") -> str:
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def text_row(number: int, *texts: str) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{cells}</row>'


def workbook(
    sheets: Mapping[str, str],
    *,
    shared: str = "",
    styles: str = "",
    properties: str = "<workbookPr/>",
    states: Mapping[str, str] | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> io.BytesIO:
    """A workbook with the given sheets (name → XML of the part)."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" state="{(states or {}).get(name, "visible")}" r:id="r{at}"/>'
        for at, name in enumerate(names, 1)
    )
    related = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(names) + 1)
    )
    if shared:
        related += f'<Relationship Id="rs" Type="{RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    if styles:
        related += f'<Relationship Id="rt" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{related}</Relationships>',
        **{f"xl/worksheets/sheet{at}.xml": sheets[name] for at, name in enumerate(names, 1)},
        **({"xl/sharedStrings.xml": shared} if shared else {}),
        **({"xl/styles.xml": styles} if styles else {}),
        **(extra or {}),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def one_sheet(rows: str, **parts: str) -> io.BytesIO:
    return workbook({"留言": sheet_xml(rows)}, **parts)  # type: ignore[arg-type]
