"""How many SQL statements each request takes; it must not grow with what is in the tables."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yuanba.demo.cast import Cast
from yuanba.matters.tests.api.conftest import TEXT, Program
from yuanba.matters.tests.api.lives import ANSWER, Life, begin

# Marks of transactions; on a connection outside a test they are BEGIN and COMMIT of the one transaction.
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


@contextmanager
def at_most(count: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [query["sql"] for query in captured if not query["sql"].startswith(MARKS)]
    assert len(statements) <= count, "\n".join(f"{each[:160]}" for each in statements)


@pytest.fixture
def warm(program: Program, cast: Cast) -> Program:
    """A program whose key was used today, in a process that knows the playbook."""
    begin(program, cast)
    return program


@pytest.mark.parametrize("contact", [{}, {"name": "居民丙", "phone": "13800007777"}])
def test_bringing_a_matter_in(warm: Program, cast: Cast, contact: dict[str, str]) -> None:
    body = {"text": TEXT, "place": {"id": cast.places["unit_2"].pk}, "contact": contact}
    with at_most(12):
        assert warm.post("/matters", body).status_code == 201
    with at_most(14):
        assert warm.post("/matters", body, Idempotency_Key="k").status_code == 201


def test_a_category_chosen_costs_one_statement_at_most(warm: Program, cast: Cast) -> None:
    body = {"text": TEXT, "place": {"id": cast.places["unit_2"].pk}, "category": "roads-lights"}
    with at_most(12):
        assert warm.post("/matters", body).status_code == 201


def test_each_step_of_a_life(warm: Program, cast: Cast) -> None:
    life = begin(warm, cast)
    with at_most(9):
        life.dispatched()
    with at_most(9):
        life.done("claim")
    with at_most(9):
        life.done("comment", {"text": "已联系"})
    with at_most(9):
        life.done("answer", ANSWER)
    with at_most(9):
        life.done("confirm", {"satisfaction": "satisfied"}, by=life.resident)
    with at_most(9):
        life.done("close")


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_at_any_length(warm: Program, cast: Cast, rows: int) -> None:
    lives = [begin(warm, cast) for _row in range(rows)]
    for query in ({}, {"order": "due"}, {"place": cast.places["shahe"].pk, "size": 2}):
        with at_most(6):
            assert warm.get("/matters", query).status_code == 200
    with at_most(6):
        assert warm.get(f"/matters/{lives[0].number}").status_code == 200


@pytest.mark.parametrize("notes", [1, 3])
def test_a_timeline_costs_the_same_at_any_length(warm: Program, cast: Cast, notes: int) -> None:
    life: Life = begin(warm, cast)
    for _note in range(notes):
        life.done("comment", {"text": "记一笔"})
    with at_most(6):
        warm.get(f"/matters/{life.number}/timeline")
