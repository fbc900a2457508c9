"""The district, its levels and offices, and its calendar."""

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from yuanba.kernel.clock import ClockError, Counting, WorkingCalendar, WorkingHours
from yuanba.playbooks.schema.base import Code, Code6, Name, OrganizationKind, Part, Sentence, Sourced

LevelKind = Literal[
    "province",
    "city",
    "district",
    "street",
    "community",
    "grid",
    "cell",
    "estate",
    "building",
    "unit",
    "household",
    "area",
]
HOURS = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"
HoursText = Annotated[str, StringConstraints(pattern=HOURS)]


class District(Part):
    """The place this playbook is for."""

    name: Name
    """Full name as on its seal, e.g. 万州区."""
    code6: Code6
    """Six-digit division code (GB/T 2260), in quotes."""
    covers: tuple[Code6, ...] = ()
    """Codes of the counties inside, when the district is a whole city; empty means just `code6`."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Every six-digit code whose places belong here."""
        return (self.code6, *self.covers)


class Level(Part):
    """What this district calls one level of its place tree, or one of its overlays (grid, cell)."""

    kind: LevelKind
    """The level meant."""
    name: Name
    """What people here call it, e.g. 镇街."""


class DayOverride(Part):
    """One day on which this district differs from the official calendar."""

    on: date
    """The day, as 2026-05-04."""
    working: bool
    """true: offices work; false: they don't."""
    name: Name
    """Why, in a few words."""


class AssessmentPeriod(Sourced):
    """When a reporting day and a month of figures begin."""

    month_start_day: Annotated[int, Field(ge=1, le=28)]
    """Day on which an assessment month starts; 19 means from the 19th of the month before."""
    cut_hour: Annotated[int, Field(ge=0, le=23)]
    """Hour at which a reporting day ends and the next begins."""


class Calendar(Part):
    """Working time. Official holidays and make-up days come from the national calendar; this adds to it."""

    working_hours: Annotated[tuple[HoursText, ...], Field(min_length=1)]
    """Hours worked on a working day, in order, e.g. 09:00-12:00."""
    counting: Literal["next_day", "next_day_rolled", "moment"] = "next_day"
    """How days are counted: from the next day, so but never ending on a holiday, or from the moment."""
    announced_years: tuple[Annotated[int, Field(ge=1992, le=2100)], ...] = ()
    """Years for which `overrides` holds the whole official notice, when the product does not know it yet."""
    overrides: tuple[DayOverride, ...] = ()
    """Days on which the district differs from the national calendar."""
    assessment: AssessmentPeriod
    """When figures are cut."""

    @field_validator("working_hours")
    @classmethod
    def _in_order(cls, working_hours: tuple[str, ...]) -> tuple[str, ...]:
        try:
            WorkingHours.parse(working_hours)
        except ClockError:
            raise PydanticCustomError("hours_order", "hours out of order") from None
        return working_hours

    @cached_property
    def office_time(self) -> WorkingCalendar:
        """The calendar that limits in working time are counted by."""
        return self._calendar(round_the_clock=False)

    @cached_property
    def round_the_clock(self) -> WorkingCalendar:
        """The calendar of tiers whose clock never stops."""
        return self._calendar(round_the_clock=True)

    def _calendar(self, *, round_the_clock: bool) -> WorkingCalendar:
        return WorkingCalendar(
            hours=WorkingHours.parse(self.working_hours),
            overrides={day.on: day.working for day in self.overrides},
            announced_years=frozenset(self.announced_years),
            round_the_clock=round_the_clock,
            counting=Counting(self.counting),
        )


class OrganizationName(Part):
    """What this district calls one kind of organization."""

    kind: OrganizationKind
    """The kind meant."""
    name: Name
    """What it is called here."""


class Department(Part):
    """One department that matters can be dispatched to."""

    code: Code
    """Short code that categories and dispatch rules refer to."""
    name: Name
    """Its name here."""
    does: Sentence
    """What it is responsible for, in one line."""


class Organizations(Part):
    """The directory of offices that the rules below refer to."""

    centre: Name
    """Name of the governance centre that triages and arbitrates."""
    kinds: tuple[OrganizationName, ...]
    """Local names of the kinds of organization."""
    departments: Annotated[tuple[Department, ...], Field(min_length=1)]
    """Departments by code."""
