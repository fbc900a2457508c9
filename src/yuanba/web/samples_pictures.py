"""Synthetic numbers and places for the charts and the map of the style page."""

from typing import Any

from django.utils.translation import gettext as _

from yuanba.web.charts import Curve, Layer, Pile, Point, Stack
from yuanba.web.samples import TIERS
from yuanba.web.shapes import Spot

STREETS = ("太白街道", "牌楼街道", "一条名字特别长的街道办事处辖区")
IN_TIME = (64, 71, None, 70, 78.5, 84, 90, 88, 93, 97, 96, 100)


def stack() -> Stack:
    counts = ((12, 30, 9, 2), (3, 41, 22, 11), (0, 1, 0, 0))
    return Stack(
        name="sample-stack",
        title=_("Open now, by tier"),
        heading=_("Street"),
        layers=[Layer(name, level) for level, name in TIERS],
        rows=[Pile(name, parts, "#style-pictures") for name, parts in zip(STREETS, counts, strict=True)],
    )


def curve(*values: float | None, name: str = "sample-curve", small: bool = False) -> Curve:
    return Curve(
        name=name,
        title=_("Answered in time"),
        heading=_("Week from"),
        points=[
            Point(f"{9 + week // 4:02}-{1 + 7 * (week % 4):02}", value) for week, value in enumerate(values)
        ],
        target=100,
        target_label=_("promised: all of them"),
        unit="%",
        top=100,
        size="small" if small else "",
        summary="" if small else _("A week without answers leaves a gap."),
    )


def spots() -> list[Spot]:
    return [
        Spot("玉泉社区", "#style-pictures", "12", "late", _("something is late")),
        Spot("太白岩社区", "#style-pictures", "64", "soon", _("due within a day")),
        Spot("牌楼社区", "#style-pictures", _("under 5"), "calm", _("in time")),
        Spot("天城社区", "#style-pictures", "0", "none", "—"),
    ]


def picture_context() -> dict[str, Any]:
    """What web/style/pictures.html draws: full, with gaps, and with nothing."""
    return {
        "stack": stack(),
        "curve": curve(*IN_TIME),
        "small_curve": curve(*IN_TIME, name="sample-small", small=True),
        "empty_curve": curve(name="sample-empty"),
        "spots": spots(),
    }
