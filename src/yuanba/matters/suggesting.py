"""What software proposes for a new matter: category, tier, place, owner; each with reason and confidence.

A suggestion, never a verdict: it fills in what nobody has decided yet, and a person decides. Possible
duplicates are in `matters.duplicates`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from yuanba.language.toponyms import Match, Reason
from yuanba.language.triage import Suggestion as Suggested
from yuanba.matters.deciding import FALLBACK
from yuanba.matters.directory import Directory, Office
from yuanba.matters.triage_in_use import keywords_of, triage_for
from yuanba.places.datum import Point
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.nearest import place_at
from yuanba.places.resolve import gazetteer, in_words
from yuanba.playbooks.decisions import Facts, Target, TierDecision, decide_tier, dispatch_target
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.schema import Category, CategoryGroup, Playbook

PLACE_THRESHOLD = 0.6
TIER_CONFIDENCE = {"row": 0.8, "category": 0.6, "default": 0.3}
NOTHING_SPEAKS = 0.1
_SEVERAL = 2
"""Places asked of a text: the second tells whether several parts of one are named."""
_PARTS = frozenset({PlaceKind.BUILDING, PlaceKind.UNIT, PlaceKind.HOUSEHOLD})
READ_FOR_PLACES = 2000
"""Characters of a text in which places are looked for: who tells where does so early."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing proposed: the aspect, the value as the matter would hold it, its name, 0–1 confidence,
    reasons in words.
    """

    aspect: str
    value: str | int
    label: str
    confidence: float
    why: tuple[str, ...]

    def as_data(self) -> dict[str, object]:
        return {
            "aspect": self.aspect,
            "value": self.value,
            "label": self.label,
            "confidence": round(self.confidence, 3),
            "why": list(self.why),
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a matter when suggestions are made.

    ``category`` is the code that the reporter chose; ``label`` what another system filed it under, in its own
    words; ``address`` what the reporter said when asked where it is; ``point`` where another system has it on
    the map.
    """

    text: str
    title: str
    place: Place
    category: str = ""
    label: str = ""
    address: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """The first half of a proposal: the category, the place where the text names a nearer one, and the place that
    it is then at.
    """

    category: Proposal
    place: Proposal | None
    where: Place


