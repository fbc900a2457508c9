"""Input of the pages, checked before it reaches an action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yuanba.matters.photo_forms import KeepsPhotos, SeveralPhotos
from yuanba.matters.reporting import MOST_STILL, TEXT_LENGTH
from yuanba.playbooks.schema.service import ReportPage


class ReportForm(KeepsPhotos):
    """Thirty seconds to be heard: one question, and what may help."""

    text = forms.CharField(
        label=_("What is it about?"),
        help_text=_("Say it in your own words. Where, since when, whom it troubles."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    photos = SeveralPhotos(label=_("Photos"), required=False)
    address = forms.CharField(
        label=_("Where is it?"),
        required=False,
        max_length=200,
        help_text=_("Estate, building, street corner …"),
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Your telephone"),
        required=False,
        max_length=30,
        help_text=_("Only to ask back. It is stored encrypted and shown masked."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    about_office = forms.BooleanField(
        label=_("This is a complaint about an office or its staff"), required=False
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=120)

    def __init__(self, *args: Any, page: ReportPage, at_door: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.page = page
        if at_door:
            del self.fields["address"]
        photos = self.fields["photos"]
        if page.max_photos == 0:
            del self.fields["photos"]
        elif isinstance(photos, SeveralPhotos):
            photos.allow(page.max_photos)

    def clean_text(self) -> str:
        """The playbook's limit is checked here and not by the browser, which would cut off what is pasted."""
        text: str = self.cleaned_data["text"]
        if len(text) > self.page.max_characters:
            raise forms.ValidationError(
                _("The text has %(length)d characters; at most %(limit)d fit. Please shorten it.")
                % {"length": len(text), "limit": self.page.max_characters}
            )
        return text

    def clean(self) -> dict[str, Any]:
        """Browsers don't keep chosen files when a page comes back: say that they have to be chosen again."""
        data = super().clean() or {}
        if self.errors and self.files and "photos" not in self.errors and "photos" in self.fields:
            self.add_error("photos", _("Please choose your photos again; browsers don't keep them."))
        return data


class OpinionForm(forms.Form):
    """Solved? And how was it?"""

    contacted = forms.TypedChoiceField(
        label=_("Did somebody get in touch with you?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    satisfaction = forms.ChoiceField(
        label=_("How satisfied are you?"),
        choices=[
            ("satisfied", _("Satisfied")),
            ("basically", _("Mostly satisfied")),
            ("unsatisfied", _("Not satisfied")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    said = forms.CharField(
        label=_("Anything to add?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class NotSolvedForm(KeepsPhotos, OpinionForm):
    """Not solved: what is missing has to be said, and may be shown."""

    said = forms.CharField(
        label=_("What is still missing?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = SeveralPhotos(label=_("Photos"), required=False, most=MOST_STILL)


class WordsForm(forms.Form):
    """Some words: a reply, a note, a reason."""

    text = forms.CharField(
        label=_("Your words"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class FollowForm(forms.Form):
    """The one thing that following a board by mail takes."""

    email = forms.EmailField(
        label=_("Your mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class FindForm(forms.Form):
    """A resident who lost the link finds the matter again by number and telephone."""

    number = forms.CharField(
        label=_("Number of your matter"),
        max_length=30,
        help_text=_("As on your receipt, such as 261122-1048."),
    )
    phone = forms.CharField(
        label=_("Telephone you gave"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
