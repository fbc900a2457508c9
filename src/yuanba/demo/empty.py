"""An empty district: a playbook in force and one operator, from whom everything else starts."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import system
from yuanba.kernel.errors import Missing
from yuanba.people.actions import add_organization, appoint, create_account, create_post, register_person
from yuanba.places.actions import add_place
from yuanba.places.codes import read_code
from yuanba.places.models import Place
from yuanba.places.queries import roots
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import District
from yuanba.playbooks.shipped import named_source

SETUP = system("setup")


@transaction.atomic
def build_empty(named: str) -> str:
    """Make the district of the playbook in force, its centre and one operator; returns how to sign in, shown
    once.

    Without a playbook in force the one `named` is published: a shipped one's code or the path of a file.
    """
    at = timezone.now() - timedelta(seconds=1)
    edition = _in_force(named, at)
    district = edition.playbook.district
    place = _root(district, at)
    office = add_organization(
        code="district", name=district.name, kind="district", place=place, actor=SETUP, at=at
    )
    centre = add_organization(
        code="centre",
        name=edition.playbook.organizations.centre,
        kind="centre",
        parent=office,
        place=place,
        actor=SETUP,
        at=at,
    )
    post = create_post(
        kind="operator", title=edition.playbook.post("operator").name, organization=centre, actor=SETUP, at=at
    )
    person = register_person(name="operator", actor=SETUP, at=at)
    appoint(post.pk, person, on=timezone.localdate(at), actor=SETUP, at=at)
    _account, password = create_account(username="operator", person=person, is_staff=True, actor=SETUP, at=at)
    words = _(
        "%(district)s is ready under playbook %(edition)s, empty: sign in as operator, one-time password %(password)s"
    )
    return words % {"district": district.name, "edition": edition, "password": password}


def _in_force(named: str, at: datetime) -> PlaybookVersion:
    try:
        return current_playbook()
    except Missing:
        return publish_playbook(named_source(named), actor=SETUP, at=at)


def _root(district: District, at: datetime) -> Place:
    """The place of the whole district, which is there already when places were imported before the first start.

    A playbook may be a whole city's.
    """
    code = read_code(f"{district.code6}000000")
    standing = roots().filter(kind=code.kind, code=code.digits).first()
    return standing or add_place(None, code.kind, district.name, code=code.digits, actor=SETUP, at=at)
