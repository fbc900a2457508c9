"""Ringing who asked: the full telephone number, against a reason, shown once and journaled."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Missing
from yuanba.matters.models import Matter
from yuanba.matters.seeing import can_see, sees_requester
from yuanba.people.actions import unmask


def may_unmask(viewer: Viewer, matter: Matter) -> bool:
    """Whether the viewer may ask for the number: only where the masked one is shown already, and in a post, so
    that the journal names somebody.
    """
    return (
        bool(viewer.posts)
        and matter.requester is not None
        and bool(matter.requester.phone)
        and sees_requester(viewer, matter)
        and viewer.may(Power.UNMASK, matter)
    )


def unmask_requester(matter_id: int, reason: str, *, actor: Viewer, at: datetime | None = None) -> str:
    """The telephone number of a matter's requester; who saw it and why stands in the journal before it is given.

    Raises `Missing` for a matter the actor may not know of, `Denied` without the power over it or where no
    number was left, `Invalid` for a reason that is not listed.
    """
    with transaction.atomic():
        matter = Matter.objects.select_related("requester").filter(pk=matter_id).first()
        if matter is None or not can_see(actor, matter):
            raise Missing(_("There is no such matter."))
        if matter.requester is None or not may_unmask(actor, matter):
            raise Denied(_("Your post does not include seeing full phone numbers here."))
        return unmask(
            matter.requester.pk,
            reason=reason,
            subject=matter,
            about=f"matter:{matter.pk}",
            actor=actor,
            at=at or timezone.now(),
        )
