"""The form by which staff take a request down for somebody who brings it to them."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied
from yuanba.matters.district import district_root
from yuanba.matters.forms import ReportForm
from yuanba.matters.locating import check_ground
from yuanba.matters.models import Channel
from yuanba.matters.named_fields import PlaceField
from yuanba.places.models import Place
from yuanba.places.queries import full_name
from yuanba.playbooks.schema.service import ReportPage

HEARD_AT = (
    Channel.VISIT,
    Channel.MEETING,
    Channel.HOTLINE,
    Channel.WINDOW,
    Channel.CHAT,
    Channel.PETITION,
)
"""The channels by which people come to an office; the others bring themselves."""


class BringInForm(ReportForm):
    """The resident's own form, with how it came, where, and when."""

    channel = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[(channel.value, channel.label) for channel in HEARD_AT],
        widget=forms.RadioSelect,
    )
    place = PlaceField(label=_("Where is it?"))
    received_at = forms.DateTimeField(
        label=_("When did it come?"),
        required=False,
        help_text=_("Leave empty for now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    confidential = forms.BooleanField(label=_("Hide who asks from everybody who works on it"), required=False)

    def __init__(self, *args: Any, page: ReportPage, viewer: Viewer, **options: Any) -> None:
        super().__init__(*args, page=page, at_door=True, **options)
        self.viewer = viewer
        self.own = own_ground(viewer)
        self.fields["name"].label, self.fields["phone"].label = gettext("Their name"), gettext("Telephone")
        self.fields["text"].help_text = gettext("As they say it. Since when, whom it troubles.")
        self.fields["phone"].help_text = gettext("Only to ask back. It is stored encrypted and shown masked.")
        place = self.fields["place"]
        place.help_text = gettext("Estate, building, street corner, or the code on the door.")
        if isinstance(place, PlaceField):
            place.within = self.own or district_root()
            place.required = self.own is None
        if self.own is not None:
            here = {"place": full_name(self.own), "help": place.help_text}
            place.help_text = gettext("%(help)s Leave empty for %(place)s.") % here

    def clean_place(self) -> Place | None:
        """The place named, else the viewer's own; only where they may bring in requests from."""
        place: Place | None = self.cleaned_data["place"] or self.own
        if place is not None:
            try:
                check_ground(self.viewer, place)
            except Denied as error:
                raise forms.ValidationError(error.message) from None
        return place

    def clean_received_at(self) -> Any:
        """Not before it happened."""
        moment = self.cleaned_data["received_at"]
        if moment is not None and moment > timezone.now():
            raise forms.ValidationError(gettext("The time of the request lies in the future."))
        return moment


def own_ground(viewer: Viewer) -> Place | None:
    """The one place that a viewer brings in requests from; None where there are several, or no limits."""
    scope = viewer.scope(Power.RECEIVE)
    keys = {territory.place_id for territory in scope.territories}
    if scope.everywhere or len(keys) != 1:
        return None
    return Place.objects.filter(pk=keys.pop(), retired_on=None).first()
