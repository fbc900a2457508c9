"""Who the holders of a file are: somebody known, somebody of an earlier row, or somebody new."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from yuanba.kernel.crypto import blind_indexes
from yuanba.kernel.errors import Invalid
from yuanba.people.importing.lines import Holder
from yuanba.people.models import Account, Holding, Person
from yuanba.people.models.persons import PHONE_PURPOSE


@dataclass(slots=True, eq=False)
class Somebody:
    """A holder: ``person_id`` is None until a new one is registered, and ever in a dry run;
    ``planned`` says that a new one was counted.
    """

    name: str
    phone: str
    row: int = 0
    person_id: int | None = None
    username: str = ""
    planned: bool = False


class Known:
    """Staff found by telephone or user name, and everybody whom this file has named with either.

    Residents who left a number are not looked at: who reports something is no member of the staff for that.
    """

    def __init__(self) -> None:
        self._of_file: dict[str, list[Somebody]] = {}
        self._names_of_file: dict[str, Somebody] = {}
        self._phones: dict[str, list[Somebody]] = {}
        self._accounts: dict[str, Somebody] = {}
        self._usernames: dict[int, str] = {}

    def look_up(self, holders: Iterable[Holder], person_ids: Iterable[int]) -> None:
        """Bring in what the register knows of these, for the batch at hand: three queries."""
        given = list(holders)
        phones = {holder.phone for holder in given if holder.phone}
        usernames = {holder.username.lower() for holder in given if holder.username}
        self._look_up_phones(phones)
        ids = {*person_ids, *(one.person_id for many in self._phones.values() for one in many)}
        accounts = Account.objects.annotate(lowered=Lower("username")).select_related("person")
        found = (
            accounts.filter(Q(lowered__in=usernames) | Q(person_id__in=ids)) if usernames else accounts.none()
        )
        self._accounts, self._usernames = {}, {}
        for account in found:
            person = account.person
            owner = Somebody(person.name, person.phone, 0, person.pk) if person else Somebody("", "")
            owner.username = account.username
            self._accounts[account.username.lower()] = owner
            if person is not None:
                self._usernames[person.pk] = account.username

    def _look_up_phones(self, phones: set[str]) -> None:
        indexes = {index: phone for phone in phones for index in blind_indexes(phone, PHONE_PURPOSE)}
        holds, signs_in = (
            Holding.objects.filter(person=OuterRef("pk")),
            Account.objects.filter(person=OuterRef("pk")),
        )
        staff = Person.objects.filter(Exists(holds) | Exists(signs_in), phone_index__in=indexes)
        self._phones = {}
        for person in staff.order_by("pk"):
            one = Somebody(person.name, person.phone, 0, person.pk)
            self._phones.setdefault(indexes[person.phone_index], []).append(one)

    def username_of(self, person_id: int) -> str:
        """The user name of somebody looked up; empty without an account."""
        return self._usernames.get(person_id, "")

    def owner_of(self, username: str) -> Somebody | None:
        """Whose this user name is, in the register or by an earlier row of the file."""
        key = username.lower()
        return self._accounts.get(key) or self._names_of_file.get(key)

    def meet(self, holder: Holder, row: int) -> Somebody:
        """Who this holder is. Raises `Invalid` (field ``phone`` or ``username``) for a contradiction."""
        by_name = self._by_username(holder)
        by_phone = self._by_phone(holder)
        if by_name and by_phone and not _are_one(by_name, by_phone):
            raise Invalid(_("This user name is taken."), field="username")
        somebody = by_name or by_phone or Somebody(holder.name, holder.phone, row)
        self._check_account(somebody, holder)
        return somebody

    def remember(self, somebody: Somebody, holder: Holder) -> None:
        """So that later rows of the file meet the same person."""
        # An office's number rings for many.
        if holder.phone and somebody not in (of_file := self._of_file.setdefault(holder.phone, [])):
            of_file.append(somebody)
        if somebody.username:
            self._names_of_file[somebody.username.lower()] = somebody

    def _by_username(self, holder: Holder) -> Somebody | None:
        owner = self.owner_of(holder.username) if holder.username else None
        if owner is not None and owner.name != holder.name:
            raise Invalid(_("This user name is taken."), field="username")
        if owner is not None and holder.phone and owner.phone != holder.phone:
            raise Invalid(_("Whoever has this user name has another telephone."), field="phone")
        return owner

    def _by_phone(self, holder: Holder) -> Somebody | None:
        if not holder.phone:
            return None
        known = [*self._of_file.get(holder.phone, []), *self._phones.get(holder.phone, [])]
        for one in known:
            if one.name == holder.name:
                return one
        # A mobile is somebody's own; an office's number rings for many.
        if known and is_mobile(holder.phone):
            if known[0].row:
                message = _("Row %(row)d gives this mobile number to somebody else.") % {"row": known[0].row}
            else:
                message = _("Somebody of another name who holds a post has this mobile number.")
            raise Invalid(message, field="phone")
        return None

    def _check_account(self, somebody: Somebody, holder: Holder) -> None:
        present = somebody.username or self.username_of(somebody.person_id or 0)
        if holder.username and present and present.lower() != holder.username.lower():
            raise Invalid(_("This person signs in under another user name already."), field="username")
        somebody.username = present


def _are_one(one: Somebody, other: Somebody) -> bool:
    return one is other or (one.person_id is not None and one.person_id == other.person_id)


def is_mobile(phone: str) -> bool:
    """Whether a number as it is stored is a mobile's of the mainland."""
    return len(phone) == 11 and phone.startswith("1") and phone.isdigit()
