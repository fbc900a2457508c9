"""What residents read, and how their data is kept: notices, report page, retention, rate limits."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from yuanba.playbooks.schema.base import Name, Part, Passage, Period, Sentence, Sourced

NoticeText = Annotated[Passage, Field(max_length=600)]
DataClass = Literal[
    "contact",
    "identity",
    "request_text",
    "photo",
    "voice",
    "household_place",
    "rating",
    "special_needs",
    "consent",
    "staff_account",
    "intake_file",
    "access_log",
]


class ReportTexts(Part):
    """Words on the report page, in one language."""

    prompt: Sentence
    """The one question at the top."""
    placeholder: Sentence
    """What a helpful report looks like."""
    examples: Annotated[tuple[Sentence, ...], Field(min_length=1, max_length=6)]
    """Short examples."""
    emergency: Sentence
    """What to do when life is in danger."""
    privacy: Passage
    """Who keeps the data, what for, how long, and whom to ask (PIPL Article 17)."""
    afterwards: Sentence
    """What happens next."""


class ReportPage(Part):
    """The door-code page."""

    max_characters: Annotated[int, Field(ge=100, le=4000)]
    """Longest text; Open311 allows 4000."""
    max_photos: Annotated[int, Field(ge=0, le=20)]
    """Most photos."""
    zh_hans: Annotated[ReportTexts, Field(alias="zh-Hans")]
    """In Chinese."""
    en: ReportTexts
    """In English."""


class RetentionRule(Sourced):
    """How long one class of personal data is kept."""

    data: DataClass
    """The class of data."""
    purpose: Sentence
    """What it is kept for (PIPL Article 6)."""
    keep: Period
    """How long: a number and d, m or y."""
    after: Literal["received", "closed", "left", "consent_withdrawn", "recorded"]
    """What the time counts from."""

    def last_day(self, start: date) -> date:
        """The last day on which the data may be kept, when the time counts from `start`."""
        number, unit = int(self.keep[:-1]), self.keep[-1]
        if unit == "d":
            return start + timedelta(days=number)
        months = start.year * 12 + start.month - 1 + number * (12 if unit == "y" else 1)
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))


class RateLimit(Part):
    """At most `count` reports in a time from one source."""

    source_kind: Literal["door", "web", "staff", "api", "open311", "import"]
    """Where reports come from."""
    per: Literal["minute", "hour", "day"]
    """The time."""
    count: Annotated[int, Field(ge=1, le=10_000_000)]
    """How many."""
    counted_by: Literal["address", "account", "key", "place"]
    """What counts as one source."""
    message: Name
    """What is said when it is reached."""
