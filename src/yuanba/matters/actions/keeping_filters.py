"""Filters that a person has named, to find them again: theirs alone, and no part of any matter."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Denied, Invalid, Missing
from yuanba.matters.models import SavedFilter
from yuanba.matters.reporting import checked_line

MOST = 20
QUERY_LENGTH = 500
NAME_LENGTH = 30


def save_filter(
    which: SavedFilter.List, name: str, query: str, *, actor: Viewer, at: datetime | None = None
) -> SavedFilter:
    """Keep a filter of one list under a name; one of the same name gives way.

    Raises `Invalid` without a name or a filter, for one too long, and past the twentieth, `Denied` for a program.
    """
    if actor.person_id is None:
        raise Denied(_("Only a person keeps filters."))
    called = checked_line(name, "name", NAME_LENGTH)
    if not called:
        raise Invalid(_("Give the filter a name."), field="name", code="empty")
    if not query or len(query) > QUERY_LENGTH:
        raise Invalid(_("There is no filter to keep, or it is too long."), field="query")
    with transaction.atomic():
        mine = SavedFilter.objects.filter(person_id=actor.person_id)
        if mine.exclude(list=which, name=called).count() >= MOST:
            raise Invalid(
                _("At most %(most)d filters are kept. Forget one first.") % {"most": MOST},
                field="name",
                code="too_many",
            )
        saved, _made = mine.update_or_create(
            list=which,
            name=called,
            defaults={"query": query, "saved_at": at or timezone.now()},
            create_defaults={
                "person_id": actor.person_id,
                "query": query,
                "saved_at": at or timezone.now(),
            },
        )
    return saved


def forget_filter(key: int, *, actor: Viewer) -> None:
    """Drop one of the actor's own filters. Raises `Missing` for any other."""
    mine = SavedFilter.objects.filter(pk=key, person_id=actor.person_id or 0)
    if not mine.delete()[0]:
        raise Missing(_("There is no such filter."))


def forget_filters_of_the_forgotten() -> int:
    """What people who were forgotten had named goes with them; returns how many. Safe to run twice."""
    dropped, _kinds = SavedFilter.objects.filter(person__forgotten_at__isnull=False).delete()
    return dropped
