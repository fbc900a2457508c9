"""What is wrong with a playbook file, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from yuanba.kernel.errors import Invalid, SeveralInvalid

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count from 1."""

    line: int
    column: int


START = Mark(1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong, or worth a look, in a plain sentence."""

    line: int
    column: int
    where: str
    message: str

    def text(self, file: str) -> str:
        """As compilers write it, so that editors can jump to the place."""
        place = f" ({self.where})" if self.where else ""
        return f"{file}:{self.line}:{self.column}: {self.message}{place}"


def path_text(where: Where) -> str:
    """A place inside the data as people write it: ``tiers[2].limits.total``, items counted from 1."""
    text = ""
    for step in where:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def problem(mark: Mark, where: Where, message: str) -> Problem:
    return Problem(mark.line, mark.column, path_text(where), message)


class PlaybookInvalid(SeveralInvalid):
    """A playbook can't be used as it stands; ``problems`` names every fault found, in file order."""

    default_code = "playbook_invalid"

    def __init__(self, problems: Sequence[Problem], file: str = "playbook") -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__([Invalid(found.text(file), field=found.where) for found in self.problems])
