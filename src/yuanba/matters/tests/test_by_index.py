"""No statement of a matter's life reads a table that grows from end to end, however many matters there are."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions, queries
from yuanba.matters.actions import Opinion, Reply, Sorting
from yuanba.matters.models import Channel, Matter
from yuanba.matters.queries import Filter, Reach, resident_of
from yuanba.matters.reporting import Report

REFERRED_TO = ("matters_matter", "places_place", "people_organization", "people_post", "people_person")
GROWING = {"matters_matter", "kernel_entry", "matters_verdict", "matters_answer"}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's plans")
def test_every_statement_finds_its_rows_by_an_index(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        live(cast)
        browse(cast)
    asked = {row["sql"] for row in seen if row["sql"].startswith(("SELECT", "UPDATE", "DELETE"))}
    assert len(asked) > 50
    with connection.cursor() as cursor:
        # On a table this small every plan reads it whole; without that choice, what stays has no index to use.
        cursor.execute("SET LOCAL enable_seqscan = off")
        whole = {sql: found for sql in sorted(asked) if (found := reads_whole(cursor, sql))}
    assert not whole, "\n".join(f"{tables}: …{sql[sql.find(' FROM ') :]}" for sql, tables in whole.items())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's locks")
def test_no_lock_keeps_those_waiting_who_refer_to_the_row(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        live(cast)
    locks = [row["sql"] for row in seen if " UPDATE OF " in row["sql"] or row["sql"].endswith(" UPDATE")]
    referred = [sql for sql in locks if any(f'FROM "{table}"' in sql for table in REFERRED_TO)]
    assert len(referred) > 5
    assert [sql for sql in referred if " FOR UPDATE" in sql] == []


def live(cast: Cast) -> None:
    """One matter from its report to its close, not solved once, and another that joins it."""
    clerk, handler = cast.viewer("centre_clerk"), cast.viewer("street_officer")
    start = timezone.now() - timedelta(days=2)
    report = Report(text="三栋门口的路灯坏了两个星期。", place=cast.places["unit_2"], channel=Channel.DOOR)
    matter, other = (actions.receive(report, actor=system("door", []), at=start).matter for _ in range(2))
    deliver_due()
    sorting = Sorting(category="roads-lights", tier="big")
    for row in (matter, other):
        actions.dispatch_matter(row.pk, cast.offices["shahe"], sorting, actor=clerk, at=start)
    actions.merge_into(other.pk, matter.pk, actor=handler)
    actions.claim_matter(matter.pk, actor=handler)
    reply = Reply("路灯已更换。", "沙河街道", timezone.localdate(), override_reason="test")
    actions.answer_matter(matter.pk, reply, actor=handler)
    for row in (matter, other):
        actions.not_solved(row.pk, Opinion(said="晚上还是不亮。"), actor=resident_of(row))
    deliver_due()
    actions.answer_matter(matter.pk, reply, actor=handler)
    for row in (matter, other):
        actions.confirm(row.pk, Opinion(True, "satisfied"), actor=resident_of(row))
    deliver_due()
    actions.take_due_steps()
    actions.close_matter(matter.pk, actor=cast.viewer("centre_arbiter"))


def browse(cast: Cast) -> None:
    """The lists an office works on."""
    handler = cast.viewer("street_officer")
    for reach in (Reach.OWN, Reach.TERRITORY):
        queries.desk(handler, reach, Filter(open_only=True))
        queries.problem_list(handler, reach, Filter())
    queries.triage_queue(cast.viewer("centre_clerk"))
    queries.matter_for(handler, Matter.objects.order_by("pk")[0].number)


def reads_whole(cursor: Any, sql: str) -> list[str]:
    """The growing tables that the statement reads from end to end."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
    answer = cursor.fetchone()[0]
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return sorted(set(whole_reads(plan, limited=False)))


def whole_reads(node: dict[str, Any], *, limited: bool) -> Iterator[str]:
    """Scans without a condition on their index. One that a LIMIT ends early is fine in the order of an index made
    for it, and wanting when it walks the keys and tries each row.
    """
    kind, table = node["Node Type"], node.get("Relation Name", "")
    limited = (limited or kind == "Limit") and kind not in {"Sort", "Aggregate"}
    by_index = "Index Cond" in node or "Recheck Cond" in node or "TID Cond" in node
    ends_early = limited and not ("Filter" in node and node.get("Index Name", "_pkey").endswith("_pkey"))
    if kind.endswith("Scan") and table in GROWING and not by_index and not ends_early:
        yield table
    for child in node.get("Plans", ()):
        yield from whole_reads(child, limited=limited)
