"""An empty district: the Wanzhou playbook in force and one operator, from whom everything else starts."""

from datetime import timedelta

from django.utils import timezone

from yuanba.kernel.authority import system
from yuanba.people.actions import add_organization, appoint, create_account, create_post, register_person
from yuanba.places.actions import add_place
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.shipped import shipped_source

SETUP = system("setup")


def build_empty(code: str = "wanzhou") -> str:
    """Publish a playbook and make its district, its centre and one operator; returns how to sign in, shown
    once.
    """
    at = timezone.now() - timedelta(seconds=1)
    edition = publish_playbook(shipped_source(code), actor=SETUP, at=at)
    district = edition.playbook.district
    place = add_place(None, "district", district.name, code=f"{district.code6}000000", actor=SETUP, at=at)
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
    return f"an empty district is ready: sign in as operator, one-time password {password}"
