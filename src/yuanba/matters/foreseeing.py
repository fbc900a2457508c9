"""What a new edition of the playbook would say of the matters that are open, were they sorted under it.

Nothing of it happens to them: a matter keeps the edition it was opened under, and with it its tier, its deadlines
and its wording. Looked at are what the table gives for the facts on record and where dispatch would send it, under the
matter's own edition and under the draft.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from yuanba.kernel.keyset import MOST, page
from yuanba.matters.deciding import repeated, said_of, spot_of, whole_facts
from yuanba.matters.flow import State
from yuanba.matters.models import Channel, Matter
from yuanba.playbooks.decisions import Facts, decide_tier, dispatch_target
from yuanba.playbooks.queries import version
from yuanba.playbooks.schema import Playbook

MOST_LISTED = 200
"""Keys of matters that are kept to be listed; whoever reads sees those of them that their posts may."""
PART = MOST
BY_DUE = ("due_at", "pk")
_COLUMNS = (
    "category",
    "state",
    "channel",
    "confidential",
    "due_at",
    "playbook_id",
    "place__kind",
    "place__path",
)
Outcome = tuple[str, str]
"""A tier, and where dispatch sends: a kind of office, or ``department:code``."""


@dataclass(slots=True)
class Found:
    """What was found so far: how many by tier and by office before and after, categories that are gone, by code; and
    keys of the first matters whose tier would be another.
    """

    tiers: Counter[tuple[str, str]] = field(default_factory=Counter)
    offices: Counter[tuple[str, str]] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    changed: list[tuple[int, str, str]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        return {
            "tiers": [[*pair, count] for pair, count in self.tiers.items()],
            "offices": [[*pair, count] for pair, count in self.offices.items()],
            "gone": dict(self.gone),
            "changed": [list(row) for row in self.changed],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Found":
        return cls(
            Counter({(old, new): count for old, new, count in data.get("tiers", ())}),
            Counter({(old, new): count for old, new, count in data.get("offices", ())}),
            Counter(data.get("gone", {})),
            [(key, old, new) for key, old, new in data.get("changed", ())],
        )


class Foresight:
    """Looks at matters, a part of them at a time; what was decided for the same facts is kept."""

    def __init__(self, draft: Playbook, found: Found) -> None:
        self.draft, self.found = draft, found
        self._outcomes: dict[tuple[int, Facts], Outcome] = {}

    def look_at(self, matters: Sequence[Matter]) -> None:
        """Add these to what was found; at most six queries for all of them together, where all are of one edition."""
        own = {key: version(key).playbook for key in {matter.playbook_id for matter in matters}}
        said = said_of(matter.pk for matter in matters if matter.state != State.RECEIVED)
        times = {0: _times(matters, self.draft)} | {key: _times(matters, each) for key, each in own.items()}
        for matter in matters:
            told = said.get(matter.pk, Facts())
            if not self._knows(matter.category):
                self.found.gone[matter.category] += 1
                continue
            edition = matter.playbook_id
            old = self._outcome(edition, own[edition], matter, told, times[edition].get(matter.pk))
            new = self._outcome(0, self.draft, matter, told, times[0].get(matter.pk))
            self._note(matter.pk, old, new)

    def _knows(self, category: str) -> bool:
        try:
            return not category or bool(self.draft.category(category))
        except KeyError:
            return False

    def _note(self, key: int, old: Outcome, new: Outcome) -> None:
        self.found.tiers[old[0], new[0]] += 1
        if old[1] != new[1]:
            self.found.offices[old[1], new[1]] += 1
        if old[0] != new[0] and len(self.found.changed) < MOST_LISTED:
            self.found.changed.append((key, old[0], new[0]))

    def _outcome(
        self, edition: int, playbook: Playbook, matter: Matter, said: Facts, times: int | None
    ) -> Outcome:
        facts = whole_facts(playbook, matter.category, said, times)
        known = self._outcomes.get((edition, facts))
        if known is None:
            tier = decide_tier(playbook, facts).tier
            known = self._outcomes[edition, facts] = (tier, office_by_rule(playbook, matter.category, tier))
        return known


def office_by_rule(playbook: Playbook, category: str, tier: str) -> str:
    """Where the playbook sends a matter, as suggestions follow it: a kind of office, or ``department:code``."""
    target = dispatch_target(playbook, category or None, tier)
    if target.department is not None:
        return f"department:{target.department}"
    if target.kind == "community" and playbook.is_off_list(category):
        return "street"
    return target.kind


def _times(matters: Iterable[Matter], playbook: Playbook) -> dict[int, int]:
    """How often each came before, counted for what this playbook's table asks."""
    spots = []
    for matter in sorted(matters, key=lambda each: each.pk):
        hidden = matter.confidential or matter.channel == Channel.PART
        spots.append(spot_of(matter.pk, matter.place, matter.category, hidden=hidden))
    return repeated((spot for spot in spots if spot is not None), playbook)


def look_on(foresight: Foresight, cursor: str, most: int, part: int = PART) -> tuple[int, str]:
    """Look at up to `most` open matters after `cursor`, in order of their deadlines; returns how many, and the cursor
    to go on from, empty at the end. Read a part at a time, so memory does not grow with the district.

    Complaints about an office are left out: whoever is accused may be reading, and a number alone would tell them.
    """
    rows = Matter.objects.filter(stopped_at=None, accused_path="").select_related("place").only(*_COLUMNS)
    looked = 0
    while looked < most:
        read = page(rows, BY_DUE, cursor, part)
        foresight.look_at(read.rows)
        looked, cursor = looked + len(read.rows), read.next
        if not cursor:
            break
    return looked, cursor
