"""Notices that an office has read."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yuanba.kernel.authority import Viewer
from yuanba.matters.models import Notice
from yuanba.matters.seeing import notices_of


def read_notices(up_to: int, *, actor: Viewer, at: datetime | None = None) -> int:
    """Mark what the actor's organizations and posts were told, up to the notice `up_to`, as read.

    An organization reads as one: what one has read is read for all who hold a post there. Returns how many.
    """
    with transaction.atomic():
        waiting = Notice.objects.filter(notices_of(actor), pk__lte=up_to, read_at=None)
        return waiting.update(read_at=at or timezone.now())
