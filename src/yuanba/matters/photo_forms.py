"""Photos in forms: several in one field, and those that were good kept when the rest of the form has to be mended."""

from typing import Any, cast

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.errors import Away, DomainError, Invalid
from yuanba.kernel.files.photos import accept_photo
from yuanba.kernel.files.storing import store

PHOTOS = 6
# Well before the sweeper may take a stored photo that nothing refers to.
KEPT_S = 20 * 3600
_SALT = "matters.kept-photos"


def _most(most: int) -> str:
    return gettext("Up to %(most)d. Where they were taken is removed from them.") % {"most": most}


_most_words = lazy(_most, str)
"""In the language of whoever reads it: a field of a class is made before anybody does."""


class PhotoInput(forms.ClearableFileInput):
    """A file input that takes several pictures."""

    allow_multiple_selected = True


class SeveralPhotos(forms.FileField):
    """Some pictures, at most `most`; what is in them is checked when they are stored."""

    def __init__(self, *, most: int = PHOTOS, **options: Any) -> None:
        super().__init__(widget=PhotoInput(attrs={"accept": "image/*"}), **options)
        self.allow(most)

    def allow(self, most: int) -> None:
        """Take at most so many, and say so."""
        self.most = most
        self.widget.attrs["data-photos"] = str(most)
        self.help_text = _most_words(most)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file that was sent. Raises ValidationError for too many."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > self.most:
            raise forms.ValidationError(
                _("You chose %(chosen)d photos; at most %(most)d fit. Please choose again.")
                % {"chosen": len(files), "most": self.most}
            )
        clean_one = super().clean
        return [clean_one(each, initial) for each in files]


class KeepsPhotos(forms.Form):
    """A form with ``photos`` that browsers need not choose again: what was stored comes back as a signed field.

    Its page calls `keep` once the form is checked.
    """

    kept = forms.CharField(widget=forms.HiddenInput, required=False, max_length=600)

    def keep(self) -> tuple[int, ...]:
        """Store what was sent; the keys of it and of what was kept before. Called outside a transaction.

        Raises `Invalid` for a photo that can't be taken and for too many, `Away` without the store; the good ones are
        kept all the same.
        """
        if "photos" not in self.fields:  # a playbook may want none
            return ()
        keys = dict.fromkeys(self._kept_before())
        refused: DomainError | None = None
        for upload in self.cleaned_data.get("photos") or []:
            try:
                keys[store(accept_photo(upload, field="photos")).pk] = None
            except (Invalid, Away) as error:
                refused = error
        field = self.fields["photos"]
        most = field.most if isinstance(field, SeveralPhotos) else PHOTOS
        if len(keys) > most:
            refused = Invalid(_("At most %(most)d photos fit.") % {"most": most}, field="photos")
        found = tuple(keys)[:most]
        self._hand_back(found)
        if refused is not None:
            raise refused
        return found

    def _kept_before(self) -> list[int]:
        try:
            kept = signing.loads(self.data.get(self.add_prefix("kept"), ""), salt=_SALT, max_age=KEPT_S)
        except signing.BadSignature:
            return []
        return [int(key) for key in kept]

    def _hand_back(self, keys: tuple[int, ...]) -> None:
        """Should the page come back, it brings them along and says so."""
        if not keys:
            return
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("kept")] = signing.dumps(list(keys), salt=_SALT)
        self.data = data
        kept = ngettext(
            "%(count)d photo is kept; you need not choose it again.",
            "%(count)d photos are kept; you need not choose them again.",
            len(keys),
        ) % {"count": len(keys)}
        self["photos"].help_text = f"{kept} {self['photos'].help_text}"
