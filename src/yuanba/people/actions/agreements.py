"""Joint construction: agreements signed, officials checking in at their community."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied, Invalid
from yuanba.people.models import Agreement, CheckIn, Organization, OrganizationKind, Person, Post
from yuanba.people.models.organizations import SIGNING_KINDS
from yuanba.people.reach import require_reach
from yuanba.people.recording import add
from yuanba.people.texts import checked_text


def sign_agreement(
    *,
    community: Organization,
    unit: Organization,
    text: str,
    signed_on: date,
    until_on: date | None = None,
    deputy_post: Post | None = None,
    actor: Viewer,
    at: datetime,
) -> Agreement:
    """Record an agreement between a community committee and a unit located there (共驻共建).

    Raises `Invalid` naming the field, `Denied` when the community is out of the actor's reach.
    """
    _check_community(community)
    if unit.kind not in SIGNING_KINDS or unit.closed_on is not None:
        raise Invalid(_("The other side is a unit located in the community."), field="unit")
    if until_on is not None and until_on <= signed_on:
        raise Invalid(_("The last day must come after the day of signing."), field="until_on")
    if deputy_post is not None and deputy_post.organization_id != community.pk:
        raise Invalid(_("The deputy's post must belong to the community."), field="deputy_post")
    require_reach(actor, Power.MANAGE_PEOPLE, organization=community)
    if Agreement.objects.filter(community=community, unit=unit, signed_on=signed_on).exists():
        raise Invalid(_("This agreement is recorded already."), field="signed_on", code="recorded")
    agreement = Agreement(
        community=community,
        unit=unit,
        text=checked_text(text, "text", at_most=5000),
        signed_on=signed_on,
        until_on=until_on,
        deputy_post=deputy_post,
    )
    with transaction.atomic():
        data = {"community": community.pk, "unit": unit.pk, "signed_on": signed_on.isoformat()}
        add(agreement, "signed", actor=actor, at=at, data=data)
    return agreement


def check_in(
    *, person: Person, community: Organization, on: date, what_was_done: str, actor: Viewer, at: datetime
) -> CheckIn:
    """Record that an official reported at a community and what they did (报到), by themselves or by the
    community.
    """
    _check_community(community)
    if actor.person_id != person.pk:
        require_reach(actor, Power.MANAGE_PEOPLE, organization=community)
    elif not actor.holdings:
        raise Denied(_("Only those who hold a post check in."))
    if CheckIn.objects.filter(community=community, person=person, checked_in_on=on).exists():
        raise Invalid(_("There is a check-in for this day already."), field="on", code="recorded")
    row = CheckIn(
        person=person,
        community=community,
        checked_in_on=on,
        what_was_done=checked_text(what_was_done, "what_was_done", at_most=2000),
    )
    with transaction.atomic():
        data = {"person": person.pk, "community": community.pk, "on": on.isoformat()}
        add(row, "checked_in", actor=actor, at=at, data=data)
    return row


def _check_community(community: Organization) -> None:
    if community.kind != OrganizationKind.COMMUNITY or community.closed_on is not None:
        raise Invalid(_("Choose a community committee."), field="community")
