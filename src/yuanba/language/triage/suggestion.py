"""What every triage takes and gives, whichever way it reaches its suggestion."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message whose category a person has set."""

    subject: str
    text: str
    category: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that may fit, for a person to take or leave.

    ``confidence`` is the chance, 0 to 1, that a person would choose it too. ``why`` holds the words of this
    message that spoke for the category, strongest first.
    """

    category: str
    confidence: float
    why: tuple[str, ...]


class Triage(Protocol):
    """Anything that suggests categories."""

    @property
    def name(self) -> str:
        """Which triage this is, to be journaled beside what it suggested."""
        ...

    def suggest(self, text: str, subject: str = "", *, limit: int = 3) -> list[Suggestion]:
        """The likeliest categories, best first; empty when nothing in the message speaks for any."""
        ...