class Suggester:
    """Proposes for one matter or a million: everything slow is loaded once. Make a new one for each batch of
    work.
    """

    def __init__(self, edition: PlaybookVersion, directory: Directory) -> None:
        self.edition = edition
        self.playbook: Playbook = edition.playbook
        self.directory = directory
        self.triage = triage_for(edition)
        self.words = keywords_of(edition)
        self.gazetteer = gazetteer()
        self._names = {item.name: item.code for item in self.playbook.all_categories()}
        self._decisions: dict[tuple[str, int | None], TierDecision] = {}
        self._targets: dict[tuple[str, str], Target] = {}

    @property
    def made_by(self) -> str:
        """Name and version of what made a suggestion, for the record."""
        return f"{self.triage.name}+playbook:{self.edition.digest[:12]}"

    def propose(self, draft: Draft) -> list[Proposal]:
        """Category, tier, place (where the text names one) and owner, in the order in which they rest on each
        other, for one request of which nobody counts how often it came.
        """
        return self.complete(self.file(draft))

    def file(self, draft: Draft) -> Filed:
        """What it is and where: all that is needed to count how often it came before."""
        category, place = self.category(draft), self.place(draft)
        where = self.directory.place(int(place.value)) if place else draft.place
        return Filed(category, place, where)

    def complete(self, filed: Filed, repeated: int | None = None) -> list[Proposal]:
        """The rest, once it is known how many of the kind came to the place before."""
        tier = self.tier(str(filed.category.value), repeated)
        owner = self.owner(filed.category, tier, filed.where.path)
        proposed = (filed.category, tier, filed.place, owner)
        return [proposal for proposal in proposed if proposal is not None]

    def category(self, draft: Draft) -> Proposal:
        """The category, by the surest word there is: the reporter's, the other system's, the model's, the
        playbook's.
        """
        if draft.category:
            return self._proposed(draft.category, 1.0, _("Chosen by the one who reported it."))
        if draft.label and (filed := self._filed_under(draft)):
            return filed
        for found in self._suggested(draft):
            code, sure = self._as_category(found.category, draft)
            if code is not None:
                why = _("Words that speak for it: %(words)s") % {"words": "、".join(found.why)}
                return self._proposed(code, found.confidence * sure, why)
        why = _("Nothing in the text speaks for a category.")
        return self._proposed(self._fallback().code, NOTHING_SPEAKS, why)

    def _suggested(self, draft: Draft) -> Iterator[Suggested]:
        yield from self.triage.suggest(draft.text, draft.title)
        if self.triage is not self.words:
            yield from self.words.suggest(draft.text, draft.title)

    def knows(self, label: str) -> bool:
        """Whether another system's word names a category of the playbook, or a group of them."""
        label = label.strip()
        known = label in self._names or bool(self._groups(label))
        return known or any(item.code == label for item in self.playbook.all_categories())

    def _filed_under(self, draft: Draft) -> Proposal | None:
        label = draft.label.strip()
        why = _("The file says: %(label)s") % {"label": label[:40]}
        if label in self._names:
            return self._proposed(self._names[label], 0.95, why)
        code, sure = self._as_category(label, draft)
        return self._proposed(code, 0.95 * sure, why) if code else None

    def _as_category(self, label: str, draft: Draft) -> tuple[str | None, float]:
        """A label may name a category or a whole group; within a group the playbook's words decide."""
        try:
            return self.playbook.category(label).code, 1.0
        except KeyError:
            inside = [item.code for group in self._groups(label) for item in group.categories]
        if not inside:
            return None, 0.0
        for suggestion in self.words.suggest(draft.text, draft.title, limit=20):
            if suggestion.category in inside:
                return suggestion.category, 0.9
        return inside[0], 0.5

    def _groups(self, label: str) -> tuple[CategoryGroup, ...]:
        found = self.playbook.groups_labelled(label)
        return found or tuple(group for group in self.playbook.categories if group.code == label)

    def _fallback(self) -> Category:
        try:
            return self.playbook.category(FALLBACK)
        except KeyError:
            return self.playbook.all_categories()[-1]

    def _proposed(self, code: str, confidence: float, why: str) -> Proposal:
        return Proposal("category", code, self.playbook.category(code).name, confidence, (why,))

    def tier(self, category: str, repeated: int | None = None) -> Proposal:
        """The tier that the decision table gives while only the category is known, and how often it came."""
        decision = self._decisions.get((category, repeated))
        if decision is None:
            urgent = bool(self.playbook.category(category).emergency_transfer)
            facts = Facts(category=category, urgent=urgent or None, repeated=repeated)
            decision = self._decisions[category, repeated] = decide_tier(self.playbook, facts)
        name = self.playbook.tier(decision.tier).name
        return Proposal("tier", decision.tier, name, TIER_CONFIDENCE[decision.decided_by], decision.reasons)

    def place(self, draft: Draft) -> Proposal | None:
        """The place that the address names, else the whole text, where it is nearer than the one known already;
        without any the place that the point is at.
        """
        best = self._surest(draft.address, draft.place) if draft.address else None
        if best is None:
            told = f"{draft.address}\n{draft.title}\n{draft.text[:READ_FOR_PLACES]}"
            best = self._surest(told.strip(), draft.place)
        if best is None and draft.point is not None:
            return self._place_at(draft.point, draft.place)
        if best is None or best.place_id == draft.place.pk:
            return None
        why = tuple(in_words(reason) for reason in best.why)
        return Proposal(
            "place", best.place_id, self.directory.place_name(best.place_id), best.confidence, why
        )

    def _place_at(self, point: Point, within: Place) -> Proposal | None:
        found = place_at(point)
        if found is None or not found.place.path.startswith(within.path) or found.place.pk == within.pk:
            return None
        why = _("The point on the map lies %(metres)d m from %(place)s.")
        told = why % {"metres": found.distance_m, "place": found.beside}
        name = self.directory.place_name(found.place.pk)
        return Proposal("place", found.place.pk, name, found.confidence, (told,))

    def _surest(self, text: str, place: Place) -> Match | None:
        """The surest place; of several buildings or units named alike (3至5栋) what holds them all."""
        found = [one for one in self._matches(text, place) if one.confidence >= PLACE_THRESHOLD]
        if len(found) < _SEVERAL:
            return found[0] if found else None
        best, *others = (self.directory.place(one.place_id) for one in found)
        together = best.kind in _PARTS and all(one.parent_id == best.parent_id for one in others)
        if not together or best.parent_id is None:
            return found[0]
        return replace(found[0], place_id=best.parent_id, why=(Reason("several_named", {}), *found[0].why))

    def _matches(self, text: str, place: Place | None) -> list[Match]:
        """Matches within the nearest level that is loaded: households and the newest places may not be."""
        while place is not None:
            try:
                return self.gazetteer.find(text, place.pk, _SEVERAL)
            except KeyError:
                place = place.parent
        return self.gazetteer.find(text, None, _SEVERAL)

    def owner(self, category: Proposal, tier: Proposal, place_path: str) -> Proposal | None:
        """Who should get it by the playbook's dispatch rules; None where no such office is open."""
        target = self._target(str(category.value), str(tier.value))
        kind, why = target.kind, [target.reason]
        if kind != "department" and self._by_lead(target):
            level = self.playbook.level_name(kind)
            why.append(_("In the list of categories this one is handled by: %(level)s.") % {"level": level})
        if kind == "community" and self.playbook.is_off_list(str(category.value)):
            # Pushing it down takes two persons, so what one press does is the level above.
            kind = "street"
            why.append(_("It is off the communities' list, so the street gets it."))
        office: Office | None = self.directory.find(kind, target.department, place_path)
        if office is None:
            return None
        if target.kind == "department" and office.kind != "department":
            why.append(_("The department is not set up here, so it goes to the level above."))
        return Proposal("owner", office.pk, office.called, min(category.confidence, 0.9), tuple(why))

    def _by_lead(self, target: Target) -> bool:
        rows = self.playbook.dispatch.rows
        return any(row.id == target.row_id and row.to == "lead" for row in rows)

    def _target(self, category: str, tier: str) -> Target:
        key = (category, tier)
        if key not in self._targets:
            self._targets[key] = dispatch_target(self.playbook, category, tier)
        return self._targets[key]
