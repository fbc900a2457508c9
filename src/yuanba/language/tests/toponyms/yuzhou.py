"""A small made-up district that the resolver's tests know by heart."""

from __future__ import annotations

from yuanba.language.toponyms import Gazetteer, Match, PlaceRow

DISTRICT, SHAHE, ZHOUJIABA = 1, 2, 3
YUCHENG_COMMUNITY, YUCHENG_ESTATE, HEPING, CUIWEI = 4, 5, 6, 7
SUNSHINE_SHAHE, SUNSHINE_ZHOUJIABA, PIPA_SQUARE, LIULI_EIGHT, LIULI_TWO = 8, 9, 10, 11, 12
GARDEN, GARDEN_PHASE_TWO, TWENTY_ONE = 13, 14, 15

_PLACES = [
    PlaceRow(DISTRICT, None, "district", "玉州区"),
    PlaceRow(SHAHE, DISTRICT, "street", "沙河街道"),
    PlaceRow(ZHOUJIABA, DISTRICT, "street", "周家坝街道"),
    PlaceRow(YUCHENG_COMMUNITY, SHAHE, "community", "玉城社区居民委员会"),
    PlaceRow(YUCHENG_ESTATE, YUCHENG_COMMUNITY, "estate", "玉城家园", ("老棉纺厂",)),
    PlaceRow(HEPING, ZHOUJIABA, "community", "和平社区居委会"),
    PlaceRow(CUIWEI, ZHOUJIABA, "community", "翠微路社区居委会"),
    PlaceRow(SUNSHINE_SHAHE, YUCHENG_COMMUNITY, "estate", "阳光花园"),
    PlaceRow(SUNSHINE_ZHOUJIABA, HEPING, "estate", "阳光花园"),
    PlaceRow(PIPA_SQUARE, DISTRICT, "area", "枇杷坪广场"),
    PlaceRow(LIULI_EIGHT, CUIWEI, "estate", "琉璃U城八组团"),
    PlaceRow(LIULI_TWO, CUIWEI, "estate", "琉璃U城二组团"),
    PlaceRow(GARDEN, CUIWEI, "estate", "锦绣桂园"),
    PlaceRow(GARDEN_PHASE_TWO, GARDEN, "estate", "二期"),
    PlaceRow(TWENTY_ONE, CUIWEI, "community", "翠微路21号社区居委会"),
]
_SIZES = {
    YUCHENG_ESTATE: 12,
    SUNSHINE_SHAHE: 30,
    SUNSHINE_ZHOUJIABA: 6,
    LIULI_EIGHT: 3,
    GARDEN: 2,
    GARDEN_PHASE_TWO: 5,
}


def _numbered() -> list[PlaceRow]:
    rows: list[PlaceRow] = []

    def add(parent: int, kind: str, name: str) -> int:
        rows.append(PlaceRow(100 + len(rows), parent, kind, name))
        return rows[-1].id

    for estate, size in _SIZES.items():
        for building in range(1, size + 1):
            here = add(estate, "building", f"{building}栋")
            for unit in (1, 2):
                there = add(here, "unit", f"{unit}单元")
                for room in ("101", "102", "501", "1203"):
                    add(there, "household", room)
    add(YUCHENG_ESTATE, "building", "综合楼")
    add(SUNSHINE_SHAHE, "building", "A座")
    return rows


ROWS = _PLACES + _numbered()
GAZETTEER = Gazetteer.build(ROWS)
_BY_ID = {row.id: row for row in ROWS}


def path(place_id: int) -> str:
    """Names from the street down: 沙河街道/玉城社区居民委员会/玉城家园/3栋."""
    names: list[str] = []
    at: int | None = place_id
    while at is not None and at != DISTRICT:
        names.append(_BY_ID[at].name)
        at = _BY_ID[at].parent_id
    return "/".join(reversed(names)) or _BY_ID[DISTRICT].name


def place(parent: int, *names: str) -> int:
    """The id of a place below another by the names on the way: place(YUCHENG_ESTATE, "3栋", "2单元")."""
    for name in names:
        parent = next(row.id for row in ROWS if row.parent_id == parent and row.name == name)
    return parent


def find(text: str, within: int | None = None) -> list[Match]:
    return GAZETTEER.find(text, within)


def surest(text: str, within: int | None = None) -> int | None:
    """The place that a text speaks of with a confidence of at least one half."""
    matches = find(text, within)
    return matches[0].place_id if matches and matches[0].confidence >= 0.5 else None


def codes(match: Match) -> set[str]:
    return {reason.code for reason in match.why}
