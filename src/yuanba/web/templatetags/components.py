"""What component templates need beyond Django's own tags. Load with `{% load components %}`."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yuanba.web import due
from yuanba.web.due import DueReading

register = template.Library()

HARDEST_TIER_DRAWN = 4


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


@register.filter
def html_attrs(attrs: object) -> SafeString:
    """The attributes that a component passes on, every value escaped (cotton's own output is not)."""
    left = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs
    if not isinstance(left, Mapping):
        return SafeString("")
    return flatatt({name: value for name, value in left.items() if value not in ("", None)})


@register.simple_tag
def due_reading(at: datetime | None) -> DueReading | None:
    return due.due_reading(at, timezone.now()) if isinstance(at, datetime) else None


@register.filter
def tier_level(level: object) -> int:
    """A tier's place on the drawn scale of four, whatever a playbook counts to."""
    try:
        number = int(str(level))
    except ValueError:
        return 1
    return min(max(number, 1), HARDEST_TIER_DRAWN)


@register.simple_tag
def field_widget(field: BoundField, has_help: bool = False) -> SafeString:
    """The field's own widget, tied to its help and error by id also where the help came from the component."""
    described = [f"{field.auto_id}_helptext"] if has_help else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
    attrs = {} if field.use_fieldset or not described else {"aria-describedby": " ".join(described)}
    return field.as_widget(attrs=attrs)


@register.filter
def first_character(text: object) -> str:
    return str(text).strip()[:1]
