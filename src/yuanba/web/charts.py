"""Pictures of numbers, measured here and drawn by <c-chart> as SVG on the server.

All lengths are shares of the picture in per cent, so that one drawing fits a phone and a wall, its words keep the
size of the page's, and no style attribute is needed. See docs/decisions/0016-charts-and-maps.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import floor, log10
from typing import ClassVar, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise
Number = int | float

# A part narrower than this has no room for its own number; the number stands in the table, and the sum beside it.
NUMBER_FITS = 10.0


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a picture: first column names the rows; the others are figures."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One of the kinds that a stacked bar is cut into; ``level`` chooses the colour, 1 to 4 as of tiers."""

    name: Text
    level: int


@dataclass(frozen=True, slots=True)
class Pile:
    """One line of `Stack`: a number for each layer."""

    label: Text
    counts: tuple[int, ...]
    url: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Cut:
    """One part of a pile as it is drawn: where it starts, how long it is, and its number if there is room."""

    level: int
    start: str
    length: str
    middle: str
    number: str
    words: str


@dataclass(frozen=True)
class Stack:
    """Bars cut by tier, easy to hard. ``name`` is unique on the page."""

    kind: ClassVar[str] = "stack"
    name: str
    title: Text
    heading: Text
    layers: Sequence[Layer]
    rows: Sequence[Pile]
    summary: Text = ""

    def drawn(self) -> Iterator[tuple[Pile, list[Cut]]]:
        """Each line with its parts; parts of nothing are left out."""
        top = max((row.total for row in self.rows), default=0) or 1
        for row in self.rows:
            yield row, list(self._cuts(row, top))

    def _cuts(self, row: Pile, top: Number) -> Iterator[Cut]:
        before = 0
        for layer, count in zip(self.layers, row.counts, strict=True):
            if count:
                yield Cut(
                    level=layer.level,
                    start=_share(before, top),
                    length=_share(count, top),
                    middle=_share(before + count / 2, top),
                    number=str(count) if 100 * count / top >= NUMBER_FITS else "",
                    words=f"{layer.name}: {count}",
                )
            before += count

    @property
    def table(self) -> Table:
        columns = (self.heading, *(layer.name for layer in self.layers), _("Together"))
        rows = tuple((row.label, *map(str, row.counts), str(row.total)) for row in self.rows)
        return Table(columns, rows)


@dataclass(frozen=True, slots=True)
class Point:
    """One moment of a curve. ``value`` None leaves a gap; ``cells`` go to the table before it."""

    label: Text
    value: Number | None
    cells: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Dot:
    """A point as it is drawn, with the line to it from the point before, unless there was a gap."""

    x: str
    y: str
    words: str
    from_x: str = ""
    from_y: str = ""


@dataclass(frozen=True)
class Curve:
    """A line of one number over weeks or months, with the target it is held against.

    ``top`` is the number at the upper edge, found from the points where it is None. ``size`` small leaves the axis
    out, for many curves beside each other. ``columns`` are the headings of the points' own cells.
    """

    kind: ClassVar[str] = "curve"
    name: str
    title: Text
    heading: Text
    points: Sequence[Point]
    target: Number | None = None
    target_label: Text = ""
    unit: str = ""
    top: Number | None = None
    size: Literal["", "small"] = ""
    summary: Text = ""
    columns: tuple[Text, ...] = field(default=())

    @property
    def height(self) -> Number:
        return self.top if self.top is not None else _top([self.target, *(row.value for row in self.points)])

    @property
    def steps(self) -> list[str]:
        """What the axis says, from the upper edge down."""
        return [told(_plain(self.height * part), self.unit) for part in (1, 0.5, 0)]

    @property
    def target_y(self) -> str:
        return "" if self.target is None else self._y(self.target)

    @property
    def ends(self) -> list[Text]:
        """The labels below: the first, the middle and the last."""
        labels = [row.label for row in self.points]
        return labels if len(labels) < 3 else [labels[0], labels[len(labels) // 2], labels[-1]]

    @property
    def last(self) -> str:
        """The newest number there is, in words."""
        values = [row.value for row in self.points if row.value is not None]
        return told(values[-1], self.unit) if values else ""

    @property
    def dots(self) -> list[Dot]:
        found: list[Dot] = []
        before: Dot | None = None
        room = max(len(self.points) - 1, 1)
        for index, row in enumerate(self.points):
            if row.value is None:
                before = None
                continue
            x = _share(index, room) if len(self.points) > 1 else "50%"
            dot = Dot(x, self._y(row.value), f"{row.label}: {told(row.value, self.unit)}")
            if before is not None:
                dot = Dot(dot.x, dot.y, dot.words, before.x, before.y)
            found.append(dot)
            before = dot
        return found

    def _y(self, value: Number) -> str:
        return _share(max(self.height - value, 0), self.height)

    @property
    def table(self) -> Table:
        rows = tuple((row.label, *row.cells, told(row.value, self.unit)) for row in self.points)
        return Table((self.heading, *self.columns, self.title), rows)


Chart = Stack | Curve


def told(value: Number | None, unit: str = "") -> str:
    """A number as people read it; a dash for one that is not told."""
    if value is None:
        return "—"
    plain = _plain(value)
    return f"{plain}{unit}"


def _plain(value: Number) -> Number:
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _share(part: Number, whole: Number) -> str:
    """A length as SVG takes it, whatever the language writes for a decimal point."""
    return f"{min(100 * part / whole, 100):.2f}%"


def _top(values: Iterable[Number | None]) -> Number:
    """A round number at or above them all, at least 1."""
    known = [value for value in values if value is not None]
    most = max(known, default=1)
    if most <= 1:
        return 1
    step = 10.0 ** floor(log10(most))
    return next(size * step for size in (1, 2, 5, 10) if size * step >= most)
