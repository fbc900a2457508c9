"""What happens to the ways by which people and offices are told outside the product."""

from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.crypto import salted_digest
from yuanba.kernel.errors import Invalid, Missing
from yuanba.kernel.group_bots import Service, read_address
from yuanba.kernel.outbox.queue import put
from yuanba.kernel.ratelimit import Rate, take
from yuanba.people.models import GroupBot, NoticeChoice, Organization, Person
from yuanba.people.reach import require_reach
from yuanba.people.recording import change
from yuanba.people.texts import checked_email, checked_text

TRY = "group_bot.try"
TRIES = Rate("group_bot_try", 5, 600)


def choose_channels(
    *,
    email: str,
    by_mail: bool,
    urgent_at_night: bool,
    quiet_from: time | None,
    quiet_until: time | None,
    actor: Viewer,
    at: datetime,
) -> NoticeChoice:
    """Say where notices of one's own posts go beside the product, and when not.

    Without both times the district's quiet hours hold; the same time twice means none. Raises `Invalid` naming
    the field, `Missing` for a viewer who is nobody in particular.
    """
    email = checked_email(email)
    if by_mail and not email:
        raise Invalid(_("Write the address that notices are to go to."), field="email", code="empty")
    if (quiet_from is None) != (quiet_until is None):
        field = "quiet_from" if quiet_from is None else "quiet_until"
        raise Invalid(_("Give both times, or neither."), field=field, code="one_of_two")
    with transaction.atomic():
        person = (
            Person.objects.select_for_update(no_key=True)
            .filter(pk=actor.person_id or 0, forgotten_at=None)
            .first()
        )
        if person is None:
            raise Missing(_("There is no such person."))
        if email != person.email:
            person.email = email
            data = {"email": salted_digest(email, person.salt)} if email else {}
            change(person, "corrected", "email", actor=actor, at=at, data=data)
        choice, _made = NoticeChoice.objects.update_or_create(
            person=person,
            defaults={
                "by_mail": by_mail,
                "urgent_at_night": urgent_at_night,
                "quiet_from": quiet_from,
                "quiet_until": quiet_until,
            },
        )
    return choice


def set_group_bot(
    organization_id: int, *, address: str, secret: str = "", actor: Viewer, at: datetime
) -> GroupBot:
    """Give an organization's group its bot, in the place of one it may have; the journal tells the service alone.

    Raises `Invalid` for an address that is none of the three services', `Denied` outside the actor's reach.
    """
    parted = read_address(address)
    secret = checked_text(secret, "secret", at_most=200, required=False)
    if secret and not (secret.isascii() and secret.isprintable()):
        raise Invalid(_("Copy the secret as it is shown there."), field="secret")
    if secret and parted.service == Service.WECOM:
        raise Invalid(_("Bots of WeCom have no signing secret; leave this empty."), field="secret")
    with transaction.atomic():
        organization = _locked(organization_id, actor)
        if organization.closed_on is not None:
            raise Missing(_("There is no such organization."))
        given = {"address": parted.url, "secret": secret, "set_at": at, "tried_at": None, "problem": ""}
        bot, _made = GroupBot.objects.update_or_create(organization=organization, defaults=given)
        data = {"service": str(parted.service)}
        change(organization, "group_bot_set", actor=actor, at=at, data=data)
    return bot


def remove_group_bot(organization_id: int, *, actor: Viewer, at: datetime) -> None:
    """Nothing goes to the organization's group any more; where there was no bot, nothing happens."""
    with transaction.atomic():
        organization = _locked(organization_id, actor)
        removed, _kinds = GroupBot.objects.filter(organization=organization).delete()
        if removed:
            change(organization, "group_bot_removed", actor=actor, at=at)


def try_group_bot(organization_id: int, *, actor: Viewer, at: datetime) -> None:
    """Have the worker send a message to the group that says it is a test.

    Raises `Missing` without a bot, `TooMany` for the sixth within ten minutes.
    """
    with transaction.atomic():
        organization = _locked(organization_id, actor)
        if not GroupBot.objects.filter(organization=organization).exists():
            raise Missing(_("This group has no bot."))
    take(TRIES, str(organization_id), _("That was tried often just now. Wait a few minutes."), now=at)
    with transaction.atomic():
        put(TRY, organization_id, at=at)


def note_try(organization_id: int, problem: str, *, at: datetime) -> None:
    """What became of the last message to a group: called by the worker, for the page to show. Takes no power."""
    GroupBot.objects.filter(organization_id=organization_id).update(tried_at=at, problem=problem[:60])


def renew_group_bots(*, after: int = 0, limit: int = 500) -> int | None:
    """Encrypt the next `limit` bots after key `after` under the present key, as `renew_encryption` does persons."""
    with transaction.atomic():
        rows = list(
            GroupBot.objects.select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")[:limit]
        )
        for row in rows:
            row.save(update_fields=["address", "secret"])
    return rows[-1].pk if rows else None


def _locked(organization_id: int, actor: Viewer) -> Organization:
    rows = Organization.objects.select_for_update(of=("self",), no_key=True).select_related("place")
    organization = rows.filter(pk=organization_id).first()
    if organization is None:
        raise Missing(_("There is no such organization."))
    require_reach(actor, Power.MANAGE_PEOPLE, organization=organization)
    return organization
