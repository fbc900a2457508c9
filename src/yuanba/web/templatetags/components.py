"""What component templates need beyond Django's own tags. Load with `{% load components %}`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yuanba.web import due
from yuanba.web.due import DueReading, Tone

register = template.Library()

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

CALLOUT_ICONS = {"done": "done", "attention": "warning", "error": "error"}


@register.simple_tag
def icon(name: str, label: str = "", large: bool = False) -> SafeString:
    """A drawing from the one set (frontend/icons.json). Without `label` it is decoration and is not read out."""
    return format_html(
        '<svg class="icon{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        " icon--large" if large else "",
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        static("dist/icons.svg"),
        name,
    )


@register.simple_tag
def classes(block: str, *modifiers: str, extra: str = "", **flags: object) -> str:
    """`block block--modifier … block--flag extra`: empty modifiers and false flags fall away."""
    chosen = [name for name in modifiers if name] + [name for name, holds in flags.items() if holds]
    return " ".join([block, *(f"{block}--{name}" for name in chosen), *extra.split()])


@register.filter
def html_attrs(attrs: object) -> SafeString:
    """The attributes that a component passes on, every value escaped (cotton's own output is not)."""
    left = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs
    if not isinstance(left, Mapping):
        return SafeString("")
    return flatatt({name: value for name, value in left.items() if value not in ("", None)})


@register.simple_tag
def due_reading(
    at: datetime | None, words: str = "", tone: Tone | Literal[""] = "", paused: object = False, over: object = False
) -> DueReading | None:
    """What c-due says: the caller's words and tone before those counted from now; None when there is no deadline."""
    if over:
        reading = due.ended()
    elif paused:
        reading = due.paused()
    elif isinstance(at, datetime):
        reading = due.due_reading(at, timezone.now())
    elif words:
        reading = DueReading(words, "calm")
    else:
        return None
    return replace(reading, words=words or reading.words, tone=tone or reading.tone)


@register.filter
def tier_level(level: object) -> int:
    """A tier's place on the drawn scale of four, whatever a playbook counts to."""
    try:
        number = int(str(level))
    except ValueError:
        return 1
    return min(max(number, 1), HARDEST_TIER_DRAWN)


@register.simple_tag
def described_by(field: BoundField, help_text: object = "") -> str:
    """Ids of the help and the error that c-field draws for `field`, for its aria-describedby."""
    help_id = [f"{field.auto_id}_helptext"] if help_text else []
    error_id = [f"{field.auto_id}_error"] if field.errors else []
    return " ".join(help_id + error_id)


@register.simple_tag
def field_widget(field: BoundField, described: str = "") -> SafeString:
    """The field's own widget, tied to its help and error also where the help came from the component."""
    return field.as_widget(attrs={"aria-describedby": described} if described else {})


@register.filter
def state_tone(state: str) -> str:
    """Which of five tones a matter's state is drawn in; an unknown state is drawn as new."""
    return STATE_TONES.get(state, "new")


@register.filter
def callout_icon(tone: str) -> str:
    return CALLOUT_ICONS.get(tone, "info")


@register.filter
def message_tone(level_tag: str) -> str:
    """The callout for a message of Django's messages framework."""
    return {"success": "done", "warning": "attention", "error": "error"}.get(level_tag, "info")


@register.filter
def first_character(text: object) -> str:
    return str(text).strip()[:1]
