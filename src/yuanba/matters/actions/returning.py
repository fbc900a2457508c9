"""Trouble that comes back and is only recognised once a person has said what it is or where (M9)."""

from yuanba.matters.changing import Change
from yuanba.matters.models import MatterLink
from yuanba.matters.recurring import Watched, known_return, recurrence_plans


def link_return(change: Change) -> None:
    """Link a matter whose kind or place a person has just set to the struck-off one whose trouble is back, and
    raise the alarm; a link goes that its kind or place no longer bears out, or that a complaint must not have.
    """
    matter = change.matter
    watched = Watched([matter]).before(matter)
    key = watched.pk if watched is not None else None
    known = known_return(matter)
    if key == known:
        return
    if known is not None:
        MatterLink.objects.filter(matter=matter, kind=MatterLink.Kind.RECURRENCE).delete()
    change.data["came_back"] = key or 0
    if watched is not None:
        MatterLink.objects.create(matter=matter, other=watched, kind=MatterLink.Kind.RECURRENCE, at=change.at)
        change.notices += recurrence_plans(matter, watched)
