"""Photos that come with a move, and which of them everybody may see."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.files.models import StoredFile
from yuanba.matters.changing import Change, changing
from yuanba.matters.models import Matter, Photo
from yuanba.matters.reporting import MOST_AFTER, MOST_STILL


def attach(change: Change, photos: Sequence[int], moment: Photo.Moment, *, released: bool = False) -> None:
    """Keep stored photos, by key, with the move in progress; its entry names them by their hashes.

    Raises `Invalid` for too many of them and for a key that is not a photo's.
    """
    keys = tuple(dict.fromkeys(photos))
    if not keys:
        return
    most = MOST_AFTER if moment == Photo.Moment.AFTER else MOST_STILL
    if len(keys) > most:
        raise Invalid(_("At most %(most)d photos fit.") % {"most": most}, field="photos")
    stored = StoredFile.objects.filter(kind=StoredFile.Kind.PHOTO).in_bulk(keys)
    if len(stored) < len(keys):
        raise Invalid(_("There is no such photo."), field="photos")
    Photo.objects.bulk_create(
        Photo(
            matter=change.matter,
            file_id=key,
            moment=moment,
            entry_seq=change.matter.version + 1,
            released=released,
            at=change.at,
        )
        for key in keys
    )
    change.data["photos"] = [stored[key].sha256 for key in keys]
    if released:
        change.data["released"] = len(keys)


def check_may_release(matter: Matter) -> None:
    """Raises `NotAllowed` for what protects somebody: nothing of it is ever shown to everybody."""
    if matter.confidential or matter.accused_path:
        raise NotAllowed(
            _("This request is protected. Nothing of it can be shown to everyone."), code="protected"
        )


def release_request_photos(change: Change) -> None:
    """Let everybody see the photos that came with the request."""
    found = change.matter.photos.filter(moment=Photo.Moment.BEFORE, released=False).update(released=True)
    if found:
        change.data["request_photos_released"] = found


def take_back_photos(change: Change) -> int:
    """Show none of the matter's photos to everybody any more; how many there were."""
    found = Photo.objects.filter(matter=change.matter, released=True).update(released=False)
    if found:
        change.data["hidden"] = found
    return found


def hide_photos(
    matter_id: int, *, actor: Viewer, version: int | None = None, at: datetime | None = None
) -> Matter:
    """Take back that everybody may see the matter's photos: by its requester, or by any office that sees it.

    Raises `NotAllowed` when none of them is shown.
    """
    with changing(matter_id, "hide_photos", actor=actor, version=version, at=at) as change:
        if not take_back_photos(change):
            raise NotAllowed(_("None of its photos is shown to everyone."), code="nothing_shown")
    return change.matter
