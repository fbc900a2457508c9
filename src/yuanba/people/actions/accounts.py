"""What happens to accounts: made with an initial password, disabled, given a new start."""

import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid, Missing, NotAllowed
from yuanba.people.models import Account, Person
from yuanba.people.reach import require_everywhere
from yuanba.people.recording import add, change

INITIAL_PASSWORD_VALID = timedelta(days=7)
# Without 0/O, 1/l/I, so that it can be read out or copied from paper.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4  # 16 letters of 32: 80 bits


def create_account(
    *, username: str, person: Person | None = None, is_staff: bool = False, actor: Viewer, at: datetime
) -> tuple[Account, str]:
    """Make an account and its one-time password, which is returned once, valid for seven days and replaced
    at first use.

    Takes `manage_people` in the whole district, and `operate` for a back-office account. Raises `Invalid`
    for a bad or taken user name or a person who has an account.
    """
    _require(actor, is_staff=is_staff)
    username = _checked_username(username)
    if person is not None:
        _check_without_account(person)
    password = _one_time_password()
    account = Account(username=username, person=person, is_staff=is_staff, created_at=at)
    account.set_password(password)
    account.initial_until = at + INITIAL_PASSWORD_VALID
    with transaction.atomic():
        data = {"person": person.pk if person else None, "staff": is_staff}
        add(account, "created", actor=actor, at=at, data=data)
    return account, password


def give_account_its_person(account_id: int, person: Person, *, actor: Viewer, at: datetime) -> Account:
    """Say later whose an account is that was made without a person; every session ends, for it may do more now.

    Raises `NotAllowed` when it is somebody's already, `Invalid` for a person who has an account.
    """
    with transaction.atomic():
        account = locked_account(account_id, actor)
        _require(actor, is_staff=account.is_staff)
        if account.person_id is not None:
            raise NotAllowed(_("This account belongs to somebody already."), code="has_person")
        _check_without_account(person)
        account.person = person
        account.session_epoch += 1
        data = {"person": person.pk}
        change(account, "given_person", "person", "session_epoch", actor=actor, at=at, data=data)
    return account


def disable_account(account_id: int, *, actor: Viewer, at: datetime) -> Account:
    """No more sign-in, and every session ends with the next request (ASVS 5.0 7.4.2)."""
    with transaction.atomic():
        account = locked_account(account_id, actor)
        account.is_active = False
        _end_sessions(account, "disabled", "is_active", actor=actor, at=at)
    return account


def enable_account(account_id: int, *, actor: Viewer, at: datetime) -> Account:
    """Sign-in works again; sessions from before stay ended."""
    with transaction.atomic():
        account = locked_account(account_id, actor)
        account.is_active = True
        change(account, "enabled", "is_active", actor=actor, at=at)
    return account


def reset_password(account_id: int, *, actor: Viewer, at: datetime) -> tuple[Account, str]:
    """A new one-time password for someone who lost theirs; every session ends."""
    password = _one_time_password()
    with transaction.atomic():
        account = locked_account(account_id, actor)
        account.set_password(password)
        account.initial_until = at + INITIAL_PASSWORD_VALID
        _end_sessions(account, "password_reset", "password", "initial_until", actor=actor, at=at)
    return account, password


def reset_second_factor(account_id: int, *, actor: Viewer, at: datetime) -> Account:
    """Remove every second factor of someone who lost theirs; every session ends and enrolment starts over."""
    with transaction.atomic():
        account = locked_account(account_id, actor)
        Authenticator.objects.filter(user=account).delete()
        _end_sessions(account, "second_factor_reset", actor=actor, at=at)
    return account


def end_sessions(account_id: int, *, actor: Viewer, at: datetime) -> Account:
    """Sign out everywhere: by the account itself or by who manages people (ASVS 5.0 7.4.5)."""
    with transaction.atomic():
        account = locked_account(account_id, actor)
        _end_sessions(account, "signed_out_everywhere", actor=actor, at=at)
    return account


def second_factor_added(account_id: int, *, at: datetime) -> Account:
    """The account itself has enrolled a second factor: every session opened without it ends."""
    with transaction.atomic():
        actor = Viewer(actor=f"account:{account_id}", account_id=account_id)
        account = locked_account(account_id, actor)
        _end_sessions(account, "second_factor_added", actor=actor, at=at)
    return account


def own_password_set(account: Account, password: str) -> None:
    """The account's own choice of a password, called by the sign-in pages after they checked who it is."""
    account.set_password(password)
    account.initial_until = None
    with transaction.atomic():
        locked = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        account.version, account.journal_hash = locked.version, locked.journal_hash
        actor = Viewer(actor=f"account:{account.pk}")
        change(account, "password_changed", "password", "initial_until", actor=actor, at=timezone.now())


def _require(actor: Viewer, *, is_staff: bool) -> None:
    require_everywhere(actor, Power.MANAGE_PEOPLE)
    if is_staff:
        require_everywhere(actor, Power.OPERATE)


def _check_without_account(person: Person) -> None:
    if Account.objects.filter(person=person).exists():
        raise Invalid(_("This person has an account already."), field="person", code="has_account")


def locked_account(account_id: int, actor: Viewer) -> Account:
    account = Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if account is None:
        raise Missing(_("There is no such account."))
    if actor.account_id != account.pk:
        _require(actor, is_staff=account.is_staff)
    return account


def _end_sessions(account: Account, kind: str, *fields: str, actor: Viewer, at: datetime) -> None:
    account.session_epoch += 1
    change(account, kind, "session_epoch", *fields, actor=actor, at=at)


def _checked_username(username: str) -> str:
    username = check_username(username)
    if Account.objects.filter(username__iexact=username).exists():
        raise Invalid(_("This user name is taken."), field="username", code="taken")
    return username


def check_username(username: str) -> str:
    """The user name as it is kept. Raises `Invalid` for one that can't be."""
    username = Account.normalize_username(username.strip())
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        raise Invalid(_("A user name has letters, digits and @ . + - _ only."), field="username") from None
    if len(username) > 60:
        raise Invalid(_("A user name has at most 60 characters."), field="username")
    return username


def _one_time_password() -> str:
    letters = [secrets.choice(_LETTERS) for _place in range(_GROUPS * _GROUP)]
    return "-".join("".join(letters[start : start + _GROUP]) for start in range(0, len(letters), _GROUP))
