"""Photos on pages: beside the words they came with, as a pair of before and after, and one at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import DomainError, Missing
from yuanba.kernel.files.serving import file_response
from yuanba.matters import queries
from yuanba.matters.models import Matter, Photo
from yuanba.matters.pages.visitors import check_sending
from yuanba.matters.photo_forms import KeepsPhotos
from yuanba.matters.pictures import photos_for
from yuanba.matters.story import Moment
from yuanba.web import shapes

ALT = {
    Photo.Moment.BEFORE: gettext_lazy("Photo taken before"),
    Photo.Moment.AFTER: gettext_lazy("Photo taken after the work"),
    Photo.Moment.STILL: gettext_lazy("Photo of what is not solved yet"),
}


@dataclass(frozen=True, slots=True)
class Pictures:
    """The photos of a matter that its viewer may see, read once for the whole page."""

    rows: Sequence[Photo]
    address: str
    key: str
    matter_id: int

    def drawn(self, rows: Iterable[Photo]) -> list[shapes.Photo]:
        """Photos for the components; what everybody may see says so."""
        return [
            photo_shape(
                photo,
                reverse(self.address, args=[self.key, photo.pk]),
                _("Everyone may see it") if photo.released else "",
            )
            for photo in rows
        ]

    @property
    def sent(self) -> list[shapes.Photo]:
        """What came with the request."""
        return self.drawn(photo for photo in self.rows if photo.moment == Photo.Moment.BEFORE)

    @property
    def released(self) -> bool:
        """Whether everybody may see any of the matter's own: those of one it joined are not its requester's to hide."""
        return any(photo.released for photo in self.rows if photo.matter_id == self.matter_id)

    def done(self, whole: Matter) -> list[shapes.Photo]:
        """What the office attached to the present answer."""
        answered = (whole.pk, Photo.Moment.AFTER, whole.answered_at)
        return self.drawn(
            photo for photo in self.rows if (photo.matter_id, photo.moment, photo.at) == answered
        )

    def beside(self, story: list[Moment], told_of: int) -> list[Moment]:
        """The story of a matter with each photo at the entry that it came with."""
        came: dict[int, list[Photo]] = defaultdict(list)
        for photo in self.rows:
            if photo.matter_id == told_of:
                came[photo.entry_seq].append(photo)
        return [
            replace(moment, photos=tuple(self.drawn(came[moment.entry_seq])))
            if moment.entry_seq in came
            else moment
            for moment in story
        ]


def pictures_of(matter: Matter, viewer: Viewer, address: str, key: str) -> Pictures:
    """One query; `address` is the name of the view that serves the photos under `key`. The matter's own stay with it,
    for the forms of its moves ask for them too.
    """
    if viewer.matter_id is not None and matter.lead_id is not None:
        return Pictures(list(photos_for(matter, viewer)), address, key, matter.pk)
    prefetch_related_objects([matter], "photos")
    return Pictures(sorted(matter.photos.all(), key=lambda photo: photo.pk), address, key, matter.pk)


def photo_shape(photo: Photo, url: str, caption: str = "") -> shapes.Photo:
    """A photo for the components."""
    alt = str(ALT[Photo.Moment(photo.moment)])
    return shapes.Photo(url=url, thumbnail_url=f"{url}?small=1", alt=alt, caption=caption)


def photo_response(request: HttpRequest, matter: Matter, viewer: Viewer, photo_id: int) -> HttpResponse:
    """A photo of a matter that the viewer may see. Raises `Missing`."""
    photo = photos_for(matter, viewer).select_related("file").filter(pk=photo_id).first()
    if photo is None:
        raise Missing(_("There is no such photo."))
    return file_response(photo.file, thumbnail="small" in request.GET)  # type: ignore[return-value]


def kept_photos(form: KeepsPhotos, matter: Matter, viewer: Viewer, move: str) -> bool:
    """Store the photos that came with a checked form, and put their keys among its data; False, with the field told,
    when one can't be taken. Only for a move that the viewer could make now, and from a link only so often: a secret
    address must not fill the store.
    """
    sent = form.cleaned_data.setdefault("photos", [])
    if move not in {each.name for each in queries.moves_for(viewer, matter)}:
        form.cleaned_data["photos"] = ()
        return True
    try:
        if sent and viewer.matter_id is not None:
            check_sending(matter)
        form.cleaned_data["photos"] = form.keep()
    except DomainError as error:
        form.add_error("photos", error.message)
        return False
    return True
