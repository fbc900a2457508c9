"""A district of the first version is brought to this one: what its records told before, they tell afterwards."""

import json

from tests.operations.conftest import Empty
from tests.operations.installation import Installation

# Granted, refused and waiting time; a request joined and another taken back; an answer that did not help, and a
# closing undone by the resident.
LIVED = """
from datetime import UTC, datetime
import django
django.setup()
from yuanba.demo.cast import build_cast
from yuanba.kernel.journal.sealing import seal_days
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Opinion
from yuanba.matters.tests.walking import START, Walk

cast = build_cast(datetime(2026, 3, 2, 1, tzinfo=UTC))
for approve in (True, False, None):
    walk = Walk(cast).receive().dispatch().claim()
    walk.do(actions.request_extension, "1wd", "等配件", by="street_officer")
    if approve is not None:
        walk.do(actions.decide_time, approve=approve, reason="看过了", by="centre_arbiter")

NO = Opinion(said="还是不亮", contacted=True, satisfaction="unsatisfied")
lead = Walk(cast).receive().dispatch().claim()
for ends in ("stays", "withdraws"):
    joined = Walk(cast, at=lead.at).receive()
    joined.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = joined.at
    if ends == "stays":
        stays = joined
    else:
        joined.do(actions.withdraw, by=joined.resident)
stays.at = lead.answer().at
for walk in (lead, stays):
    walk.do(actions.not_solved, NO, by=walk.resident)

again = Walk(cast).receive().dispatch().claim().answer()
again.do(actions.not_solved, NO, by=again.resident)
again.answer().confirm().close()
undone = Walk(cast).receive().dispatch().claim().answer().confirm().close()
undone.do(actions.not_solved, NO, by=undone.resident)
undone.answer()
while deliver_due(max(stays.at, again.at, undone.at)):
    pass
seal_days()
"""
TO_THE_FIRST = """
import django
django.setup()
from django.core.management import call_command
from yuanba.matters.models import Tally
Tally.objects.all().delete()  # the first version has no room for some of their names; they are made anew
call_command("migrate", "matters", "0001", verbosity=0)
call_command("migrate", "kernel", "0003", verbosity=0)
"""
TOLD = """
import json
import django
django.setup()
from yuanba.matters.models import MatterWords, Recipient, Tally, TimeRequest, Verdict

def rows(model, *columns):
    return sorted(map(repr, model.objects.values_list(*columns)))

print(json.dumps({
    "recipients": rows(Recipient, "answer", "matter", "late", "reopened_at", "closed_at", "closed_as"),
    "verdicts": rows(Verdict, "matter", "round", "recipient__answer", "recipient__matter"),
    "time": rows(TimeRequest, "pk", "asker", "approver", "approved"),
    "words": rows(MatterWords, "matter", "terms"),
    "counts": sorted(map(repr, Tally.objects.exclude(count=0).values_list(
        "place", "day", "measure", "tier", "category", "count"))),
}))
"""


def told(district: Installation) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(district.python(TOLD))
    return found


def test_a_district_of_the_first_version_tells_the_same_after_upgrading(empty: Empty) -> None:
    district = empty()
    district.python(LIVED)
    before = told(district)
    assert all(before.values())
    assert sum("datetime" in row for row in before["recipients"]) == 5
    district.python(TO_THE_FIRST)

    refused = district.run("audit")
    assert refused.returncode == 1
    assert "yuanba migrate" in refused.stderr

    district.answer("migrate")
    district.answer("recount")
    assert told(district) == before
    assert district.answer("audit")["breaches"] == 0
    assert district.answer("verify")["broken"] == 0
