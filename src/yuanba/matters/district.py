"""The district this installation serves."""

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Missing
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook


def district_root() -> Place:
    """The place of the playbook's district: by its six-digit code, else the topmost place. Raises `Missing`."""
    codes = [f"{code}000000" for code in current_playbook().playbook.district.codes]
    place = Place.objects.filter(code__in=codes, retired_on=None).order_by("path").first()
    place = place or Place.objects.filter(parent=None, retired_on=None).order_by("path").first()
    if place is None:
        raise Missing(_("This district has no places yet. Import them first."), code="no_places")
    return place
