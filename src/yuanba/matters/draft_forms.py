"""Forms around the draft of the playbook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from yuanba.playbooks.actions import REASON_LENGTH
from yuanba.playbooks.marks import MAX_BYTES


class DraftForm(forms.Form):
    """The text, typed here or brought as a file, and the version that it was written on."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    source = forms.CharField(
        label=_("Text of the playbook"),
        help_text=_("YAML: keys in English, values in your own words. Tab leaves the field, as everywhere."),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 32,
                "wrap": "off",
                "spellcheck": "false",
                "autocapitalize": "off",
                "autocomplete": "off",
                "class": "code",
                "data-lines": "",
            }
        ),
    )
    file = forms.FileField(
        label=_("Or bring it as a file"),
        help_text=_("It takes the place of the text above."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,text/yaml,text/plain"}),
    )

    def clean_file(self) -> UploadedFile[Any] | None:
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB; no playbook needs that much."))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file is not None:
            try:
                data["source"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                message = _("The file is not in UTF-8. Open it in an editor and save it again as UTF-8.")
                self.add_error("file", message)
        return data


class PublishForm(forms.Form):
    """Why the rules change, of which version, and the second yes."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why do the rules change?"),
        help_text=_("Everybody who works here reads it beside the edition. No names of residents."),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
