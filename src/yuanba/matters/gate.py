"""The quality gate in front of every answer: what it would point out, in the viewer's language."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from yuanba.matters import clockwork
from yuanba.matters.models import Matter


@dataclass(frozen=True, slots=True)
class Pointed:
    """One finding: its code, what to say about it, and where in the answer (start, end), if somewhere."""

    code: str
    message: str
    span: tuple[int, int] | None = None


def look_over(matter: Matter, answer: str, done_by: str, done_on: date | None) -> list[Pointed]:
    """What the gate finds in an answer to this matter, under the playbook it was opened under. Never a
    verdict.
    """
    from yuanba.language import quality

    rules = clockwork.playbook_of(matter).playbook.answer_gate
    raise NotImplementedError((rules, quality, answer, done_by, done_on, _))
