"""Calls to departments (吹哨报到) for those concerned: what we are called to, and whom we called."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Fields, Power, Viewer
from yuanba.kernel.errors import Denied, Invalid
from yuanba.kernel.keyset import PAGE_SIZE, Page, page
from yuanba.matters.models import Party, Whistle
from yuanba.matters.seeing import seen_of

_OF_MATTER = Fields(
    path="matter__place_path",
    street="matter__street_id",
    community="matter__community_id",
    owner="caller_id",
    accused="matter__accused_path",
)
# The next step's deadline is the same time after each call, so the oldest call breaks first; by its own index.
_OLDEST = ("joined_at", "pk")
_NEWEST = ("-pk",)


class Side(models.TextChoices):
    """From which side one looks at calls."""

    WAITING = "waiting", gettext_lazy("Called to us")
    ANSWERED = "answered", gettext_lazy("Reported by us")
    CALLING = "calling", gettext_lazy("We called")


def sides(viewer: Viewer) -> list[Side]:
    """The sides that this viewer has, the one with work to do first."""
    called = [Side.WAITING, Side.ANSWERED] if viewer.scope(Power.HANDLE).organizations else []
    return [*called, Side.CALLING] if Power.WHISTLE in viewer.powers else called


def is_concerned(viewer: Viewer) -> bool:
    """Whether calls are part of this viewer's everyday: those who may call, and offices without a ground of their own,
    such as departments, which work where they are called.
    """
    return Power.WHISTLE in viewer.powers or (bool(sides(viewer)) and not viewer.scope(Power.SEE).territories)


def checked_side(viewer: Viewer, wanted: str) -> Side:
    """The side asked for, or the viewer's first. Raises `Invalid` for an unknown one, `Denied` for one that the viewer
    does not have.
    """
    mine = sides(viewer)
    if not mine:
        raise Denied(_("Your post neither calls departments nor is called."))
    if not wanted:
        return mine[0] if Power.WHISTLE not in viewer.powers else Side.CALLING
    if wanted not in Side.values:
        raise Invalid(_("There is no such list."), field="side")
    if wanted not in mine:
        raise Denied(_("Your post does not include this list."))
    return Side(wanted)


def calls_to(viewer: Viewer, side: Side, *, after: str = "", size: int = PAGE_SIZE) -> Page[Party]:
    """Calls to the viewer's organizations: those that wait for a step, the oldest first, or those that are over;
    without what the viewer may know nothing of.
    """
    mine = viewer.scope(Power.HANDLE)
    rows = Party.objects.filter(organization_id__in=sorted(mine.organizations), whistle__isnull=False)
    rows = rows.select_related("organization", "whistle__caller", "matter__owner", "matter__place")
    if mine.barred:
        rows = rows.exclude(matter__accused_path__in=sorted(mine.barred))
    over = models.Q(reported_at__isnull=False) | models.Q(ended_at__isnull=False)
    if side == Side.WAITING:
        found = page(rows.filter(reported_at=None, ended_at=None), _OLDEST, after, size)
    else:
        found = page(rows.filter(over), _NEWEST, after, size)
    seen = seen_of(viewer, (row.matter_id for row in found.rows))
    return Page([row for row in found.rows if row.matter_id in seen], found.next)


def calls_by(viewer: Viewer, *, after: str = "", size: int = PAGE_SIZE) -> Page[Whistle]:
    """Calls of the viewer's organizations and ground, newest first, each with those who were called; without what the
    viewer may know nothing of any more.
    """
    reach = viewer.scope(Power.WHISTLE).condition(_OF_MATTER)
    called = Prefetch("calls", Party.objects.select_related("organization").order_by("pk"))
    rows = Whistle.objects.filter(reach).select_related("caller", "matter__owner", "matter__place")
    found = page(rows.prefetch_related(called), _NEWEST, after, size)
    seen = seen_of(viewer, (row.matter_id for row in found.rows))
    kept: Sequence[Whistle] = [row for row in found.rows if row.matter_id in seen]
    return Page(kept, found.next)
