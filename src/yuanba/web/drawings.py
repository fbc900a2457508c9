"""The small drawings that stand many times on a page: icon, tier, state, deadline.

They are written here and not as templates because a list of 25 matters holds two hundred of them: as nested
components its page took 69 ms to draw, this way 11. What does not change is drawn once and kept.
"""

from datetime import datetime
from functools import lru_cache

from django.templatetags.static import static
from django.utils.dateformat import format as date_text
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, localtime

from yuanba.web.due import DueReading

HARDEST_TIER_DRAWN = 4

# Codes of the states in matters.flow: waiting for someone, under way, done, or ended without a result.
STATE_TONES = {
    "awaiting_information": "waiting",
    "arbitration": "waiting",
    "dispatched": "active",
    "claimed": "active",
    "handling": "active",
    "answered": "active",
    "confirmed": "done",
    "closed": "done",
    "withdrawn": "ended",
    "out_of_scope": "ended",
    "merged": "ended",
}

# A flight of four steps; those not yet risen stay as a line on the ground. They print without any colour.
STEP_LEFT_EDGES = ("1", "4.9", "8.8", "12.7")
STEP_HEIGHTS = ("4", "7", "10.500", "14")


@lru_cache(maxsize=1024)
def icon(name: str, label: str = "", large: bool = False) -> SafeString:
    """A drawing of the set in frontend/icons.json. Without `label` it is decoration, not read out."""
    return format_html(
        '<svg class="icon{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        " icon--large" if large else "",
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        static("dist/icons.svg"),
        name,
    )


@lru_cache(maxsize=1024)
def tier(level: int, name: str, tongue: str = "") -> SafeString:
    """A tier's word beside its steps. A playbook may count further than four; the drawing does not. `tongue` is the
    attribute that says in which language the word is, where it is not the page's.
    """
    height = min(max(level, 1), HARDEST_TIER_DRAWN)
    steps = SafeString("").join(
        format_html('<path d="M{} 15v-{}h2.500V15z"/>', left, rise if step <= height else "1.500")
        for step, (left, rise) in enumerate(zip(STEP_LEFT_EDGES, STEP_HEIGHTS, strict=True), start=1)
    )
    return format_html(
        '<span class="tier tier--{}"{}>'
        '<svg class="tier__steps" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>{}</span>',
        height,
        tongue,
        SafeString(steps),
        name,
    )


@lru_cache(maxsize=1024)
def state(code: str, label: str, paused: bool = False) -> SafeString:
    """A matter's state in one of five tones; a code that is not known is drawn as new."""
    return format_html(
        '<span class="state state--{}">{}{}</span>',
        "waiting" if paused else STATE_TONES.get(code, "new"),
        icon("pause" if paused else f"state-{code}"),
        label,
    )


def short_day(at: datetime) -> str:
    """Month and day, and the year where it is not this one."""
    local = localtime(at)
    this_year = local.year == localdate().year
    return date_text(local, get_format("MONTH_DAY_FORMAT" if this_year else "DATE_FORMAT"))


def deadline(reading: DueReading, at: datetime | None, label: str = "") -> SafeString:
    """What the day is for, the reading's words, then the moment itself, in the viewer's own way of writing dates."""
    return format_html(
        '<span class="due due--{}">{}<span class="due__words">{}{}</span>{}</span>',
        reading.tone,
        format_html('<span class="due__for">{}</span>', label) if label else "",
        icon(reading.icon),
        reading.words,
        _moment(at) if at else "",
    )


def _moment(at: datetime) -> SafeString:
    local = localtime(at)
    day = short_day(local)
    time = date_text(local, get_format("TIME_FORMAT"))
    return format_html('<time class="due__date" datetime="{}">{} {}</time>', local.isoformat(), day, time)
