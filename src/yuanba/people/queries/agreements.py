"""Joint construction as the community's own page lists it."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from yuanba.people.models import Agreement, CheckIn, Organization

PAGE = 50


def agreements_of(community: Organization, on: date | None = None) -> QuerySet[Agreement]:
    """Agreements of a community in force on a day (today), newest first."""
    day = on or timezone.localdate()
    rows = community.agreements.filter(Q(until_on=None) | Q(until_on__gte=day), signed_on__lte=day)
    return rows.select_related("unit", "deputy_post").order_by("-signed_on", "-pk")


def check_ins_at(
    community: Organization, *, before: tuple[date, int] | None = None, limit: int = PAGE
) -> QuerySet[CheckIn]:
    """Officials who reported at a community, newest first; the next page `before` a (day, key)."""
    rows = community.check_ins.select_related("person")
    if before is not None:
        day, key = before
        rows = rows.filter(Q(checked_in_on__lt=day) | Q(checked_in_on=day, pk__lt=key))
    return rows.order_by("-checked_in_on", "-pk")[:limit]
