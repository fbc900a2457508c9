"""What leaders watch over, and what was promised in their streets: read for those who answer for it."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied
from yuanba.kernel.keyset import Page, page
from yuanba.matters.clockwork import WITH_THE_RESIDENT
from yuanba.matters.models import Matter, TimeRequest
from yuanba.matters.queries import BY_DUE, NEWEST, ROW
from yuanba.places.kinds import PlaceKind

DAYS_AHEAD = 14
# Whoever sees no more than a community has no list of watches: the matter's own page tells them.
_WIDE = frozenset(
    {PlaceKind.STREET, PlaceKind.DISTRICT, PlaceKind.CITY, PlaceKind.PROVINCE, PlaceKind.NATION}
)


def sees_watches(viewer: Viewer) -> bool:
    """Whether the viewer has the list of what is under watch: a street, a district, or a watch of their own."""
    scope = viewer.scope(Power.SEE)
    wide = any(territory.kind in _WIDE for territory in scope.territories)
    return scope.everywhere or wide or (Power.SUPERVISE in viewer.powers and not scope.empty)


def watched(viewer: Viewer, *, ended: bool = False, after: str = "") -> Page[Matter]:
    """The supervision list (督办清单): open ones by what breaks first, or ended ones, newest first. Raises `Denied`."""
    if not sees_watches(viewer):
        raise Denied(_("Your post does not include this list."))
    rows = _within(viewer).filter(supervisor__isnull=False)
    if ended:
        return page(rows.filter(stopped_at__isnull=False), NEWEST, after)
    return page(rows.filter(stopped_at=None), BY_DUE, after)


def _within(viewer: Viewer) -> QuerySet[Matter]:
    """What the viewer sees by post, or watches over; never what complains about where they work."""
    scope = viewer.scope(Power.SEE)
    rows = Matter.objects.select_related(*ROW, "supervisor__organization")
    if scope.barred:
        rows = rows.exclude(accused_path__in=sorted(scope.barred))
    return rows.filter(scope.condition() | Q(supervisor_id__in=sorted(viewer.posts)))


def my_watch(viewer: Viewer, *, size: int) -> Page[Matter]:
    """Open matters under the viewer's own watch, by what breaks first. Raises `Denied` for whoever can't have one."""
    viewer.require(Power.SUPERVISE)
    mine = Q(supervisor_id__in=sorted(viewer.posts))
    return page(_within(viewer).filter(mine, stopped_at=None), BY_DUE, "", size)


def promises(viewer: Viewer, *, after: str = "", size: int, now: datetime | None = None) -> Page[Matter]:
    """What residents of the viewer's streets were promised for the next fourteen days and still wait for, by that
    day. Each row has ``extended_by``, the limit of the last extension that was granted, or None.

    A step's deadline never lies behind that of the whole, so the index of open matters by deadline finds them. While
    the clock stands or the resident is asked, no day is promised.
    """
    viewer.require(Power.SUPERVISE)
    moment = now or timezone.now()
    until = moment + timedelta(days=DAYS_AHEAD)
    granted = TimeRequest.objects.filter(
        matter=OuterRef("pk"), kind=TimeRequest.Kind.EXTENSION, approved=True
    ).order_by("-decided_at")
    reach = viewer.scope(Power.SUPERVISE).condition()
    rows = (
        _within(viewer)
        .filter(reach, stopped_at=None, paused_at=None, due_at__lt=until)
        .filter(total_due_at__gte=moment, total_due_at__lt=until)
        .exclude(state__in=sorted(WITH_THE_RESIDENT))
        .annotate(extended_by=Subquery(granted.values("limit")[:1]))
    )
    return page(rows, ("total_due_at", "pk"), after, size)
