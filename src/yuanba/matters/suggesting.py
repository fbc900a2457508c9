"""What software proposes for a new matter: category, tier, place, owner, possible duplicates; each with
reason and confidence.

A suggestion, never a verdict: it fills in what nobody has decided yet, and a person decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from yuanba.language.similarity import Telling, likeness
from yuanba.language.triage import KeywordModel, Triage
from yuanba.language.triage import Suggestion as Suggested
from yuanba.matters.directory import Directory
from yuanba.places.models import Place
from yuanba.places.resolve import gazetteer, in_words
from yuanba.playbooks.decisions import Facts, TierDecision, decide_tier, dispatch_target
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.queries import version
from yuanba.playbooks.schema import Playbook

PLACE_THRESHOLD = 0.6
ALIKE = 0.6
TIER_CONFIDENCE = {"row": 0.8, "category": 0.6, "default": 0.3}


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
        return asdict(self) | {"why": list(self.why), "confidence": round(self.confidence, 3)}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a matter when suggestions are made; `earlier` are recent ones nearby."""

    text: str
    title: str
    place: Place
    category: str = ""
    at: datetime | None = None
    earlier: Sequence["Earlier"] = ()
    repeated: int | None = None

    @property
    def telling(self) -> Telling:
        return Telling(self.text, self.title, self.at, self.place.path)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A matter that a new one may be the same as."""

    pk: int
    number: str
    telling: Telling


def model_path() -> Path:
    """Where the district's own trained triage model lies, once there is one."""
    return Path(settings.VAR) / "triage.npz"


@lru_cache(maxsize=2)
def _trained(path: str, _changed_ns: int) -> Triage:
    from yuanba.language.triage.files import load

    return load(Path(path))


@lru_cache(maxsize=4)
def _keywords(digest: str, edition_id: int) -> KeywordModel:
    playbook = version(edition_id).playbook
    return KeywordModel({category.code: category.words for category in playbook.all_categories()})


def triage_for(edition: PlaybookVersion) -> Triage:
    """The district's trained model where there is one, else the playbook's own words."""
    path = model_path()
    try:
        return _trained(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return _keywords(edition.digest, edition.pk)


class _ByGroups:
    """A triage that names categories, asked for their groups: how the playbook's words compare with labelled
    groups.
    """

    def __init__(self, inner: Triage, labels: dict[str, str]) -> None:
        self.inner, self.labels = inner, labels

    @property
    def name(self) -> str:
        return self.inner.name

    def suggest(self, text: str, subject: str = "", *, limit: int = 3) -> list[Suggested]:
        points: dict[str, float] = {}
        why: dict[str, tuple[str, ...]] = {}
        for found in self.inner.suggest(text, subject, limit=20):
            label = self.labels.get(found.category, found.category)
            points[label] = points.get(label, 0.0) + found.confidence
            why.setdefault(label, found.why)
        best = sorted(points, key=lambda label: -points[label])[:limit]
        return [Suggested(label, min(points[label], 1.0), why[label]) for label in best]


def by_groups(triage: Triage, playbook: Playbook, labels: set[str]) -> Triage:
    """`triage`, answering in the labels of a labelled file: category codes as they are, else the groups of
    that name.
    """
    names = {
        item.code: next((label for label in sorted(labels) if group in playbook.groups_labelled(label)), item.code)
        for group in playbook.categories
        for item in group.categories
    }
    return _ByGroups(triage, names)


class Suggester:
    """Proposes for one matter or a million: everything slow is loaded once."""

    def __init__(self, edition: PlaybookVersion, directory: Directory) -> None:
        self.edition = edition
        self.playbook: Playbook = edition.playbook
        self.directory = directory
        self.triage = triage_for(edition)
        self.gazetteer = gazetteer()
        self.words = _keywords(edition.digest, edition.pk)

    @property
    def made_by(self) -> str:
        """Name and version of what made a suggestion, for the record."""
        return f"{self.triage.name}+playbook:{self.edition.digest[:12]}"

    def propose(self, draft: Draft) -> list[Proposal]:
        """Proposals in the order in which they rest on each other."""
        place = self.place(draft)
        category = self.category(draft)
        tier, decision = self.tier(category.value if category else None, draft.repeated)
        owner = self.owner(category, tier, place.value if place else draft.place.pk, draft.place)
        found = [proposal for proposal in (category, tier, place, owner) if proposal is not None]
        return [*found, *self.duplicates(draft)]

    def category(self, draft: Draft) -> Proposal | None:
        if draft.category:
            name = self.playbook.category(draft.category).name
            return Proposal("category", draft.category, name, 1.0, (_("Chosen by the one who reported it."),))
        found = self.triage.suggest(draft.text, draft.title)
        if not found:
            return None
        best = found[0]
        code, sure = self._as_category(best.category, draft)
        if code is None:
            return None
        why = _("Words that speak for it: %(words)s") % {"words": "、".join(best.why)}
        return Proposal("category", code, self.playbook.category(code).name, best.confidence * sure, (why,))

    def _as_category(self, label: str, draft: Draft) -> tuple[str | None, float]:
        """A model may name a category or a whole group; within a group the playbook's words decide."""
        try:
            return self.playbook.category(label).code, 1.0
        except KeyError:
            groups = self.playbook.groups_labelled(label)
        inside = [category.code for group in groups for category in group.categories]
        for suggestion in self.words.suggest(draft.text, draft.title):
            if suggestion.category in inside:
                return suggestion.category, 0.9
        return (inside[0], 0.5) if inside else (None, 0.0)

    def tier(self, category: str | int | None, repeated: int | None) -> tuple[Proposal, TierDecision]:
        kind = str(category) if category else None
        urgent = bool(self.playbook.category(kind).emergency_transfer) if kind else None
        decision = decide_tier(self.playbook, Facts(category=kind, repeated=repeated, urgent=urgent or None))
        name = self.playbook.tier(decision.tier).name
        confidence = TIER_CONFIDENCE[decision.decided_by]
        return Proposal("tier", decision.tier, name, confidence, decision.reasons), decision

    def place(self, draft: Draft) -> Proposal | None:
        """The place the text names, where it is nearer than the one known already."""
        found = self.gazetteer.find(f"{draft.title}\n{draft.text}", draft.place.pk, 1)
        if not found or found[0].confidence < PLACE_THRESHOLD or found[0].place_id == draft.place.pk:
            return None
        best = found[0]
        why = tuple(in_words(reason) for reason in best.why)
        return Proposal(
            "place", best.place_id, self.directory.place_name(best.place_id), best.confidence, why
        )

    def owner(
        self, category: Proposal | None, tier: Proposal, place_id: int | str, known: Place
    ) -> Proposal | None:
        code = str(category.value) if category else None
        target = dispatch_target(self.playbook, code, str(tier.value))
        path = known.path if place_id == known.pk else self.directory.place(int(place_id)).path
        office = self.directory.find(target.kind, target.department, path)
        if office is None:
            return None
        sure = min(category.confidence if category else 0.3, 0.9)
        return Proposal("owner", office.pk, office.called, sure, (target.reason,))

    def duplicates(self, draft: Draft) -> Iterable[Proposal]:
        own = draft.telling
        scored = [(likeness(own, each.telling), each) for each in draft.earlier]
        alike = sorted((row for row in scored if row[0].value >= ALIKE), key=lambda row: -row[0].value)
        for found, each in alike[:3]:
            why = _("Both speak of: %(words)s") % {"words": "、".join(found.shared)}
            yield Proposal("duplicate", each.pk, each.number, found.value, (why,))
