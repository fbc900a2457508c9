"""Files of places as tests need them, written to a temporary folder."""

import csv
import json
from pathlib import Path
from typing import Any

import xlsxwriter

COMMUNITIES = ("area_code", "area", "street_code", "street", "code12", "name")
PREMISES = ("社区", "小区", "楼栋", "单元", "户室", "经度", "纬度", "户数", "三无", "别名")


def write_csv(
    path: Path, header: tuple[str, ...], *rows: tuple[object, ...], encoding: str = "utf-8"
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_xlsx(path: Path, header: tuple[str, ...], *rows: tuple[object, ...]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([header, *rows]):
            sheet.write_row(number, 0, row)
    return path


def community(code: str, name: str, *, district: str = "万州区", street: str = "沙河街道") -> tuple[str, ...]:
    return (code[:6], district, code[:9], street, code, name)


def premises(*levels: object, point: tuple[object, object] = ("", ""), **more: object) -> tuple[object, ...]:
    """A row of `PREMISES`: community, estate, building, unit, room, as far down as given."""
    filled = [*levels, *[""] * (5 - len(levels))]
    return (*filled, *point, more.get("count", ""), more.get("unmanaged", ""), more.get("alias", ""))


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def write_geojson(path: Path, *features: Any, **more: Any) -> Path:
    document = {"type": "FeatureCollection", "features": list(features), **more}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path
