"""The plan of a workbook: which sheets it has and where their parts lie (ECMA-376 part 1, 18.2)."""

import posixpath
from dataclasses import dataclass
from typing import Final

from yuanba.kernel.sheets.archive import Archive
from yuanba.kernel.sheets.number_formats import Shows, StylesReader
from yuanba.kernel.sheets.problems import damaged
from yuanba.kernel.sheets.xml import Reader

_MAX_SHEETS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet's name, its part in the archive, and whether its author hid it."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What is known before the first row. ``shared_texts`` is the part of shared strings, empty for none."""

    sheets: tuple[Sheet, ...]
    shared_texts: str
    shown: tuple[Shows, ...]
    since_1904: bool


class _Relations(Reader):
    """Which part each relation of a part points to: id → (type's last word, part)."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name.endswith("Relationship") and len(self.targets) < _MAX_SHEETS * 2:
            part = posixpath.normpath(
                posixpath.join("/", self._folder, attributes["Target"].replace("\\", "/"))
            )
            self.targets[attributes["Id"]] = (posixpath.basename(attributes["Type"]), part)

    def part_of(self, kind: str) -> str:
        return next((part for found, part in self.targets.values() if found == kind), "")


class _Plan(Reader):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []
        self.since_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        name = name.rpartition(":")[2]
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet" and len(self.sheets) < _MAX_SHEETS:
            relation = next(
                (value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), ""
            )
            self.sheets.append(
                (attributes["name"], relation, attributes.get("state", "visible") != "visible")
            )


def read_plan(archive: Archive) -> Workbook:
    """Read the small parts of a workbook. Raises `UnreadableFile` when they are missing or broken."""
    root = _relations(archive, "")
    home = root.part_of("officeDocument") or "/xl/workbook.xml"
    plan, styles = _Plan(), StylesReader()
    archive.read_into(home, plan)
    relations = _relations(archive, home)
    if (part := relations.part_of("styles")) in archive:
        archive.read_into(part, styles)
    shared = relations.part_of("sharedStrings")
    sheets = tuple(
        Sheet(name, relations.targets[relation][1], hidden)
        for name, relation, hidden in plan.sheets
        if relations.targets.get(relation, ("", ""))[0] == "worksheet"
    )
    if not sheets:
        raise damaged()
    return Workbook(sheets, shared if shared in archive else "", tuple(styles.shown), plan.since_1904)


def _relations(archive: Archive, part: str) -> _Relations:
    folder, name = posixpath.split(part)
    reader = _Relations(folder)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing in archive:
        archive.read_into(listing, reader)
    return reader
