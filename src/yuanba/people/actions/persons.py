"""What happens to persons: registered, corrected, looked behind the mask, forgotten."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from allauth.socialaccount.models import SocialAccount
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.authority import Power, Subject, Viewer
from yuanba.kernel.bulk import insert_many
from yuanba.kernel.crypto import normalise_phone, salted_digest
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed
from yuanba.kernel.journal.append import chain
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.keys import reserve
from yuanba.people.models import Holding, NoticeChoice, Person
from yuanba.people.reach import require_everywhere
from yuanba.people.recording import change
from yuanba.people.texts import checked_email, checked_name

_PERSONAL = ("name", "phone", "email")
Eraser = Callable[[Person], None]
_erasers: list[Eraser] = []


class UnmaskReason(models.TextChoices):
    """Why a number had to be seen. A fixed list, because the journal must not hold free words about a
    person.
    """

    CALL_BACK = "call_back", gettext_lazy("Call back about the request")
    VISIT = "visit", gettext_lazy("Arrange a visit")
    VERIFY = "verify", gettext_lazy("Check who is calling")
    EMERGENCY = "emergency", gettext_lazy("Danger to life or health")
    LEGAL = "legal", gettext_lazy("Written order of an authority")


def when_forgotten(eraser: Eraser) -> Eraser:
    """Register what erases more of a person who is forgotten on request, inside the same transaction, before the row
    is emptied. For packages above, which keep what is found by the person's address.
    """
    _erasers.append(eraser)
    return eraser


def draft_person(
    *,
    name: str = "",
    phone: str = "",
    email: str = "",
    language: str = "zh-hans",
    retain_until: date | None = None,
    pk: int,
    actor: Viewer,
    at: datetime,
) -> tuple[Person, Entry]:
    """A person and the first journal entry, both unsaved, for actions that insert many at once.

    `pk` comes from `kernel.keys.reserve(Person)` in the same transaction. Raises `Invalid` naming the
    field. Takes no power: everybody may say who they are. The entry holds salted digests of what was given,
    never the data.
    """
    person = Person(
        pk=pk,
        name=checked_name(name),
        phone=normalise_phone(phone),
        email=checked_email(email),
        language=language,
        retain_until=retain_until,
        created_at=at,
    )
    entry = chain(person, kind="registered", actor=actor.actor, at=at, data=_digests(person, _PERSONAL))
    return person, entry


def register_person(
    *,
    name: str = "",
    phone: str = "",
    email: str = "",
    language: str = "zh-hans",
    retain_until: date | None = None,
    actor: Viewer,
    at: datetime,
) -> Person:
    """Register one person, always a new one: two who share a phone stay two. Raises as `draft_person`."""
    with transaction.atomic():
        person, entry = draft_person(
            name=name,
            phone=phone,
            email=email,
            language=language,
            retain_until=retain_until,
            pk=reserve(Person)[0],
            actor=actor,
            at=at,
        )
        entry.save(force_insert=True)
        person.save(force_insert=True)
    return person


def register_persons(given: Iterable[tuple[str, str]], *, actor: Viewer, at: datetime) -> list[Person]:
    """Register many by name and phone, in few statements, always new ones. Raises as `draft_person`."""
    rows = list(given)
    with transaction.atomic():
        drafts = [
            draft_person(name=name, phone=phone, pk=pk, actor=actor, at=at)
            for pk, (name, phone) in zip(reserve(Person, len(rows)), rows, strict=True)
        ]
        insert_many([entry for _person, entry in drafts])
        persons = [person for person, _entry in drafts]
        insert_many(persons)
    return persons


def correct_person(person_id: int, *, name: str, phone: str, actor: Viewer, at: datetime) -> Person:
    """Correct a name, a phone or both (PIPL article 46); what is given empty stays as it is.

    Takes `manage_people` in the whole district. Raises `Invalid` naming the field, `NotAllowed` for somebody
    who was forgotten.
    """
    require_everywhere(actor, Power.MANAGE_PEOPLE)
    with transaction.atomic():
        person = _locked(person_id)
        if person.forgotten_at is not None:
            raise NotAllowed(_("This person was forgotten."), code="forgotten")
        given = {"name": checked_name(name), "phone": normalise_phone(phone)}
        fields = [field for field, value in given.items() if value and value != getattr(person, field)]
        for field in fields:
            setattr(person, field, given[field])
        if fields:
            data = _digests(person, fields)
            change(person, "corrected", *fields, "phone_index", actor=actor, at=at, data=data)
    return person


def unmask(
    person_id: int, *, reason: UnmaskReason | str, subject: Subject, about: str, actor: Viewer, at: datetime
) -> str:
    """The person's full phone number, against a reason that goes into the journal first.

    `subject` is the row that gives cause (a matter), to which the power must reach. `about` names it in the
    journal, such as ``matter:12``. Raises `Denied`, `Missing`, or `Invalid` for an unknown reason.
    """
    reason = _reason(reason)
    if not actor.may(Power.UNMASK, subject):
        raise Denied(_("Your post does not include seeing full phone numbers here."))
    with transaction.atomic():
        person = _locked(person_id)
        change(person, "unmasked", actor=actor, at=at, data={"reason": reason, "about": about})
    return person.phone


def keep_until(person_ids: Iterable[int], until: date | None, *, actor: Viewer, at: datetime) -> None:
    """Set the last day on which these persons' data may be kept; None while what they asked for goes on.

    Takes no power: the moves that end a matter and bring it back call it, as the playbook says.
    """
    wanted = list(person_ids)
    if not wanted:
        return
    with transaction.atomic():
        for person in Person.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"):
            if person.forgotten_at is None and person.retain_until != until:
                person.retain_until = until
                data = {"until": until.isoformat() if until else None}
                change(person, "kept_until", "retain_until", actor=actor, at=at, data=data)


def forget_person(person_id: int, *, actor: Viewer, at: datetime) -> Person:
    """Empty everything personal and the salt; the row and its journal stay and still verify (PIPL article
    47).

    By the person or by who manages people in the whole district. What others registered with `when_forgotten` goes
    too. Raises `NotAllowed` while the person holds a post or has an account that may sign in.
    """
    with transaction.atomic():
        person = _locked(person_id)
        if actor.person_id != person.pk:
            require_everywhere(actor, Power.MANAGE_PEOPLE)
        if person.forgotten_at is None:
            for erase in _erasers:
                erase(person)
        _forget(person, actor=actor, at=at)
    return person


def forget_expired(*, actor: Viewer, at: datetime, limit: int = 500) -> int:
    """Forget persons whose time to be kept is over; returns how many. Safe to run twice; run daily by the
    worker.

    Who holds a post or an account is left until that ended.
    """
    require_everywhere(actor, Power.MANAGE_PEOPLE)
    due = Person.objects.filter(forgotten_at=None, retain_until__lt=timezone.localdate(at))
    due = due.exclude(_serving(timezone.localdate(at))).order_by("retain_until", "pk")
    keys = list(due.values_list("pk", flat=True)[:limit])
    for key in keys:
        with transaction.atomic():
            _forget(_locked(key), actor=actor, at=at)
    return len(keys)


def renew_encryption(*, after: int = 0, limit: int = 500) -> int | None:
    """Encrypt the next `limit` persons after key `after` under the present key, and index them under it.

    Returns the last key done, None when there are no more. Changes nothing that anybody can read, so it
    takes no viewer and leaves no entry.
    """
    with transaction.atomic():
        rows = list(Person.objects.select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")[:limit])
        for row in rows:
            row.save(update_fields=[*_PERSONAL, "phone_index"])
    return rows[-1].pk if rows else None


def _serving(today: date) -> models.Q:
    """Persons who hold a post, now or from a day to come, or who may sign in."""
    holding = Holding.objects.filter(models.Q(to_on=None) | models.Q(to_on__gt=today))
    return models.Q(pk__in=holding.values("person_id")) | models.Q(account__is_active=True)


def _forget(person: Person, *, actor: Viewer, at: datetime) -> None:
    if person.forgotten_at is not None:
        return
    if Person.objects.filter(_serving(timezone.localdate(at)), pk=person.pk).exists():
        raise NotAllowed(
            _("This person holds a post or an account. End the post and disable the account first."),
            code="still_serving",
        )
    person.name = person.phone = person.email = person.salt = ""
    person.forgotten_at = at
    NoticeChoice.objects.filter(person=person).delete()
    SocialAccount.objects.filter(user__person=person).delete()
    change(person, "forgotten", *_PERSONAL, "phone_index", "salt", "forgotten_at", actor=actor, at=at)


def _locked(person_id: int) -> Person:
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise Missing(_("There is no such person."))
    return person


def _digests(person: Person, fields: Iterable[str]) -> dict[str, str]:
    """For the journal: digests of the given fields under the person's salt, empty ones left out."""
    given = ((field, getattr(person, field)) for field in fields)
    return {field: salted_digest(value, person.salt) for field, value in given if value}


def _reason(reason: str) -> str:
    if reason not in UnmaskReason.values:
        raise Invalid(_("Choose one of the reasons."), field="reason", code="unknown_reason")
    return UnmaskReason(reason).value
