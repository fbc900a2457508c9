from datetime import date, timedelta

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from pytest_django import Settings

from yuanba.kernel.authority import NOBODY
from yuanba.kernel.errors import Denied, Invalid, NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.verification import verify
from yuanba.people.actions import (
    forget_expired,
    forget_person,
    register_person,
    renew_encryption,
)
from yuanba.people.models import Person
from yuanba.people.queries import persons_with_phone
from yuanba.people.tests.conftest import AT, BUILDER, Town, account_for, register

pytestmark = pytest.mark.django_db


def stored(person: Person, column: str) -> str:
    """What lies in the table itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM people_person WHERE id = %s", [person.pk])
        value: str = cursor.fetchone()[0]
    return value


def test_nothing_personal_lies_readable_in_the_table_or_the_journal() -> None:
    person = register_person(
        name="𠮷田·艾力", phone="138 1234 1234", email="a@example.org", actor=BUILDER, at=AT
    )
    assert Person.objects.get(pk=person.pk).name == "𠮷田·艾力"
    for column, text in (("name", "艾力"), ("phone", "13812341234"), ("email", "example")):
        assert stored(person, column)
        assert text not in stored(person, column)
        assert not Entry.objects.filter(data__contains=text).exists()


def test_a_person_is_found_by_any_way_of_writing_the_number() -> None:
    person = register(phone="13812340000")
    assert persons_with_phone(BUILDER, "+86 138-1234-0000") == [person]
    assert persons_with_phone(BUILDER, "13812340001") == []


def test_finding_by_number_takes_a_power() -> None:
    with pytest.raises(Denied):
        persons_with_phone(NOBODY, "13812340000")


def test_an_encrypted_column_cannot_be_searched() -> None:
    for lookup in ("phone", "phone__contains", "phone__in"):
        with pytest.raises(FieldError):
            Person.objects.filter(**{lookup: "13812341234"})


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "长" * 61), ("name", "a\x00b"), ("phone", "abc"), ("email", "no address")],
)
def test_what_cannot_be_stored_is_refused_by_field(field: str, value: str) -> None:
    before = Person.objects.count()
    with pytest.raises(Invalid) as refusal:
        register_person(**{field: value}, actor=NOBODY, at=AT)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert Person.objects.count() == before


def test_two_with_one_phone_stay_two() -> None:
    assert register().pk != register().pk


def test_a_forgotten_person_leaves_a_journal_that_verifies() -> None:
    person = register()
    forget_person(person.pk, actor=BUILDER, at=AT)
    gone = Person.objects.get(pk=person.pk)
    assert (gone.name, gone.phone, gone.email, gone.phone_index, gone.salt) == ("", "", "", "", "")
    assert gone.forgotten_at == AT
    assert verify().broken == 0


def test_who_still_serves_cannot_be_forgotten(town: Town) -> None:
    _post, account = town.holder("community_worker", "community")
    with pytest.raises(NotAllowed):
        forget_person(account.person_id or 0, actor=BUILDER, at=AT)
    with pytest.raises(Denied):
        forget_person(register().pk, actor=NOBODY, at=AT)


def test_persons_are_forgotten_when_their_time_is_over() -> None:
    last_day = AT.date() - timedelta(days=1)
    due = register_person(name="甲", retain_until=last_day, actor=BUILDER, at=AT)
    kept = register_person(name="乙", retain_until=date(2027, 1, 1), actor=BUILDER, at=AT)
    serving = register_person(name="丙", retain_until=last_day, actor=BUILDER, at=AT)
    account_for(serving)
    assert forget_expired(actor=BUILDER, at=AT) == 1
    assert forget_expired(actor=BUILDER, at=AT) == 0
    names = {person.pk: person.name for person in Person.objects.all()}
    assert (names[due.pk], names[kept.pk], names[serving.pk]) == ("", "乙", "丙")


def test_a_new_key_takes_over_row_by_row(settings: Settings) -> None:
    person = register(phone="13812340000")
    old = stored(person, "phone")
    settings.PERSONAL_DATA_KEYS_OLD = [settings.PERSONAL_DATA_KEY]
    settings.PERSONAL_DATA_KEY = "another secret"
    assert persons_with_phone(BUILDER, "13812340000") == [person]
    after = 0
    while (last := renew_encryption(after=after, limit=1)) is not None:
        after = last
    settings.PERSONAL_DATA_KEYS_OLD = []
    assert stored(person, "phone").split(".")[0] != old.split(".")[0]
    assert persons_with_phone(BUILDER, "13812340000")[0].phone == "13812340000"
