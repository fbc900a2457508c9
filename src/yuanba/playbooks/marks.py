"""YAML text to plain values, remembering where each key and value stood.

Only what a playbook needs is taken: one document of mappings, lists and plain values. Tags could name Python
objects, and anchors let a small file unfold into a huge one, so both are refused rather than limited.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.nodes import ScalarNode

from yuanba.playbooks.problems import START, Mark, Problem, Where, problem

Plain = Any  # what JSON can hold: dict, list, str, int, float, bool, None
MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_NODES = 20_000
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


# What YAML 1.2 calls not printable, in section 5.1.
_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
MOST_CONTROLS = 20


class TooMuch(Exception):
    """The file is deeper or longer than a playbook can be; reading stops."""


@dataclass(slots=True)
class Marked:
    """The values of a file, where each stood, and what was wrong with its YAML.

    ``broken``: the syntax breaks off somewhere. ``unread`` are top keys whose sections do: nothing can be said of
    them but that.
    """

    values: Plain = None
    broken: bool = False
    unread: frozenset[str] = frozenset()
    keys: dict[Where, Mark] = field(default_factory=dict)
    items: dict[Where, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, where: Where) -> Mark:
        """The nearest known place at or above `where`."""
        for end in range(len(where), -1, -1):
            if (mark := self.keys.get(where[:end]) or self.items.get(where[:end])) is not None:
                return mark
        return START

    def value_mark(self, where: Where) -> Mark:
        """Where the value stands; where its key does when the value is missing or starts on a later line."""
        value = self.items.get(where)
        return value if value is not None and value.line == self.mark(where).line else self.mark(where)

    def report(self, mark: Mark, where: Where, message: str) -> None:
        self.problems.append(problem(mark, where, message))


def load(text: str) -> Marked:
    """Read YAML text. Never raises for bad input: what is wrong is in ``problems``.

    ``values`` is None where the text breaks off; `sections.load_sections` reads what stands around the break.
    """
    marked = Marked()
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        marked.report(START, (), _("The file is larger than 1 MB; no playbook needs that much."))
        return marked
    text = _without_controls(text, marked)
    yaml = YAML(typ="safe", pure=True)
    try:
        _Builder(yaml, yaml.parse(text), marked).document()
    except TooMuch as error:
        marked.report(START, (), str(error))
    except MarkedYAMLError as error:
        marked.broken = True
        _report_syntax(marked, error, text)
    except YAMLError:
        marked.report(START, (), _("This is not YAML."))
    return marked


def _without_controls(text: str, marked: Marked) -> str:
    """The text with a blank for what no YAML may hold, each told of, so that the rest is read all the same."""
    for found in islice(_UNREADABLE.finditer(text), MOST_CONTROLS):
        before = text[: found.start()]
        mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
        marked.report(mark, (), _("There is a control character here that can't be seen; delete it."))
    return _UNREADABLE.sub(" ", text)


class _Builder:
    def __init__(self, yaml: YAML, events: Iterator[Event], marked: Marked) -> None:
        self.resolver = yaml.resolver
        self.events = events
        self.marked = marked
        self.nodes = 0

    def document(self) -> None:
        event = next(self.events)
        while not isinstance(event, DocumentStartEvent | StreamEndEvent):
            event = next(self.events)
        if isinstance(event, StreamEndEvent):
            self.marked.report(START, (), _("The file is empty."))
            return
        if event.version or event.tags:
            self.marked.report(_mark(event), (), _("Directives (%…) are not taken here; delete the line."))
        self.marked.values = self.node(next(self.events), ())
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                mark = _mark(event)
                self.marked.report(
                    mark, (), _("A second document starts here (---); one file holds one playbook.")
                )
                return

    def node(self, event: Event, where: Where) -> Plain:
        self.nodes += 1
        if len(where) > MAX_DEPTH or self.nodes > MAX_NODES:
            raise TooMuch(_("The file is nested too deep or has too many values to be a playbook."))
        mark = _mark(event)
        self.marked.items.setdefault(where, mark)
        self.refuse_anchors_and_tags(event, where, mark)
        if isinstance(event, MappingStartEvent):
            return self.mapping(where)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(where)
        return self.scalar(event, where, mark) if isinstance(event, ScalarEvent) else None

    def refuse_anchors_and_tags(self, event: Event, where: Where, mark: Mark) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self.marked.report(
                mark, where, _("Anchors and aliases (& and *) are not taken here; write the value out.")
            )
        if getattr(event, "tag", None) not in {None, "!"}:
            self.marked.report(mark, where, _("Tags (!…) are not taken here; write the plain value."))

    def mapping(self, where: Where) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            mark = _mark(event)
            key = self.key(event, where, mark)
            below = (*where, key)
            if key in values:
                self.marked.report(mark, below, _("The key “%(key)s” stands here twice.") % {"key": key})
            self.marked.keys.setdefault(below, mark)
            value = self.node(next(self.events), below)
            values.setdefault(key, value)
        return values

    def key(self, event: Event, where: Where, mark: Mark) -> str:
        if not isinstance(event, ScalarEvent):
            self.marked.report(mark, where, _("A key must be a word."))
            self.node(event, (*where, "?"))
            return "?"
        self.refuse_anchors_and_tags(event, where, mark)
        return str(event.value)

    def sequence(self, where: Where) -> list[Plain]:
        values: list[Plain] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            values.append(self.node(event, (*where, len(values))))
        return values

    def scalar(self, event: ScalarEvent, where: Where, mark: Mark) -> Plain:
        text = str(event.value)
        if _UNWANTED.search(text):
            self.marked.report(mark, where, _("There is a control character in this text; delete it."))
            return _UNWANTED.sub("", text)
        if event.style is not None or not event.implicit[0]:
            return text
        tag = self.resolver.resolve(ScalarNode, text, event.implicit)
        return _plain(str(tag).rpartition(":")[2], text)


def _plain(kind: str, text: str) -> Plain:
    """A plain scalar as JSON would hold it; dates, and numbers that JSON has none for, stay text."""
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0)
        if kind == "float" and math.isfinite(number := float(text.replace("_", ""))):
            return number
    except ValueError:  # 007 and numbers of thousands of digits
        pass
    return text


def _mark(event: Event) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _report_syntax(marked: Marked, error: MarkedYAMLError, text: str) -> None:
    """Say what is probably meant: the usual slips are tabs and the full-width colon of a Chinese keyboard."""
    at = error.problem_mark or error.context_mark
    mark = START if at is None else Mark(at.line + 1, at.column + 1)
    for number in (mark.line, mark.line - 1):
        line = text.split("\n")[number - 1] if 0 < number <= text.count("\n") + 1 else ""
        if "\t" in line[: len(line) - len(line.lstrip())]:
            marked.report(Mark(number, 1), (), _("This line is indented with a tab; use spaces."))
            return
        if "：" in line and ": " not in line and not line.rstrip().endswith(":"):
            message = _("This colon is a full-width one (：); write a plain colon and a space.")
            marked.report(Mark(number, line.index("：") + 1), (), message)
            return
    message = _("The YAML breaks off here: %(hint)s.") % {"hint": error.problem or error.context or ""}
    began = error.context_mark
    if began is not None and began.line + 1 < mark.line:
        message += " " + _("What breaks off began in line %(line)d.") % {"line": began.line + 1}
    marked.report(mark, (), message)
