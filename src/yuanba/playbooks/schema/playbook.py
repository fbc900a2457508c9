"""The whole playbook of one district."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from yuanba.kernel.clock import WorkingCalendar
from yuanba.playbooks.schema.base import Code, Name, Part, Sentence, Source
from yuanba.playbooks.schema.categories import Category, CategoryGroup, Dispatch
from yuanba.playbooks.schema.figures import Rates
from yuanba.playbooks.schema.ground import Calendar, Department, District, Level, Organizations
from yuanba.playbooks.schema.handling import (
    AnswerGate,
    Closing,
    Escalation,
    Merge,
    OutOfScopeOutcome,
    Pauses,
    Refusals,
    Whistle,
)
from yuanba.playbooks.schema.notices import Notices
from yuanba.playbooks.schema.posts import Admission, Duties, PostKind
from yuanba.playbooks.schema.service import RateLimit, ReportPage, RetentionRule
from yuanba.playbooks.schema.tiers import Tier, TierRules


class Playbook(Part):
    """Everything that differs between districts.

    Made by `reading.read_playbook` only, which also checks that codes refer to something.
    """

    code: Code
    """Short name of the playbook; its editions share it."""
    name: Name
    """Name of the mechanism, as people here call it."""
    description: Sentence
    """What it is about, in a line or two."""
    language: Literal["zh-Hans", "zh-Hant"]
    """Language of the values."""
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    """Laws, standards and articles that numbers below refer to."""
    district: District
    """The place."""
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    """Names of the levels, from the top down."""
    calendar: Calendar
    """Working time."""
    organizations: Organizations
    """Offices."""
    posts: Annotated[tuple[PostKind, ...], Field(min_length=1)]
    """Kinds of post."""
    duties: Duties
    """Duties, 10+N."""
    admission: Admission
    """What communities take on, and what not."""
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=9)]
    """Tiers from lowest to highest; `highest tier wins` goes by this order."""
    tier_rules: TierRules
    """The decision table for tiers."""
    categories: Annotated[tuple[CategoryGroup, ...], Field(min_length=1)]
    """What residents ask about."""
    dispatch: Dispatch
    """Who gets it."""
    escalation: Escalation
    """What the clock does."""
    refusals: Refusals
    """Sending back."""
    pauses: Pauses
    """Standing still."""
    whistle: Whistle
    """Calling departments."""
    merge: Merge
    """Many requests, one trouble."""
    closing: Closing
    """Ending, reopening, watching."""
    answer_gate: AnswerGate
    """What an answer must contain."""
    out_of_scope: Annotated[tuple[OutOfScopeOutcome, ...], Field(min_length=6, max_length=6)]
    """The six ways in which a request does not belong here."""
    rates: Rates
    """The three rates."""
    retention: Annotated[tuple[RetentionRule, ...], Field(min_length=1)]
    """How long personal data is kept; every class once."""
    rate_limits: Annotated[tuple[RateLimit, ...], Field(min_length=1)]
    """How many reports one source may send."""
    report_page: ReportPage
    """Words on the report page."""
    notices: Notices
    """Wording of notices."""

    @cached_property
    def _categories(self) -> dict[str, tuple[CategoryGroup, Category]]:
        return {item.code: (group, item) for group in self.categories for item in group.categories}

    @cached_property
    def _tiers(self) -> dict[str, tuple[int, Tier]]:
        return {tier.code: (rank, tier) for rank, tier in enumerate(self.tiers)}

    @cached_property
    def _posts(self) -> dict[str, PostKind]:
        return {post.code: post for post in self.posts}

    @cached_property
    def _departments(self) -> dict[str, Department]:
        return {department.code: department for department in self.organizations.departments}

    def tier(self, code: str) -> Tier:
        """Raises KeyError when there is none of that code, as do the look-ups below."""
        return self._tiers[code][1]

    def working_calendar(self, tier: str) -> WorkingCalendar:
        """The calendar that the clock of a matter in `tier` counts by. Raises KeyError."""
        clock = self.calendar
        return clock.round_the_clock if self.tier(tier).round_the_clock else clock.office_time

    @cached_property
    def links_items(self) -> bool:
        """Whether it says which categories are which items of the admission lists."""
        return any(item.item is not None for item in self.all_categories())

    def is_withdrawn(self, category: str) -> bool:
        """Whether the category was taken off the communities, so that none can be given it: it is linked to such an
        item, or has its code.
        """
        found = self._categories.get(category)
        code = found[1].item if found is not None and found[1].item is not None else category
        return any(item.code == code for item in self.admission.withdrawn)

    def is_off_list(self, category: str) -> bool:
        """Whether communities take the category on only with approval: a playbook that links its categories to the
        admission lists links this one to none.
        """
        if not self.links_items:
            return False
        found = self._categories.get(category)
        return found is None or found[1].item is None

    @cached_property
    def most_questions(self) -> int | None:
        """How often a resident may be asked in whichever tier allows most; None when one does not limit it."""
        counts = [tier.max_questions for tier in self.tiers]
        return None if None in counts else max(count for count in counts if count is not None)

    def tier_rank(self, code: str) -> int:
        """Place in the order of tiers, 0 the lowest."""
        return self._tiers[code][0]

    def category(self, code: str) -> Category:
        """Raises KeyError."""
        return self._categories[code][1]

    def group_of(self, code: str) -> CategoryGroup:
        """The group that category `code` belongs to. Raises KeyError."""
        return self._categories[code][0]

    def group_labelled(self, label: str) -> CategoryGroup | None:
        """The first group that a trained model's `label` may mean."""
        return next(iter(self.groups_labelled(label)), None)

    def groups_labelled(self, label: str) -> tuple[CategoryGroup, ...]:
        """The groups that a trained model's `label` may mean, by name or labels; maybe none."""
        return tuple(group for group in self.categories if label in (group.name, *group.labels))

    def all_categories(self) -> tuple[Category, ...]:
        """Every category, in order."""
        return tuple(item for _group, item in self._categories.values())

    def post(self, code: str) -> PostKind:
        """Raises KeyError."""
        return self._posts[code]

    def department(self, code: str) -> Department:
        """Raises KeyError."""
        return self._departments[code]

    def level_name(self, kind: str) -> str:
        """What people here call a level; the kind itself when the playbook has no name for it."""
        return next((level.name for level in self.levels if level.kind == kind), kind)

    def retention_of(self, data: str) -> RetentionRule:
        """The rule for one class of personal data. Raises KeyError."""
        for rule in self.retention:
            if rule.data == data:
                return rule
        raise KeyError(data)
