"""The draft as its pages show it: its text, what the check says of it, and what it began from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from django.utils.translation import get_language

from yuanba.people.queries import names_of
from yuanba.playbooks.actions import guards_refusal
from yuanba.playbooks.check import CheckReport, check_source
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.problems import Problem
from yuanba.playbooks.queries import edition_with_text, newest_edition, the_draft

LONGEST_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One thing the check says, with the line it stands in."""

    problem: Problem
    text: str


@dataclass(frozen=True)
class Drafted:
    """The draft, or before anybody began one the text in force; ``version`` is 0 then."""

    version: int
    source: str
    in_force: PlaybookVersion | None
    based_on: PlaybookVersion | None = None
    changed_at: datetime | None = None
    changed_by: str = ""

    @cached_property
    def report(self) -> CheckReport:
        return _checked(self.source, get_language() or "")

    @cached_property
    def refusal(self) -> str:
        """Why it could not come into force here though nothing is wrong with it; empty when it could."""
        return guards_refusal(self.report.playbook) if self.report.playbook is not None else ""

    @property
    def is_in_force(self) -> bool:
        """Whether it says the same as the edition in force."""
        return self.in_force is not None and self.in_force.source == self.source

    @property
    def is_behind(self) -> bool:
        """Whether another edition came into force after the work on it had begun."""
        return self.version > 0 and self.in_force != self.based_on


@lru_cache(maxsize=2)
def _checked(source: str, _language: str) -> CheckReport:
    """The check takes a second, says the same each time, and is shown on every page of the draft, one of which asks
    every three seconds.
    """
    return check_source(source)


def shown_draft() -> Drafted:
    """The draft and the edition in force, both with their text; four queries at most."""
    newest, draft = newest_edition(), the_draft()
    in_force = edition_with_text(newest.pk) if newest is not None else None
    if draft is None:
        return Drafted(0, in_force.source if in_force else "", in_force)
    names = names_of([draft.changed_by] if draft.changed_by is not None else [])
    return Drafted(
        draft.version,
        draft.source,
        in_force,
        draft.based_on,
        draft.changed_at,
        names.get(draft.changed_by or 0, ""),
    )


def excerpts(source: str, problems: Iterable[Problem]) -> list[Excerpt]:
    """Each with the text of its line, shortened."""
    lines = source.split("\n")
    return [
        Excerpt(each, lines[each.line - 1].strip()[:LONGEST_EXCERPT] if each.line <= len(lines) else "")
        for each in problems
    ]
