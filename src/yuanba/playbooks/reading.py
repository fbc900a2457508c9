"""From a YAML file to a playbook, or to every fault in it at once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import ValidationError

from yuanba.playbooks.findings import findings, nearest
from yuanba.playbooks.marks import Marked, load
from yuanba.playbooks.problems import START, Mark, PlaybookInvalid, Problem, Where, problem
from yuanba.playbooks.schema import Playbook
from yuanba.playbooks.sections import load_sections
from yuanba.playbooks.sentences import keys_at, sentence

# Faults of the keys themselves stand at the key; all others at the value.
_AT_KEY = {"extra_forbidden"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read: the playbook if it holds, its faults, and where everything stood."""

    playbook: Playbook | None
    problems: tuple[Problem, ...]
    marks: Marked


def read(source: str | bytes) -> Reading:
    """Read and check YAML. Never raises for bad input; a playbook comes back only when there is no fault."""
    text, broken = _decoded(source)
    if broken is not None:
        return Reading(None, (broken,), Marked())
    return _read(text, get_language() or "")


@lru_cache(maxsize=4)
def _read(text: str, _language: str) -> Reading:
    """One text is read again and again: checked, tried out on open matters, published. Each reading takes a quarter of
    a second and comes out the same, but for the language that faults are told in. Nobody may write into it.
    """
    marked = load(text)
    if marked.broken:
        marked = load_sections(text, marked)
    problems = [*marked.problems, *_unread(marked)]
    playbook: Playbook | None = None
    if isinstance(marked.values, dict):
        playbook, faults = _validated(marked)
        problems += faults
        problems += [
            problem(marked.value_mark(where), where, text)
            for where, text in findings(marked.values, marked.unread)
        ]
    elif not problems:
        problems.append(
            problem(START, (), _("A playbook starts with keys at the margin, such as “code: …”."))
        )
    unique = tuple(sorted(set(problems)))
    return Reading(None if unique else playbook, unique, marked)


def _unread(marked: Marked) -> Iterator[Problem]:
    """What the check is silent about because a slip of YAML hides it."""
    if not marked.broken:
        return
    first, hidden = min(marked.problems), sorted(marked.unread)
    mark = Mark(first.line, first.column)
    if hidden:
        message = _(
            "Could not be read to its end, so more may be wrong inside: %(sections)s. The rest was checked."
        )
        yield problem(mark, (hidden[0],), message % {"sections": ", ".join(hidden)})
    else:
        yield problem(mark, (), _("The rest of the file could not be checked."))


def read_playbook(source: str | bytes, *, file: str = "playbook.yaml") -> Playbook:
    """The playbook in `source` (YAML in UTF-8). Raises `PlaybookInvalid` with every fault, naming `file`."""
    reading = read(source)
    if reading.playbook is None:
        raise PlaybookInvalid(reading.problems, file)
    return reading.playbook


def _decoded(source: str | bytes) -> tuple[str, Problem | None]:
    if isinstance(source, str):
        return source.removeprefix("\ufeff"), None
    try:
        return source.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        column = error.start - source.rfind(b"\n", 0, error.start)
        message = _("The file is not in UTF-8. Open it in an editor and save it again as UTF-8.")
        return "", problem(Mark(line, column), (), message)


def _validated(marked: Marked) -> tuple[Playbook | None, list[Problem]]:
    """Validate as JSON: a playbook's YAML has its types, and strict checks then know lists and dates."""
    try:
        return Playbook.model_validate_json(json.dumps(marked.values)), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
    misspelt = {
        (*fault["loc"][:-1], near)
        for fault in faults
        if fault["type"] == "extra_forbidden" and (near := _meant(fault["loc"])) is not None
    }
    return None, [
        problem(_place(marked, fault["type"], fault["loc"]), fault["loc"], sentence(fault))
        for fault in faults
        if not (fault["type"] == "missing" and (fault["loc"] in misspelt or fault["loc"][0] in marked.unread))
    ]


def _meant(where: Where) -> str | None:
    return nearest(str(where[-1]), keys_at(where[:-1]))


def _place(marked: Marked, kind: str, where: Where) -> Mark:
    if kind == "missing":
        return marked.mark(where[:-1])
    return marked.mark(where) if kind in _AT_KEY else marked.value_mark(where)
