"""Input of the pages, checked before it reaches an action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yuanba.matters.reporting import TEXT_LENGTH

PHOTOS = 6


class PhotoInput(forms.ClearableFileInput):
    """A file input that takes several pictures."""

    allow_multiple_selected = True


class SeveralPhotos(forms.FileField):
    """Up to six pictures; what is in them is checked when they are stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=PhotoInput(attrs={"accept": "image/*", "data-photos": ""}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file that was sent. Raises ValidationError for too many."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > PHOTOS:
            raise forms.ValidationError(_("At most %(most)d photos, please.") % {"most": PHOTOS})
        clean_one = super().clean
        return [clean_one(each, initial) for each in files]


class ReportForm(forms.Form):
    """Thirty seconds to be heard: one question, and what may help."""

    text = forms.CharField(
        label=_("What is it about?"),
        help_text=_("Say it in your own words. Where, since when, whom it troubles."),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6, "data-draft": "report", "maxlength": TEXT_LENGTH}),
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


class NotSolvedForm(OpinionForm):
    """Not solved: what is missing has to be said."""

    said = forms.CharField(
        label=_("What is still missing?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-draft": "not-solved"}),
    )


class WordsForm(forms.Form):
    """Some words: a reply, a note, a reason."""

    text = forms.CharField(
        label=_("Your words"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "data-draft": "words"}),
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
