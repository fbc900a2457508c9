from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _


def _languages() -> list[tuple[str, str]]:
    """Each language by its own name, so that it is found by who reads no other."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class PreferencesForm(forms.Form):
    """The page of display settings. Header switches post single fields of it to the same address."""

    mode = forms.ChoiceField(
        label=_("Text and buttons"),
        choices=[("normal", _("Normal")), ("elder", _("Large text, large buttons, nothing pops up"))],
        widget=forms.RadioSelect,
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("Language"), choices=_languages, widget=forms.RadioSelect)
    keys = forms.ChoiceField(
        label=_("Single-letter keyboard shortcuts on office pages"),
        choices=[("on", _("On")), ("off", _("Off"))],
        widget=forms.RadioSelect,
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)
