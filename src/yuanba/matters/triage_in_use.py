"""Which triage a district uses: its own trained model where there is one, else the playbook's words."""

import logging
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from yuanba.language.triage import KeywordModel, Suggestion, Triage
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.schema import Playbook

log = logging.getLogger(__name__)
_word_models: dict[str, KeywordModel] = {}


def model_path() -> Path:
    """Where the district's own trained model lies, once there is one."""
    return Path(settings.VAR) / "triage.npz"


def trained() -> Triage | None:
    """The district's own model, read again when its file changes; None while there is none.

    A file that can't be read is told in the log and treated as none: a damaged model must not stop intake.
    Loading takes numpy and the whole model into memory; only workers and commands ask for it.
    """
    path = model_path()
    try:
        changed_ns = path.stat().st_mtime_ns
    except OSError:
        return None
    return _loaded(str(path), changed_ns)


@lru_cache(maxsize=1)
def _loaded(path: str, _changed_ns: int) -> Triage | None:
    from yuanba.language.triage.files import ModelFileError, load

    try:
        return load(Path(path))
    except (ModelFileError, OSError) as error:
        log.warning("the trained model %s is not used: %s", path, error)
        return None


def keywords(playbook: Playbook) -> KeywordModel:
    """A triage by the playbook's own words."""
    return KeywordModel({category.code: category.words for category in playbook.all_categories()})


def keywords_of(edition: PlaybookVersion) -> KeywordModel:
    """The same, kept: editions never change, and there are few."""
    if edition.digest not in _word_models:
        _word_models[edition.digest] = keywords(edition.playbook)
    return _word_models[edition.digest]


def triage_for(edition: PlaybookVersion) -> Triage:
    """The triage in use under an edition."""
    return trained() or keywords_of(edition)


class ByGroups:
    """A triage that names categories, asked for the labels of their groups, so that it can be measured
    against labelled messages.
    """

    def __init__(self, inner: Triage, labels: Mapping[str, str]) -> None:
        self.inner, self.labels = inner, labels

    @property
    def name(self) -> str:
        return self.inner.name

    def suggest(self, text: str, subject: str = "", *, limit: int = 3) -> list[Suggestion]:
        points: dict[str, float] = {}
        why: dict[str, tuple[str, ...]] = {}
        for found in self.inner.suggest(text, subject, limit=20):
            label = self.labels.get(found.category, found.category)
            points[label] = points.get(label, 0.0) + found.confidence
            why.setdefault(label, found.why)
        best = sorted(points, key=lambda label: -points[label])[:limit]
        return [Suggestion(label, min(points[label], 1.0), why[label]) for label in best]


def by_groups(triage: Triage, playbook: Playbook, labels: set[str]) -> ByGroups:
    """`triage`, answering in the labels of a labelled file: a category's group by name or label, where the
    file has it.
    """
    named: dict[str, str] = {}
    for group in playbook.categories:
        known = sorted(labels.intersection((group.name, *group.labels)))
        if known:
            named.update((item.code, known[0]) for item in group.categories)
    return ByGroups(triage, named)
