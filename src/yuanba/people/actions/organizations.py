"""What happens to organizations: founded, closed."""

import re
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid, Missing, NotAllowed
from yuanba.kernel.paths import child_path, contains
from yuanba.people.models import Organization, OrganizationKind
from yuanba.people.models.organizations import CODE_FORM, SOLE_KINDS
from yuanba.people.reach import require_everywhere, require_reach
from yuanba.people.recording import add, change, correct
from yuanba.people.texts import checked_text
from yuanba.places.models import Place

Guard = Callable[[Organization], None]
_guards: list[Guard] = []


def before_closing(guard: Guard) -> Guard:
    """Register a check that runs inside the closing transaction and raises `NotAllowed` to stop it.

    For packages above, whose rows an organization may still own: a matter must never be left without an
    owner.
    """
    _guards.append(guard)
    return guard


def add_organization(
    *,
    code: str,
    name: str,
    kind: OrganizationKind | str,
    parent: Organization | None = None,
    place: Place | None = None,
    short_name: str = "",
    phone: str = "",
    actor: Viewer,
    at: datetime,
) -> Organization:
    """Found an organization under `parent` (None: at the top), standing for `place`.

    Raises `Invalid` naming the field for a bad or taken code, an unknown kind, a place outside its
    parent's, or a second office of a kind of which a place has one; `Denied` outside the actor's reach.
    """
    check_form(code, kind, place)
    with transaction.atomic():
        above = _lock_parent(parent)
        if above is None and place is None:
            require_everywhere(actor, Power.MANAGE_PEOPLE)
        else:
            require_reach(actor, Power.MANAGE_PEOPLE, organization=above, place=place)
        _check_free(code, str(kind), place)
        check_inside(above, place)
        number = _next_number(above)
        organization = Organization(
            code=code,
            name=checked_text(name, "name", at_most=120),
            short_name=checked_text(short_name, "short_name", at_most=40, required=False),
            kind=kind,
            parent=above,
            path=child_path(above.path if above else "", number),
            place=place,
            phone=checked_text(phone, "phone", at_most=40, required=False),
        )
        data = {"code": code, "kind": str(kind), "parent": above and above.pk, "place": place and place.pk}
        add(organization, "founded", actor=actor, at=at, data=data)
    return organization


def correct_organization(
    organization_id: int, *, name: str, short_name: str, phone: str, actor: Viewer, at: datetime
) -> Organization:
    """Correct what an organization is called and its published number; nothing changed leaves no entry.

    Raises `Invalid` naming the field, `Denied` outside the actor's reach.
    """
    given = {
        "name": checked_text(name, "name", at_most=120),
        "short_name": checked_text(short_name, "short_name", at_most=40, required=False),
        "phone": checked_text(phone, "phone", at_most=40, required=False),
    }
    with transaction.atomic():
        organization = _locked(organization_id)
        require_reach(actor, Power.MANAGE_PEOPLE, organization=organization)
        correct(organization, given, actor=actor, at=at)
    return organization


def close_organization(organization_id: int, *, on: date, actor: Viewer, at: datetime) -> Organization:
    """Close an organization from day `on`. Raises `NotAllowed` while anything still hangs on it."""
    with transaction.atomic():
        organization = _locked(organization_id)
        require_reach(actor, Power.MANAGE_PEOPLE, organization=organization)
        if organization.closed_on is not None:
            raise NotAllowed(_("This organization is closed already."), code="closed")
        if organization.children.filter(closed_on=None).exists():
            raise NotAllowed(_("Close the organizations under it first."), code="has_children")
        if organization.posts.filter(abolished_on=None).exists():
            raise NotAllowed(_("Abolish its posts first."), code="has_posts")
        for guard in _guards:
            guard(organization)
        organization.closed_on = on
        change(organization, "closed", "closed_on", actor=actor, at=at, data={"on": on.isoformat()})
    return organization


def check_form(code: str, kind: str, place: Place | None) -> None:
    """Raises `Invalid` for a code or kind that can't be, or a kind that must stand for a place and does not."""
    if not re.fullmatch(CODE_FORM, code) or len(code) > 40:
        raise Invalid(_("A code is made of small letters, digits, - and _, at most 40."), field="code")
    if kind not in OrganizationKind.values:
        raise Invalid(_("There is no such kind of organization."), field="kind")
    if kind in (*SOLE_KINDS, OrganizationKind.PARTY) and place is None:
        raise Invalid(_("Say which place it stands for."), field="place", code="place_missing")


def _check_free(code: str, kind: str, place: Place | None) -> None:
    if Organization.objects.filter(code=code).exists():
        raise Invalid(_("Another organization has this code."), field="code", code="code_taken")
    same = Organization.objects.filter(kind=kind, place=place, closed_on=None)
    if kind in SOLE_KINDS and same.exists():
        raise Invalid(
            _("This place has an organization of this kind already."), field="place", code="second_of_kind"
        )


def check_inside(above: Organization | None, place: Place | None) -> None:
    """What stands under a parent stands inside the parent's place: so climbing the one tree climbs the
    other too.
    """
    if above is None or above.place is None or place is None:
        return
    if not contains(above.place.path, place.path):
        raise Invalid(
            _("This place lies outside that of the organization above."), field="place", code="outside"
        )


def _locked(organization_id: int) -> Organization:
    organization = Organization.objects.select_for_update(no_key=True).filter(pk=organization_id).first()
    if organization is None:
        raise Missing(_("There is no such organization."))
    return organization


def _lock_parent(parent: Organization | None) -> Organization | None:
    if parent is None:
        return None
    above = (
        Organization.objects.select_for_update(of=("self",), no_key=True)
        .select_related("place")
        .get(pk=parent.pk)
    )
    if above.closed_on is not None:
        raise NotAllowed(_("The organization above is closed."), code="closed")
    return above


def _next_number(above: Organization | None) -> int:
    if above is None:
        # The first root is the lock for new ones, so that two founded at once don't take the same number.
        roots = Organization.objects.select_for_update(no_key=True).filter(parent=None).order_by("pk")
        return len(roots)
    above.child_count += 1
    above.save(update_fields=["child_count"])
    return above.child_count - 1
