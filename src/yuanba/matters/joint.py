"""Who asks for the same thing, and what they have said so far."""

from collections.abc import Sequence

from yuanba.matters.flow import State
from yuanba.matters.models import Matter, Verdict


def members_of(whole: Matter) -> list[int]:
    """The matters whose requesters this one answers: itself, and those merged into it."""
    return [whole.pk, *Matter.objects.filter(lead=whole, state=State.MERGED).values_list("pk", flat=True)]


def verdicts_of(members: Sequence[int], round_: int) -> list[bool]:
    """What the requesters of these matters have said of one round's answer so far: solved or not."""
    said = Verdict.objects.filter(matter_id__in=members, round=round_, solved__isnull=False)
    return [bool(solved) for solved in said.values_list("solved", flat=True)]
