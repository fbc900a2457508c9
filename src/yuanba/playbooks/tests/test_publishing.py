"""Publishing: once per text, never changed afterwards, seen by everyone at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from yuanba.kernel.authority import NOBODY, Power, Viewer, system
from yuanba.kernel.errors import Denied, Missing
from yuanba.kernel.journal.models import Entry
from yuanba.playbooks import queries
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.problems import PlaybookInvalid
from yuanba.playbooks.shipped import shipped_codes, shipped_source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_district")]
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OPERATOR = Viewer(actor="post:1/person:7", person_id=7, powers_everywhere=frozenset({Power.MANAGE_PLAYBOOK}))
Queries = Callable[[int], AbstractContextManager[object]]


def publish(source: str) -> PlaybookVersion:
    return publish_playbook(source, actor=OPERATOR, at=AT)


def test_a_fifth_district_needs_only_a_file(made_up_source: str) -> None:
    version = publish(made_up_source)
    assert (version.code, version.edition, version.published_by) == ("xinhe", 1, 7)
    assert queries.current_playbook() == version
    assert queries.current_playbook().playbook.district.name == "新禾区"
    assert str(version) == "xinhe 1"


def test_the_same_text_twice_is_one_edition(made_up_source: str) -> None:
    first = publish(made_up_source)
    again = publish(made_up_source)
    assert first == again
    assert PlaybookVersion.objects.filter(code="xinhe").count() == 1
    assert Entry.objects.filter(subject_kind="playbook", subject_id=first.pk).count() == 1


def test_a_changed_text_is_the_next_edition_and_in_force_at_once(made_up_source: str) -> None:
    first = publish(made_up_source)
    second = publish(made_up_source.replace("handling: 15wd", "handling: 12wd"))
    assert second.edition == 2
    assert queries.current_playbook() == second
    assert str(queries.version(first.pk).playbook.tier("heavy").limits.handling) == "15wd"
    assert str(queries.version(second.pk).playbook.tier("heavy").limits.handling) == "12wd"
    assert list(queries.editions()[:2]) == [second, first]


def test_publishing_is_in_the_journal(made_up_source: str) -> None:
    version = publish(made_up_source)
    entry = Entry.objects.get(subject_kind="playbook", subject_id=version.pk)
    assert (entry.kind, entry.actor, entry.at) == ("published", "post:1/person:7", AT)
    assert version.digest in entry.data
    version.refresh_from_db()
    assert (version.version, version.journal_hash) == (1, entry.hash)


def test_an_earlier_text_comes_into_force_again_as_a_new_edition(made_up_source: str) -> None:
    first = publish(made_up_source)
    publish(made_up_source.replace("handling: 15wd", "handling: 12wd"))
    back = publish(made_up_source)
    assert (back.edition, back.digest) == (3, first.digest)
    assert queries.current_playbook() == back
    assert publish(made_up_source) == back
    assert queries.version(first.pk).playbook == back.playbook


def test_a_faulty_playbook_is_refused_and_leaves_nothing(made_up_source: str) -> None:
    before = (PlaybookVersion.objects.count(), Entry.objects.count())
    with pytest.raises(PlaybookInvalid) as caught:
        publish(made_up_source.replace("leads: street", "leads: sreet"))
    assert caught.value.problems[0].where == "tiers[2].leads"
    contradicting = made_up_source.replace(
        "tier_rules:\n  hit_policy: highest\n  default: light\n  rows:\n",
        "tier_rules:\n  hit_policy: highest\n  default: light\n  rows:\n"
        "    - {id: Z, text: 相反, when: {power: {at_most: community}}, tier: heavy}\n",
    )
    with pytest.raises(PlaybookInvalid):
        publish(contradicting)
    assert (PlaybookVersion.objects.count(), Entry.objects.count()) == before


@pytest.mark.parametrize("viewer", [NOBODY, system("reader", [Power.SEE])])
def test_publishing_takes_its_power(made_up_source: str, viewer: Viewer) -> None:
    with pytest.raises(Denied):
        publish_playbook(made_up_source, actor=viewer, at=AT)


@pytest.mark.parametrize(
    "change",
    [
        "source = 'x'",
        "digest = 'x'",
        "edition = 9",
        "code = 'x'",
        "published_at = '2020-01-01'",
        "published_by = 1",
    ],
)
def test_the_database_refuses_to_change_what_is_published(made_up_source: str, change: str) -> None:
    version = publish(made_up_source)
    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE playbooks_playbookversion SET {change} WHERE id = {version.pk}")
    version.refresh_from_db()
    assert version.source == made_up_source


def test_the_database_refuses_a_second_row_of_one_edition(made_up_source: str) -> None:
    version = publish(made_up_source)
    rows = [
        {"edition": version.edition, "digest": "0" * 64},
        {"edition": 0, "digest": "0" * 64},
    ]
    for row in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            PlaybookVersion.objects.create(code="xinhe", source="", published_at=AT, **row)


def test_an_edition_seen_lately_costs_no_query(
    made_up_source: str, django_assert_num_queries: Queries
) -> None:
    version = publish(made_up_source)
    assert version.playbook.code == "xinhe"
    queries.version(version.pk)
    with django_assert_num_queries(0):
        assert queries.version(version.pk).playbook.code == "xinhe"
    with django_assert_num_queries(1):
        assert queries.current_playbook().playbook.code == "xinhe"


def test_an_edition_published_by_another_process_is_seen_at_once(made_up_source: str) -> None:
    publish(made_up_source)
    assert queries.current_playbook().edition == 1
    # What another process does: a row appears without this process's memory hearing of it.
    other = PlaybookVersion.objects.create(
        code="xinhe", edition=2, digest="f" * 64, source="", published_at=AT, version=1, journal_hash="0" * 64
    )
    assert queries.current_playbook() == other


def test_a_text_that_does_not_fit_its_digest_is_not_used() -> None:
    version = PlaybookVersion.objects.create(
        code="xinhe", edition=1, digest="e" * 64, source="code: x", published_at=AT
    )
    with pytest.raises(ValueError, match="was changed"):
        _ = version.playbook


def test_no_playbook_and_no_edition_are_plainly_missing() -> None:
    with pytest.raises(Missing):
        queries.version(10**9)
    if not PlaybookVersion.objects.exists():
        with pytest.raises(Missing):
            queries.current_playbook()


@pytest.mark.parametrize("code", shipped_codes())
def test_a_shipped_playbook_can_be_published(code: str) -> None:
    assert publish(shipped_source(code)).playbook.code == code
