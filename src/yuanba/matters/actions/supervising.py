"""A leader takes a matter under personal watch, to its end (一包到底)."""

from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Denied, NotAllowed
from yuanba.matters.changing import changing
from yuanba.matters.models import Matter
from yuanba.matters.owners import is_vacant


def supervise(
    matter_id: int, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Take the matter under the actor's own watch, also where the rules gave it to that post already, or to one that
    nobody holds. Raises `Denied` without a post, `NotAllowed` when another has it.
    """
    with changing(matter_id, "supervise", actor=actor, version=version, at=at) as change:
        post_id = change.post_id
        if post_id is None:
            raise Denied(_("Only a person in a leading post can supervise."))
        before = change.matter.supervisor
        if before is not None and before.pk != post_id:
            if not is_vacant(before):
                raise NotAllowed(_("This matter is supervised already."), code="supervised")
            change.data["instead_of"] = before.pk
        change.matter.supervisor_id = post_id
        change.data["supervisor"] = post_id
        change.tell_organization(change.matter.owner_id, "supervision", owner=change.matter.owner.called)
    return change.matter


def release(
    matter_id: int, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Give up a watch; only the post that holds it can. Raises `Denied` for any other."""
    with changing(matter_id, "release", actor=actor, version=version, at=at) as change:
        change.data["supervisor"] = change.matter.supervisor_id
        change.matter.supervisor = None
    return change.matter
