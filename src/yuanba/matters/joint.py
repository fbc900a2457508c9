"""Who asks for the same thing, and what they have said so far."""

from collections.abc import Iterable

from django.db.models import FilteredRelation, Q, QuerySet

from yuanba.kernel.kept import KeptValues
from yuanba.matters.flow import State
from yuanba.matters.models import Matter


def members_of(whole: Matter) -> list[int]:
    """The matters whose requesters this one answers: itself, and those merged into it."""
    return [whole.pk, *Matter.objects.filter(lead=whole, state=State.MERGED).values_list("pk", flat=True)]


def voices_of(whole: Matter) -> list[bool | None]:
    """Whether the present answer solved it, as each of those whom it answers has said; None while silent."""
    return [solved for (solved,) in _VOICES.rows(whole.pk, whole.pk, whole.round)]


def _voices(whole: int, again: int, round_: int) -> QuerySet[Matter, tuple[bool | None]]:
    asked = Matter.objects.filter(Q(pk=whole) | Q(lead=again, state=State.MERGED))
    said = FilteredRelation("verdicts", condition=Q(verdicts__round=round_))
    return asked.annotate(said=said).values_list("said__solved")


_VOICES = KeptValues(_voices, 3)


def joined_to(wholes: Iterable[int]) -> set[int]:
    """Which of these matters others have joined."""
    found = Matter.objects.filter(lead_id__in=list(wholes), state=State.MERGED).order_by()
    return set(found.values_list("lead_id", flat=True).distinct())


def said_by(whole: Matter) -> list[bool]:
    """The same of those only who have said a word."""
    return [solved for solved in voices_of(whole) if solved is not None]
