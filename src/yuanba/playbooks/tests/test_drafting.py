"""The draft: kept, refused when it is stale, previewed, and published once."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from yuanba.kernel.authority import NOBODY, Holding, Power, Viewer, system
from yuanba.kernel.crypto import salted_digest
from yuanba.kernel.errors import Denied, Invalid, Missing, NotAllowed, Stale
from yuanba.kernel.journal.models import Entry
from yuanba.playbooks.actions import (
    discard_draft,
    note_preview,
    publish_draft,
    publish_playbook,
    save_draft,
    start_preview,
)
from yuanba.playbooks.models import Draft, PlaybookVersion, Preview
from yuanba.playbooks.problems import PlaybookInvalid
from yuanba.playbooks.queries import current_playbook, may_draft, may_publish, preview_of, the_draft

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEEPER = Viewer(actor="post:1/person:7", person_id=7, powers_everywhere=frozenset({Power.MANAGE_PLAYBOOK}))
ARBITER = Viewer(
    actor="post:2/person:8",
    person_id=8,
    holdings=(Holding(2, "arbiter", "裁定员", district=frozenset({Power.ARBITRATE})),),
)


@pytest.fixture(autouse=True)
def in_force(db: None, no_district: None, made_up_source: str) -> PlaybookVersion:
    return publish_playbook(made_up_source, actor=KEEPER, at=AT)


@pytest.fixture
def changed(made_up_source: str) -> str:
    return made_up_source.replace("handling: 15wd", "handling: 12wd")


def save(source: str, version: int, actor: Viewer = KEEPER) -> Draft:
    return save_draft(source, version=version, actor=actor, at=AT)


def preview(version: int) -> Preview:
    made = start_preview(version=version, of_about=0, actor=KEEPER, at=AT)
    note_preview(made, found={}, looked_at=0, cursor="", at=AT)
    return made


def publish(version: int, reason: str = "部门都说办得到。") -> PlaybookVersion:
    return publish_draft(version=version, reason=reason, actor=KEEPER, at=AT)


def test_a_draft_is_kept_right_or_wrong_and_changes_nothing(in_force: PlaybookVersion) -> None:
    draft = save("code: [", 0)
    assert (draft.version, draft.based_on, draft.changed_by) == (1, in_force, 7)
    assert the_draft() == draft
    assert current_playbook() == in_force


def test_the_same_text_again_is_the_same_version(changed: str) -> None:
    assert save(changed, 0).version == 1
    assert save(changed.replace("\n", "\r\n"), 1).version == 1
    assert save(changed + "# x\n", 1).version == 2


def test_who_saved_on_an_older_version_is_told(changed: str) -> None:
    save(changed, 0)
    save(changed + "# 甲\n", 1, ARBITER)
    for version in (0, 1, 3):
        with pytest.raises(Stale) as caught:
            save(changed + "# 乙\n", version)
        assert caught.value.current_version == 2
    with pytest.raises(Stale):
        discard_draft(version=1, actor=KEEPER, at=AT)


@pytest.mark.parametrize(
    ("text", "code"), [("a\0b", "unkeepable"), ("\ud800", "unkeepable"), ("中" * 400_000, "too_large")]
)
def test_what_can_not_be_kept_is_refused_at_its_field(text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        save(text, 0)
    assert (caught.value.field, caught.value.code) == ("source", code)
    assert the_draft() is None


def test_beginning_anew_takes_the_text_in_force(changed: str, made_up_source: str) -> None:
    save(changed, 0)
    draft = discard_draft(version=1, actor=ARBITER, at=AT)
    assert (draft.version, draft.source) == (2, made_up_source)


def test_publishing_takes_a_preview_of_this_very_draft(changed: str) -> None:
    save(changed, 0)
    with pytest.raises(NotAllowed) as caught:
        publish(1)
    assert caught.value.code == "not_previewed"
    start_preview(version=1, of_about=9, actor=KEEPER, at=AT)
    with pytest.raises(NotAllowed):  # it was begun, not finished
        publish(1)
    preview(1)
    save(changed + "# x\n", 1)
    with pytest.raises(NotAllowed):
        publish(2)
    preview(2)
    assert publish(2) == current_playbook()


def test_a_preview_against_an_older_edition_does_not_count(changed: str, made_up_source: str) -> None:
    save(changed, 0)
    preview(1)
    publish_playbook(made_up_source + "# 从命令行\n", actor=system("cli"), at=AT)
    assert preview_of(1) is None
    with pytest.raises(NotAllowed):
        publish(1)
    preview(1)
    assert publish(1).edition == 3


def test_published_is_once_however_often_the_button_was_pressed(changed: str) -> None:
    save(changed, 0)
    preview(1)
    first, second = publish(1), publish(1)
    assert first == second == current_playbook()
    assert PlaybookVersion.objects.filter(code="xinhe").count() == 2
    assert Entry.objects.filter(subject_kind="playbook", subject_id=first.pk).count() == 1
    draft = the_draft()
    assert draft is not None
    assert (draft.version, draft.based_on) == (2, first)
    with pytest.raises(Stale):
        save("code: x", 1)


def test_why_it_was_published_is_kept_and_proved(changed: str) -> None:
    save(changed, 0)
    preview(1)
    with pytest.raises(Invalid) as caught:
        publish(1, "  ")
    assert caught.value.field == "reason"
    edition = publish(1)
    assert edition.reason.text == "部门都说办得到。"
    entry = Entry.objects.get(subject_kind="playbook", subject_id=edition.pk)
    assert "部门" not in entry.data
    assert salted_digest(edition.reason.text, edition.reason.salt) in entry.data
    assert sha256(changed.encode()).hexdigest() in entry.data


def test_a_draft_with_faults_or_without_news_is_not_published(changed: str, made_up_source: str) -> None:
    save(changed.replace("leads: street", "leads: sreet"), 0)
    preview(1)
    with pytest.raises(PlaybookInvalid):
        publish(1)
    save(made_up_source, 1)
    preview(2)
    with pytest.raises(NotAllowed) as caught:
        publish(2)
    assert caught.value.code == "nothing_new"


def test_the_arbiter_writes_and_only_the_keeper_publishes(changed: str) -> None:
    assert may_draft(ARBITER)
    assert not may_publish(ARBITER)
    save(changed, 0, ARBITER)
    preview(1)
    with pytest.raises(Denied):
        publish_draft(version=1, reason="试试", actor=ARBITER, at=AT)
    for viewer in (NOBODY, system("reader", [Power.SEE])):
        with pytest.raises(Denied):
            save(changed + "# x\n", 1, viewer)
        with pytest.raises(Denied):
            start_preview(version=1, of_about=0, actor=viewer, at=AT)
        with pytest.raises(Denied):
            discard_draft(version=1, actor=viewer, at=AT)


def test_the_database_takes_one_draft_only() -> None:
    row = {"version": 1, "source": "", "digest": "", "changed_at": AT}
    for wrong in ({"id": 2}, {"id": 1, "version": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Draft.objects.create(**row | wrong)


def test_without_a_draft_there_is_nothing_to_look_ahead_to() -> None:
    with pytest.raises(Missing):
        start_preview(version=0, of_about=0, actor=KEEPER, at=AT)
    with pytest.raises(Missing):
        publish(1)


def test_a_preview_asked_for_twice_is_the_same(changed: str) -> None:
    save(changed, 0)
    first = start_preview(version=1, of_about=0, actor=KEEPER, at=AT)
    again = start_preview(version=1, of_about=0, actor=KEEPER, at=AT + timedelta(hours=1))
    assert first == again
    assert again.started_at == AT
