"""Leaving ended requests out of the three rates (剔除): what one counts there, who may decide, what is shown."""

import json
from datetime import datetime

from yuanba.kernel.authority import Viewer
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.paths import contains
from yuanba.matters import clockwork
from yuanba.matters.approving import is_own
from yuanba.matters.models import Exclusion, Matter
from yuanba.matters.owners import centre_for, next_above
from yuanba.matters.tallying import day_of, said_measures

OUT = "minus_"
"""Before the name of a measure: how many of it the rates leave out. The counts themselves keep them."""
EXCLUDED = "excluded"

Counted = list[list[str]]
"""Days and measures, as the tallies have them."""


def judged(matter: Matter) -> Matter:
    """The matter whose office residents judge: the one that this one joined, else itself."""
    return matter.lead or matter


def left_out_by(matter: Matter, closed_at: datetime) -> Counted:
    """What leaving out a request whose matter was closed then takes from the rates: one request on that day, and
    all that it counts in any of its rounds.
    """
    return [[day_of(closed_at), EXCLUDED], *taken_from_rates(matter)]


def taken_from_rates(matter: Matter) -> Counted:
    """Every day and measure by which an ended request counts in the rates, as left out."""
    found = [
        (day_of(verdict.at), measure)
        for verdict in matter.verdicts.all()
        for measure in said_measures(
            verdict.contacted, verdict.solved, verdict.satisfaction, by_office=verdict.by_office
        )
    ]
    found += [(day_of(answer.at), "answered") for answer in matter.answers.all()]
    closings = Entry.objects.filter(
        subject_kind=Matter.journal_kind, subject_id=matter.pk, kind__in=("close", "close_unanswered")
    )
    found += [(day_of(entry.at), f"closed_{json.loads(entry.data)['outcome']}") for entry in closings]
    return [[day, OUT + measure] for day, measure in sorted(found)]


def standing(matter: Matter) -> Exclusion | None:
    """The exclusion of this request that waits or stands, if any."""
    return matter.exclusions.filter(Exclusion.WAITS | Exclusion.STANDS).first()


def proposers(exclusion: Exclusion) -> set[str]:
    """Who proposed it, as `Viewer.hand` names them."""
    return {f"person:{exclusion.proposer_id}"}


def may_decide(viewer: Viewer, exclusion: Exclusion) -> bool:
    """Whether the viewer is the second person: another one than proposed it, at a level above the office that
    is judged or at the governance centre, and never of that office itself.
    """
    matter = exclusion.matter
    owner = judged(matter).owner
    if viewer.person_id is None or is_own(viewer, proposers(exclusion)):
        return False
    if {owner.pk, matter.owner_id} & viewer.organizations:
        return False
    above = next_above(judged(matter))
    paths = [held.organization_path for held in viewer.holdings if held.organization_path]
    return centre_for(matter).pk in viewer.organizations or (
        above is not None and any(contains(path, above.path) for path in paths)
    )


def reason_name(exclusion: Exclusion) -> str:
    """The reason in the words of the playbook under which the matter was opened."""
    rules = clockwork.playbook_of(exclusion.matter).playbook.rates.exclusions
    return next((rule.name for rule in rules if rule.code == exclusion.reason), exclusion.reason)
