"""The form of an answer: the words, the photos, and what the gate points out in it."""

from collections.abc import Iterable

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yuanba.matters.gate import Pointed, findings_of
from yuanba.matters.models import Photo
from yuanba.matters.office_forms import MoveForm, words
from yuanba.matters.photo_forms import KeepsPhotos, SeveralPhotos
from yuanba.matters.reporting import MOST_AFTER


class AnswerForm(KeepsPhotos, MoveForm):
    """What was done, by whom, when."""

    text = words(
        _("Answer to the resident"), rows=7, help_text=_("What was done, by whom, when. Plain words.")
    )
    done_by = forms.CharField(label=_("Done by"), max_length=120)
    done_on = forms.DateField(label=_("Done on"), widget=forms.DateInput(attrs={"type": "date"}))
    photos = SeveralPhotos(label=_("Photos of what was done"), required=False, most=MOST_AFTER)
    photos_public = forms.BooleanField(
        label=_("Everyone may see these photos: they show no face, no number plate and no home from inside"),
        required=False,
    )
    request_photos_public = forms.BooleanField(
        label=_(
            "Everyone may see the resident's photos too: they show no face, no number plate and no home from inside"
        ),
        required=False,
    )
    override_reason = forms.CharField(
        label=_("Send it although something was pointed out, because"), max_length=300, required=False
    )

    def prepare(self) -> None:
        self.pointed: list[Pointed] = []
        self.fields["done_by"].initial = self.matter.owner.called
        self.fields["done_on"].initial = timezone.localdate()
        self.fields["override_reason"].widget = forms.HiddenInput()
        protected = self.matter.confidential or self.matter.accused_path
        if protected:
            del self.fields["photos_public"]
        sent = any(photo.moment == Photo.Moment.BEFORE for photo in self.matter.photos.all())
        if protected or not sent:
            del self.fields["request_photos_public"]

    def point_out(self) -> None:
        """Show what the gate found, and let a person send it all the same, with a reason."""
        # The finding stands at the field once; what is pointed out says it with its places.
        self.errors.pop("text", None)
        self.add_error("text", _("Look at what is pointed out here. Mend it, or say why it goes out so."))
        text = self.data[self.add_prefix("text")]
        done_by, done_on = self.cleaned_data["done_by"], self.cleaned_data["done_on"]
        self.pointed = findings_of(self.matter, text, done_by, done_on)
        self.fields["override_reason"].widget = forms.TextInput(attrs={"maxlength": 300})

    @property
    def marked(self) -> list[tuple[str, bool]]:
        """The answer in pieces, each with whether something is pointed out in it."""
        text = str(self.data.get(self.add_prefix("text"), ""))
        return pieces(text, [span for finding in self.pointed for span in finding.spans])


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Cut a text at the edges of the spans: (piece, whether it lies in one), together the whole text."""
    found: list[tuple[str, bool]] = []
    place = 0
    for begins, ends in sorted(spans):
        start, end = max(begins, place), min(ends, len(text))
        if start >= end:
            continue
        if start > place:
            found.append((text[place:start], False))
        found.append((text[start:end], True))
        place = end
    return [*found, (text[place:], False)] if place < len(text) else found
