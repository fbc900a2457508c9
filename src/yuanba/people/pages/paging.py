"""Where a list paged by key goes on."""

from datetime import date

from django.http import HttpRequest


def key_after(request: HttpRequest) -> int:
    """The key in ``?after=``, 0 for none or nonsense."""
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def day_and_key_before(request: HttpRequest) -> tuple[date, int] | None:
    """The day and key in ``?before=2026-11-22_17``; None for none or nonsense."""
    day, _, key = request.GET.get("before", "").partition("_")
    try:
        return (date.fromisoformat(day), int(key)) if len(key) < 19 else None
    except ValueError:
        return None
