"""Which move can be taken back: a slip, by whoever made it, at once, while nobody has acted since."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer, hand_of
from yuanba.kernel.errors import Denied, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.matters.models import Matter

SLIPS = frozenset({"dispatch", "claim"})
"""Nobody else has done or read anything by them yet that taking them back would undo as well."""
OFFERED = timedelta(seconds=60)
# What is pressed in the last second of the offer still has to arrive.
WITHIN = timedelta(minutes=2)


def slip_of(viewer: Viewer, matter: Matter, at: datetime) -> Entry:
    """The entry of the matter's last move, if this viewer may take it back at that time.

    Raises `NotAllowed` when anything else has happened since or the time for it is over, `Denied` for anybody else.
    """
    entries = Entry.objects.filter(subject_kind=Matter.journal_kind, subject_id=matter.pk)
    last = entries.get(seq=matter.version)
    if last.kind not in SLIPS:
        raise NotAllowed(_("There is nothing to undo: something else has happened since."), code="no_slip")
    if not viewer.posts or hand_of(last.actor) != viewer.hand:
        raise Denied(_("Only the person who did it can undo it."))
    if at - last.at > WITHIN:
        raise NotAllowed(_("It is too late to undo this. Call it back or hand it on."), code="too_late")
    return last
