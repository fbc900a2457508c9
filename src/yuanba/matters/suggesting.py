"""What software proposes for a new matter: category, tier, place, owner, possible duplicates; each with reason and confidence.

A suggestion, never a verdict: it fills in what nobody has decided yet, and a person decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from yuanba.language.similarity import likeness
from yuanba.language.triage import KeywordModel, Model, Triage
from yuanba.matters.directory import Directory
from yuanba.places.models import Place
from yuanba.places.resolve import resolve
from yuanba.playbooks.decisions import Facts, TierDecision, decide_tier, dispatch_target
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.schema import Playbook

PLACE_THRESHOLD = 0.6
LIKENESS_THRESHOLD = 0.6
TIER_CONFIDENCE = {"row": 0.8, "category": 0.6, "default": 0.3}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing proposed: the aspect, the value as the matter would hold it, its name, 0–1 confidence, reasons in words."""

    aspect: str
    value: str | int
    label: str
    confidence: float
    why: tuple[str, ...]

    def as_data(self) -> dict[str, object]:
        return asdict(self) | {"why": list(self.why), "confidence": round(self.confidence, 3)}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a matter when suggestions are made; `earlier` are (key, number, text) of recent ones nearby."""

    text: str
    title: str
    place: Place
    category: str = ""
    earlier: Sequence[tuple[int, str, str]] = ()
    repeated: int | None = None


def model_path() -> Path:
    """Where the district's own trained triage model lies, once there is one."""
    return Path(settings.VAR) / "triage.npz"


@lru_cache(maxsize=2)
def _trained(path: str, _changed_ns: int) -> Model:
    return Model.load(Path(path))


@lru_cache(maxsize=4)
def _keywords(digest: str, edition_id: int) -> KeywordModel:
    from yuanba.playbooks.queries import version

    playbook = version(edition_id).playbook
    return KeywordModel({category.code: category.words for category in playbook.all_categories()})


def triage_for(edition: PlaybookVersion) -> Triage:
    """The district's trained model where there is one, else the playbook's own words."""
    path = model_path()
    try:
        return _trained(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return _keywords(edition.digest, edition.pk)


class Suggester:
    """Proposes for one matter or a million: everything slow is loaded once."""

    def __init__(self, edition: PlaybookVersion, directory: Directory) -> None:
        self.edition = edition
        self.playbook: Playbook = edition.playbook
        self.directory = directory
        self.triage = triage_for(edition)
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
            group = self.playbook.group_labelled(label)
        if group is None:
            return None, 0.0
        inside = {category.code for category in group.categories}
        for suggestion in self.words.suggest(draft.text, draft.title):
            if suggestion.category in inside:
                return suggestion.category, 0.9
        return group.categories[0].code, 0.5

    def tier(self, category: str | int | None, repeated: int | None) -> tuple[Proposal, TierDecision]:
        kind = str(category) if category else None
        urgent = bool(self.playbook.category(kind).emergency_transfer) if kind else None
        decision = decide_tier(self.playbook, Facts(category=kind, repeated=repeated, urgent=urgent or None))
        name = self.playbook.tier(decision.tier).name
        confidence = TIER_CONFIDENCE[decision.decided_by]
        return Proposal("tier", decision.tier, name, confidence, decision.reasons), decision

    def place(self, draft: Draft) -> Proposal | None:
        """The place the text names, where it is nearer than the one known already."""
        found = resolve(f"{draft.title}\n{draft.text}", within=draft.place, limit=1)
        if not found or found[0].confidence < PLACE_THRESHOLD or found[0].place_id == draft.place.pk:
            return None
        best = found[0]
        return Proposal("place", best.place_id, best.full_name, best.confidence, tuple(map(str, best.why)))

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
        scored = ((likeness(draft.text, text), key, number) for key, number, text in draft.earlier)
        best = sorted(
            (row for row in scored if row[0].score >= LIKENESS_THRESHOLD), key=lambda row: -row[0].score
        )
        for result, key, number in best[:3]:
            yield Proposal("duplicate", key, number, result.score, result.why)
