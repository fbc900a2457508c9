"""Wording of notices, with named places for what changes."""

from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Annotated

from pydantic import Field

from yuanba.playbooks.schema.base import Part, Sentence
from yuanba.playbooks.schema.service import NoticeText

COMMON = frozenset({"district", "number", "category", "link"})
# What each notice may name beyond the common places. None carries a name, a telephone number or a door.
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "received": COMMON | {"due", "owner"},
    "dispatched": COMMON | {"owner", "due"},
    "recalled": COMMON | {"owner", "due"},
    "claimed": COMMON | {"owner", "due"},
    "information_asked": COMMON | {"owner", "question", "due"},
    "note": COMMON | {"note"},
    "climbed": COMMON | {"owner", "reason", "due"},
    "extended": COMMON | {"owner", "reason", "due"},
    "paused": COMMON | {"owner", "reason"},
    "resumed": COMMON | {"owner", "due"},
    "merged": COMMON | {"lead_number"},
    "split": COMMON | {"parts"},
    "answered": COMMON | {"owner", "answer", "due"},
    "confirm_reminder": COMMON | {"due"},
    "reopened": COMMON | {"owner", "due"},
    "closed": COMMON | {"reopen_until"},
    "closed_silently": COMMON | {"reopen_until"},
    "withdrawn": COMMON,
    "out_of_scope": COMMON | {"outcome", "right_place"},
    "assigned": COMMON | {"tier", "due", "promised"},
    "warning": COMMON | {"tier", "due"},
    "overdue": COMMON | {"tier", "due"},
    "supervision": COMMON | {"tier", "due", "owner"},
    "refused": COMMON | {"owner", "reason"},
    "arbitration": COMMON | {"due"},
    "whistle": COMMON | {"caller", "due"},
    "recurrence": COMMON | {"earlier_number"},
}


@dataclass(frozen=True, slots=True)
class Message:
    """A notice ready to send."""

    subject: str
    body: str


@lru_cache(maxsize=512)
def placeholders(text: str) -> tuple[str, ...]:
    """The names in braces in `text`, in order.

    Raises ValueError for anything but a plain name in braces: no attributes, indexes, conversions or formats,
    which would let a text reach into objects.
    """
    names: list[str] = []
    for _literal, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(name)
        names.append(name)
    return tuple(names)


class Wording(Part):
    """One notice in one language."""

    subject: Sentence
    """Subject line."""
    body: NoticeText
    """The text."""


class Notice(Part):
    """One notice in both languages."""

    zh_hans: Annotated[Wording, Field(alias="zh-Hans")]
    """In Chinese."""
    en: Wording
    """In English."""

    def render(self, language: str, values: dict[str, str]) -> Message:
        """The notice in `language` (a BCP 47 tag; all but English reads Chinese), filled from `values`.

        Raises KeyError when a place has no value.
        """
        wording = self.en if language.lower().startswith("en") else self.zh_hans
        return Message(_fill(wording.subject, values), _fill(wording.body, values))


def _fill(text: str, values: dict[str, str]) -> str:
    parts: list[str] = []
    for literal, name, _form, _conversion in Formatter().parse(text):
        parts.append(literal)
        if name is not None:
            parts.append(str(values[name]))
    return "".join(parts)


# Of editions published before there was one.
_NOTE = Notice.model_validate(
    {
        "zh-Hans": {
            "subject": "{number} 有新的留言",
            "body": "关于您的事项 {number}，工作人员告诉您：{note} {link}",
        },
        "en": {
            "subject": "A word about {number}",
            "body": "About your matter {number}, the office says: {note} {link}",
        },
    }
)


class Notices(Part):
    """Every notice that is sent. The first part goes to residents, the second to staff."""

    received: Notice
    """A request has come in."""
    dispatched: Notice
    """It has an owner."""
    recalled: Notice | None = None
    """It was called back and is being sorted anew; in the product's words where left out."""
    claimed: Notice
    """The owner has taken it on."""
    information_asked: Notice
    """The owner needs to know more."""
    note: Notice = _NOTE
    """A note to the resident, such as when work begins; empty: plain words of the product's own."""
    climbed: Notice
    """It went up a level."""
    extended: Notice
    """The deadline moved, and why."""
    paused: Notice
    """The clock stands still, and why."""
    resumed: Notice
    """The clock runs again."""
    merged: Notice
    """It is handled together with others."""
    split: Notice
    """It is handled in parts."""
    answered: Notice
    """Here is what was done; is it solved?"""
    confirm_reminder: Notice
    """Please say whether it is solved."""
    reopened: Notice
    """It is open again."""
    closed: Notice
    """Closed, as the resident confirmed."""
    closed_silently: Notice
    """Closed by rule, without an answer."""
    withdrawn: Notice
    """Taken back by the resident."""
    out_of_scope: Notice
    """It does not belong here; where it does."""
    assigned: Notice
    """Staff: a matter has come to you."""
    warning: Notice
    """Staff: nearly due."""
    overdue: Notice
    """Staff: overdue."""
    supervision: Notice
    """Staff above: look after this one."""
    refused: Notice
    """Staff: a dispatch came back."""
    arbitration: Notice
    """Centre: please decide."""
    whistle: Notice
    """Department: you are called."""
    recurrence: Notice
    """Staff: the same trouble again."""

    def of(self, kind: str) -> Notice | None:
        """The notice of that kind; None for one that this playbook leaves to the product. Raises KeyError for an
        unknown kind.
        """
        if kind not in PLACEHOLDERS:
            raise KeyError(kind)
        notice: Notice | None = getattr(self, kind)
        return notice

    @property
    def tells_both_days(self) -> bool:
        """Whether `assigned` names the day to claim by (``due``) beside that of the answer (``promised``). Editions
        from before there were two call the day of the answer ``due``.
        """
        each = (self.assigned.zh_hans, self.assigned.en)
        return any("promised" in placeholders(text) for one in each for text in (one.subject, one.body))
