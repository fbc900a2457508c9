"""Asking the playbook's table for a matter's tier: what is known, what it gives, and what is still to ask."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.kernel.journal.models import Entry
from yuanba.matters import clockwork
from yuanba.matters.flow import State
from yuanba.matters.models import Channel, Matter
from yuanba.matters.recurring import TOO_WIDE
from yuanba.places.models import Place
from yuanba.playbooks.decisions import Facts, TierDecision, decide_tier
from yuanba.playbooks.schema import AFFECTED, POWER_OVER, Playbook

FALLBACK = "other"
"""The category that all shipped playbooks keep for what fits nowhere else."""
SORTING = ("triage", "dispatch")
MOST_DEPARTMENTS = 1000
MOST_YUAN = Decimal(10) ** 12
BY_PERSON = ("affected", "power", "public_money", "money_yuan", "departments", "urgent")
"""What a person says of a matter; its category and how often it came are known without them."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One kind of trouble at one place; ``key`` is the matter's. What is not ``open`` counts for no later one: a
    number must not tell an office of a complaint about it.
    """

    key: int
    place_path: str
    category: str
    open: bool = True


def checked_facts(facts: Facts) -> Facts:
    """The facts, if the table can read them and they agree. Raises `Invalid` naming the field."""
    if facts.affected is not None and facts.affected not in AFFECTED:
        raise Invalid(_("Choose one of the listed answers."), field="affected")
    if facts.power is not None and facts.power not in POWER_OVER:
        raise Invalid(_("Choose one of the listed answers."), field="power")
    if facts.departments is not None and not 0 <= facts.departments <= MOST_DEPARTMENTS:
        raise Invalid(
            _("Write a number from 0 to %(most)d.") % {"most": MOST_DEPARTMENTS}, field="departments"
        )
    money = facts.money_yuan
    if money is not None and not (money.is_finite() and 0 <= money <= MOST_YUAN):
        raise Invalid(_("This is no sum of money in yuan."), field="money_yuan")
    if money is not None and facts.public_money is not None and facts.public_money != (money > 0):
        raise Invalid(
            _("The sum and the answer about public money contradict each other."), field="money_yuan"
        )
    return facts


def as_data(said: Facts) -> dict[str, Any]:
    """What a person said, as the journal can write it: no personal data, money as text."""
    known = {name: getattr(said, name) for name in BY_PERSON}
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in known.items()
        if value is not None
    }


def said_before(matter: Matter, state: str) -> Facts:
    """What a person last said of the matter when sorting it, as the journal tells it; nothing yet while it stands
    in its first state.
    """
    if state == State.RECEIVED:
        return Facts()
    entries = Entry.objects.filter(
        subject_kind=Matter.journal_kind, subject_id=matter.pk, kind__in=SORTING, data__contains='"facts":'
    )
    entry = entries.order_by("-seq").first()
    return _told(entry.data) if entry is not None else Facts()


def said_of(keys: Iterable[int]) -> dict[int, Facts]:
    """What a person last said of each of the matters, by key, as the journal tells it; one query for all."""
    entries = Entry.objects.filter(
        subject_kind=Matter.journal_kind,
        subject_id__in=list(keys),
        kind__in=SORTING,
        data__contains='"facts":',
    )
    rows = entries.order_by("subject_id", "seq").values_list("subject_id", "data")
    return {key: _told(data) for key, data in rows}


def _told(data: str) -> Facts:
    told: dict[str, Any] = json.loads(data)["facts"]
    known = {name: told[name] for name in BY_PERSON if name in told}
    if "money_yuan" in known:
        known["money_yuan"] = Decimal(known["money_yuan"])
    return Facts(**known)


def stays_put(matter: Matter, state: str, tier: str, said: Facts) -> bool:
    """Whether a matter that was sorted before keeps its tier, with nothing new said of it."""
    return state != State.RECEIVED and tier == matter.tier and said == said_before(matter, state)


def decision_for(matter: Matter, said: Facts) -> tuple[Facts, TierDecision]:
    """What the table gives for a matter as it is filed now, with all that is known of it."""
    playbook = clockwork.playbook_of(matter).playbook
    spot = spot_of(matter.pk, matter.place, matter.category)
    times = repeated([spot], playbook) if spot is not None else {}
    facts = whole_facts(playbook, matter.category, said, times.get(matter.pk))
    return facts, decide_tier(playbook, facts)


def whole_facts(playbook: Playbook, category: str, said: Facts, times: int | None) -> Facts:
    """What a person said, with what is known without them: the category, how often it came, whether the kind is
    an emergency.
    """
    urgent = said.urgent
    if urgent is None and category and playbook.category(category).emergency_transfer:
        urgent = True
    return replace(said, category=category or None, repeated=times, urgent=urgent)


def spot_of(key: int, place: Place, category: str, *, hidden: bool = False) -> Spot | None:
    """Where the same trouble could have been before; None where that says nothing: a whole community is no spot,
    and what fits no category is no kind.
    """
    if place.kind in TOO_WIDE or category in {"", FALLBACK}:
        return None
    return Spot(key, place.path, category, not hidden)


def repeated(spots: Iterable[Spot], playbook: Playbook) -> dict[int, int]:
    """How many matters of the same kind came to the same place before each of these, by key; one query for all.

    `spots` are in the order in which they came; those among them count for later ones whether they are stored yet or
    not. Nothing is counted beyond what the table asks, so a place with thousands costs no more than one with
    ten.
    """
    wanted, most = list(spots), _most_asked(playbook)
    if not wanted or most is None:
        return {}
    earlier = _stored_before(wanted, most)
    here: Counter[tuple[str, str]] = Counter()
    found: dict[int, int] = {}
    for spot in wanted:
        found[spot.key] = min(earlier.get(spot.key, 0) + here[spot.place_path, spot.category], most)
        here[spot.place_path, spot.category] += spot.open
    return found


def _most_asked(playbook: Playbook) -> int | None:
    """One more than the greatest number that the table compares with; None where it never asks."""
    bounds = [row.when.repeated for row in playbook.tier_rules.rows if row.when.repeated is not None]
    return max((max(each.at_least or 0, each.at_most or 0) for each in bounds), default=-1) + 1 or None


def _stored_before(spots: list[Spot], most: int) -> Mapping[int, int]:
    """Earlier matters by the index `matter_place_category`, each counted up to `most`.

    Left out are parts, what was withdrawn or belongs elsewhere, and what is protected.
    """
    params: list[Any] = []
    for spot in spots:
        params += [spot.key, spot.place_path, spot.category]
    rows = ", ".join(["(%s, %s, %s)"] * len(spots))
    others = ", ".join(["%s"] * len(spots))
    params += [Channel.PART, State.WITHDRAWN, State.OUT_OF_SCOPE, *(spot.key for spot in spots), most]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH new (wanted, place, category) AS (VALUES {rows})
            SELECT new.wanted, (
                SELECT COUNT(*) FROM (
                    SELECT 1 FROM matters_matter AS old
                    WHERE old.place_path = new.place AND old.category = new.category AND old.id < new.wanted
                        AND old.channel <> %s AND old.state NOT IN (%s, %s)
                        AND NOT old.confidential AND old.accused_path = '' AND old.id NOT IN ({others})
                    LIMIT %s
                ) AS counted
            ) FROM new
            """,  # noqa: S608
            params,
        )
        return dict(cursor.fetchall())
