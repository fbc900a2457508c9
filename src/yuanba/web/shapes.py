"""What components take where a plain text is not enough. Pages build these; components only draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class NavItem:
    """A line of navigation or a tab. `count` shows how many wait there; None shows nothing. `key` is the letter that
    opens it.
    """

    label: Text
    url: str
    icon: str = ""
    current: bool = False
    count: int | None = None
    key: str = ""


@dataclass(frozen=True)
class Undo:
    """What was just done and can be taken back for so many `seconds`: by a form sent to `action` with these fields."""

    text: Text
    action: str
    fields: Sequence[tuple[str, str]]
    seconds: int


@dataclass(frozen=True)
class Crumb:
    """A step of the way here; the last one has no url."""

    label: Text
    url: str = ""


StepState = Literal["passed", "skipped", "current", "ahead"]


@dataclass(frozen=True)
class LadderStep:
    """One level that a matter can climb to, lowest first. `detail`: who took it there, and when."""

    label: Text
    state: StepState
    detail: Text = ""


@dataclass(frozen=True)
class Photo:
    """`url` is the picture in full, `thumbnail_url` a small one; `alt` says what can be seen."""

    url: str
    thumbnail_url: str
    alt: Text
    caption: Text = ""


Pressing = Literal["late", "soon", "calm", "none", ""]
"""What breaks first at a place: ``none`` where nothing is open, empty where nothing is told."""


@dataclass(frozen=True)
class Spot:
    """A place as the list beside a map shows it: ``count`` in words, ``tone`` what breaks first there, in ``words``."""

    name: Text
    url: str
    count: Text
    tone: Pressing
    words: Text
