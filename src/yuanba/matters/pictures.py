"""Which photos of a matter who may see: its requester, those who joined, the offices, and everybody."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import Missing
from yuanba.matters.boards import Private, quiet, unshielded
from yuanba.matters.models import Matter, Outcome, Photo
from yuanba.matters.queries import at_place
from yuanba.places.models import Place

MOST_DONE = 4
"""Matters that a page of everybody's shows with photos."""


def photos_for(matter: Matter, viewer: Viewer) -> QuerySet[Photo]:
    """The photos of a matter that its viewer may see, oldest first. Who joined another sees with their own what the
    office attached to the answers that they share, and nothing that the other resident sent.
    """
    mine = Q(matter=matter)
    if viewer.matter_id == matter.pk and matter.lead_id is not None:
        mine |= Q(matter=matter.lead_id, moment=Photo.Moment.AFTER)
    return Photo.objects.filter(mine).order_by("pk")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about one matter, with the photos that everybody may see."""

    matter: Matter
    before: list[Photo]
    after: list[Photo]


def done_at(place: Place, private: Private | None = None) -> list[Done]:
    """What was done last at a place or below it, as far as an office has released photos of it: two queries."""
    ended = _shown(private).filter(at_place(place))
    newest = Photo.objects.filter(released=True, moment=Photo.Moment.AFTER, matter__in=ended)
    keys = dict.fromkeys(newest.order_by("-pk").values_list("matter_id", flat=True)[: MOST_DONE * 6])
    return _done(list(keys)[:MOST_DONE])


def _done(keys: list[int]) -> list[Done]:
    if not keys:
        return []
    photos: dict[int, list[Photo]] = defaultdict(list)
    rows = Photo.objects.filter(matter__in=keys, released=True).select_related(
        "matter__owner", "matter__place__parent__parent__parent__parent"
    )
    for photo in rows.order_by("pk"):
        photos[photo.matter_id].append(photo)
    return [
        Done(found[0].matter, _of(found, Photo.Moment.BEFORE), _of(found, Photo.Moment.AFTER))
        for found in (photos[key] for key in keys)
    ]


def _of(photos: Iterable[Photo], moment: Photo.Moment) -> list[Photo]:
    return [photo for photo in photos if photo.moment == moment]


def released_photo(photo_id: int) -> Photo:
    """A photo that everybody may see. Raises `Missing`, also for one that somebody is protected by hiding."""
    rows = Photo.objects.filter(pk=photo_id, released=True, matter__in=_shown())
    photo = rows.select_related("file").first()
    if photo is None:
        raise Missing(_("There is no such photo."))
    return photo


def _shown(private: Private | None = None) -> QuerySet[Matter]:
    """Ended matters of which released photos may be shown: what an answer has done, never what protects somebody and
    nothing of private life.
    """
    return quiet(unshielded(), private).filter(outcome__in=[Outcome.SOLVED, Outcome.NO_ANSWER])
