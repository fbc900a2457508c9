"""What `yuanba playbook check FILE` reports: faults, things worth a look, and a summary."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yuanba.playbooks.advice import advice, limit_faults, table_faults
from yuanba.playbooks.marks import MAX_BYTES
from yuanba.playbooks.problems import START, Problem, problem
from yuanba.playbooks.reading import read
from yuanba.playbooks.schema import Playbook
from yuanba.playbooks.tables import TableReport, analyse


@dataclass(frozen=True, slots=True)
class Summary:
    """What a playbook holds, in numbers."""

    code: str
    name: str
    district: str
    tiers: tuple[str, ...]
    rows: int
    groups: int
    categories: int
    words: int
    departments: int
    posts: int
    sources: int
    to_confirm: tuple[str, ...]
    uncovered: str

    def lines(self) -> Iterator[str]:
        """The same in words."""
        yield f"{self.name} ({self.code}) · {self.district}"
        yield _("Tiers: %(tiers)s; %(rows)d rules") % {"tiers": " < ".join(self.tiers), "rows": self.rows}
        if self.uncovered:
            message = _("No rule fires for example here, where the hint or the default decides: %(example)s")
            yield message % {"example": self.uncovered}
        counts = {"groups": self.groups, "categories": self.categories, "words": self.words}
        yield _("%(groups)d groups, %(categories)d categories, %(words)d words") % counts
        offices = {"departments": self.departments, "posts": self.posts}
        yield _("%(departments)d departments, %(posts)d kinds of post") % offices
        waiting = len(self.to_confirm)
        text = ngettext(
            "%(all)d sources, %(waiting)d to be confirmed by the district: %(titles)s",
            "%(all)d sources, %(waiting)d to be confirmed by the district: %(titles)s",
            waiting,
        )
        titles = "; ".join(self.to_confirm) or "-"
        yield text % {"all": self.sources, "waiting": waiting, "titles": titles}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of a check. Errors keep a playbook from being published, warnings don't."""

    file: str
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    summary: Summary | None
    playbook: Playbook | None

    @property
    def ok(self) -> bool:
        return not self.errors

    def lines(self) -> Iterator[str]:
        """The report as printed: faults and warnings as ``file:line:column: sentence``, then the summary."""
        for found in self.errors:
            yield _("error: %(text)s") % {"text": found.text(self.file)}
        for found in self.warnings:
            yield _("warning: %(text)s") % {"text": found.text(self.file)}
        if self.summary is not None:
            yield from self.summary.lines()


def check(path: Path) -> CheckReport:
    """Check a playbook file. A file that can't be opened is reported like any other fault."""
    try:
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = _("The file can't be opened: %(why)s.") % {"why": error.strerror or str(error)}
        return CheckReport(path.name, (problem(START, (), message),), (), None, None)
    return check_source(source, file=path.name)


def check_source(source: str | bytes, *, file: str = "playbook.yaml") -> CheckReport:
    """Check the text of a playbook; never raises for bad input."""
    reading = read(source)
    playbook = reading.playbook
    if playbook is None:
        return CheckReport(file, reading.problems, (), None, None)
    table = analyse(playbook)
    marks = reading.marks
    faults = [*limit_faults(playbook), *table_faults(playbook, table)]
    errors = sorted(problem(marks.mark(at), at, text) for at, text in faults)
    warnings = sorted(problem(marks.mark(at), at, text) for at, text in advice(playbook, table))
    summary = summarise(playbook, table)
    return CheckReport(file, tuple(errors), tuple(warnings), summary, None if errors else playbook)


def summarise(playbook: Playbook, table: TableReport) -> Summary:
    """Count what a playbook holds."""
    categories = playbook.all_categories()
    return Summary(
        code=playbook.code,
        name=playbook.name,
        district=playbook.district.name,
        tiers=tuple(tier.name for tier in playbook.tiers),
        rows=len(playbook.tier_rules.rows),
        groups=len(playbook.categories),
        categories=len(categories),
        words=sum(len(item.words) for item in categories),
        departments=len(playbook.organizations.departments),
        posts=len(playbook.posts),
        sources=len(playbook.sources),
        to_confirm=tuple(source.title for source in playbook.sources if source.to_confirm),
        uncovered="" if table.uncovered is None else table.uncovered.text(),
    )
