"""What component templates need beyond Django's own tags. Load with `{% load components %}`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from yuanba.web import drawings, due
from yuanba.web.due import DueReading, Tone

register = template.Library()

LATIN = re.compile("[a-z]{3,}")
# Not the names between braces that stand for something.
LATIN_WORD = re.compile(r"(?<![{\w])[A-Za-z]{2,}(?![\w}])")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
CALLOUT_ICONS = {"done": "done", "attention": "warning", "error": "error"}


@register.simple_tag
def icon(name: object, label: object = "", large: bool = False) -> SafeString:
    """See `drawings.icon`."""
    return drawings.icon(str(name), str(label), large)


@register.simple_tag
def tongue(text: object) -> SafeString:
    """The `lang` of an element that holds `text`, where this is Chinese and the page is not: a screen reader would else
    spell it out. What people wrote and what a playbook calls things is shown as it is in every language. A sentence of
    the page's own in which a Chinese name stands is the page's.
    """
    if (get_language() or "").startswith("zh"):
        return SafeString("")
    words = str(text)
    return SafeString(' lang="zh"' if HAN.search(words) and not LATIN.search(words) else "")


@register.simple_tag
def mixed_tongue(text: object) -> SafeString:
    """The `lang` of an element that may hold a text of either language, such as a playbook's wordings, where it is not
    the page's: by which of the two most of its words are in.
    """
    words = str(text)
    han, latin = len(HAN.findall(words)), len(LATIN_WORD.findall(words))
    in_chinese = (get_language() or "").startswith("zh")
    if in_chinese:
        return SafeString(' lang="en"' if latin > han else "")
    return SafeString(' lang="zh"' if han > latin else "")


@register.simple_tag
def tier_badge(level: object, name: object) -> SafeString:
    """See `drawings.tier`; a level that is no number is drawn as the lowest."""
    try:
        number = int(str(level))
    except ValueError:
        number = 1
    return drawings.tier(number, str(name), tongue(name))


@register.simple_tag
def state_badge(code: object, label: object, paused: object = False) -> SafeString:
    """See `drawings.state`."""
    return drawings.state(str(code), str(label), bool(paused))


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
def due_line(
    at: datetime | None,
    words: str = "",
    tone: Tone | Literal[""] = "",
    paused: object = False,
    over: object = False,
    label: object = "",
) -> SafeString:
    """What c-due draws: the caller's words and tone before those counted from now; nothing if no deadline. `label` says
    what the day is for; what has ended, or stands still, has none.
    """
    moment = at if isinstance(at, datetime) else None
    if over:
        reading = due.ended()
    elif paused:
        reading = due.paused()
    elif moment:
        reading = due.due_reading(moment, timezone.now())
    elif words:
        reading = DueReading(words, "calm")
    else:
        return SafeString("")
    named = "" if over or paused else str(label or "")
    told = reading.tone if over or paused else tone or reading.tone
    return drawings.deadline(replace(reading, words=words or reading.words, tone=told), moment, named)


@register.simple_tag
def described_by(field: BoundField, help_text: object = "") -> str:
    """Ids of the help and the error that c-field draws for `field`, for its aria-describedby."""
    help_id = [f"{field.auto_id}_helptext"] if help_text else []
    error_id = [f"{field.auto_id}_error"] if field.errors else []
    return " ".join(help_id + error_id)


@register.simple_tag
def field_widget(field: BoundField, described: str = "") -> SafeString:
    """The field's own widget, tied to its help and error also where the help came from the component.

    Without the placeholders that packages give their forms: they repeat the label and vanish while one types.
    """
    tied = {"aria-describedby": described} if described else {}
    return field.as_widget(attrs={"placeholder": False, **tied})


@register.filter
def short_day(at: object) -> str:
    """See `drawings.short_day`; empty for what is no moment."""
    return drawings.short_day(at) if isinstance(at, datetime) else ""


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
