"""What people type about posts, agreements and check-ins. Rules beyond form are the actions'."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.errors import DomainError
from yuanba.people.models import NoticeChoice, Organization, Person
from yuanba.people.texts import NAME_LENGTH

NEWCOMER = "new"


def show_on(form: forms.Form, error: DomainError) -> None:
    """Put a refusal beside its field, or on top when it is about none of the form's."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def day_field(label: object, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)  # type: ignore[arg-type]


class HandOverForm(forms.Form):
    """Who takes over, and from which day: somebody from here, or somebody new by name and phone."""

    person = forms.ChoiceField(label=_("Who takes over"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name, if somebody new"),
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone, if somebody new"),
        required=False,
        max_length=40,
        help_text=_("Kept encrypted; shown to nobody without a reason."),
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    on = day_field(_("From which day"))

    def __init__(self, *args: Any, candidates: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {str(person.pk): person for person in candidates}
        choices = [(key, person.name) for key, person in self.candidates.items()]
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [*choices, (NEWCOMER, _("Somebody new"))]
        field.initial = None if self.candidates else NEWCOMER
        self.fields["on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("person") == NEWCOMER and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("Choose somebody above, or write the name of somebody new."))
        return cleaned

    @property
    def successor(self) -> Person | None:
        """The one chosen from the list; None when it is somebody new."""
        return self.candidates.get(self.cleaned_data["person"])


class AgreementForm(forms.Form):
    """An agreement between a community and a unit located there."""

    unit: "forms.ModelChoiceField[Organization]" = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Resident unit"), empty_label=_("Please choose")
    )
    text = forms.CharField(label=_("What was agreed"), max_length=5000, widget=forms.Textarea({"rows": 6}))
    signed_on = day_field(_("Signed on"))
    until_on = day_field(_("Valid until"), required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = units


class CheckInForm(forms.Form):
    """An official's own report of what they did at a community."""

    on = day_field(_("Day"))
    what_was_done = forms.CharField(
        label=_("What you did"), max_length=2000, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate


def time_field(label: object) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))  # type: ignore[arg-type]


class ChannelsForm(forms.Form):
    """Where notices of somebody's own posts go beside the product, and when not."""

    by_mail = forms.BooleanField(label=_("Also send me notices by mail"), required=False)
    email = forms.CharField(
        label=_("My mail address"),
        required=False,
        max_length=254,
        help_text=_("Kept encrypted. Nobody else is shown it."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    quiet_from = time_field(_("Quiet from"))
    quiet_until = time_field(_("Quiet until"))
    urgent_at_night = forms.BooleanField(
        label=_("Urgent ones may come in quiet hours as well"), required=False
    )

    def __init__(self, data: Any, *, person: Person, choice: NoticeChoice | None) -> None:
        initial: dict[str, Any] = {"email": person.email}
        if choice is not None:
            names = ("by_mail", "urgent_at_night", "quiet_from", "quiet_until")
            initial |= {name: getattr(choice, name) for name in names}
        super().__init__(data, initial=initial)


class GroupBotForm(forms.Form):
    """The address of a group's bot, as its service shows it for copying. What was typed is not given back: it is a
    secret.
    """

    address = forms.CharField(
        label=_("Address of the bot"),
        max_length=500,
        help_text=_("As the group shows it: it begins with https:// and holds the bot's key."),
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        required=False,
        max_length=200,
        help_text=_("Only if you chose signing for the bot at DingTalk or Feishu."),
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
