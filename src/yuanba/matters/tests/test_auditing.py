"""What somebody with the database's own rights changes in a row shows, though the journal's chain is whole."""

from typing import Any

import pytest
from django.db import connection

from yuanba.kernel.journal.verification import verify
from yuanba.matters.auditing import audit
from yuanba.matters.models import Matter
from yuanba.matters.tests.walking import Walk

MATTER = "UPDATE matters_matter SET {} WHERE id = %s"
ANSWER = "UPDATE matters_answer SET {} WHERE matter_id = %s"
VERDICT = "UPDATE matters_verdict SET {} WHERE matter_id = %s"


@pytest.fixture
def walk(cast: Any) -> Walk:
    walk = Walk(cast).receive().dispatch().claim().answer().confirm()
    assert audit().breaches == 0
    return walk


@pytest.mark.parametrize(
    "sql",
    [
        MATTER.format("text = 'another trouble'"),
        MATTER.format("title = 'another trouble'"),
        MATTER.format("state = 'handling'"),
        MATTER.format("tier = 'small'"),
        MATTER.format("category = 'other'"),
        MATTER.format("requester_id = NULL"),
        MATTER.format("confirmed_at = NULL"),
        MATTER.format("track_digest = 'f'"),
        MATTER.format("round = 2"),
        MATTER.format("salt = ''"),
        ANSWER.format("text = 'we did more'"),
        ANSWER.format("done_on = '2026-03-02'"),
        VERDICT.format("solved = NOT solved"),
        VERDICT.format("satisfaction = 'unsatisfied'"),
        VERDICT.format("contacted = NULL"),
        VERDICT.format("said = 'thank you'"),
        "DELETE FROM matters_verdict WHERE matter_id = %s",
    ],
)
def test_a_row_changed_behind_the_journals_back_is_a_breach(walk: Walk, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [walk.matter.pk])
        assert cursor.rowcount == 1
    assert verify().broken == 0
    breaches = [breach for breach in audit().listed if breach.rule == "journal"]
    assert [breach.subject for breach in breaches] == [f"matter {walk.matter.number}"]


def test_an_answer_taken_away_is_a_breach(walk: Walk) -> None:
    walk.matter.answers.get().delete()
    assert {"journal", "counts"} == {breach.rule for breach in audit().listed}


def test_another_owner_put_in_its_row_is_a_breach(walk: Walk) -> None:
    Matter.objects.filter(pk=walk.matter.pk).update(owner=walk.cast.offices["police"])
    assert "journal" in {breach.rule for breach in audit().listed}


def test_a_verdict_nobody_gave_is_a_breach(cast: Any) -> None:
    walk = Walk(cast).receive().dispatch().claim().answer()
    walk.matter.verdicts.create(round=1, solved=True, at=walk.at, recipient=walk.matter.recipients.get())
    assert {"journal", "counts"} == {breach.rule for breach in audit().listed}
