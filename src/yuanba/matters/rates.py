"""The three rates (响应率、解决率、满意率) and the counts beside them, from what residents said; never on tiny
numbers.
"""

from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from yuanba.kernel.paths import subtree_range
from yuanba.matters.exclusions import EXCLUDED, OUT
from yuanba.matters.models import Tally
from yuanba.matters.tallying import SAID_BY_OFFICE
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.playbooks.schema import Playbook


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with both its numbers; ``percent`` is None while the denominator is too small to publish."""

    numerator: Decimal
    denominator: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Rates:
    """Response, resolution and satisfaction of a place over some days, weighted to one score by the playbook.

    The denominator is the playbook's: residents who spoke, and of contact and satisfaction those of them who
    answered that question (有效回访); or requests answered, each time anew; or requests closed. What residents said
    stands under the day of what it is set against, so a numerator never has a request that its denominator has
    not. ``excluded`` are the requests of closed matters left out under a published reason; nothing of them is in
    the rates. ``by_office`` of those who spoke did so in a call back or through a link that an office held.
    """

    response: Rate
    resolution: Rate
    satisfaction: Rate
    score: Decimal | None
    excluded: int
    by_office: int


SMALLEST = 5
"""No count below this is published: it could point at a person."""
COUNTED = frozenset({PlaceKind.DISTRICT, PlaceKind.STREET, PlaceKind.COMMUNITY})
"""Places for which counts are kept."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a board shows, in requests: open now; received, solved and closed without an answer in a span of
    days. Solved is what was struck off and its own resident says is solved, also of several that joined. None for
    a count too small to publish.
    """

    open: int | None
    received: int | None
    solved: int | None
    no_answer: int | None


def published(figures: Figures) -> Figures:
    """The figures as everyone may read them."""
    return Figures(*(count if count and count >= SMALLEST else None for count in astuple(figures)))


def tallies_at(place: Place) -> QuerySet[Tally]:
    """The counts of a place and everything below it."""
    first, past = subtree_range(place.path)
    return Tally.objects.filter(place__path__gte=first, place__path__lt=past)


def sums_of(place: Place, since: date, until: date) -> dict[str, int]:
    """What was counted at a place, by measure; days inclusive."""
    rows = tallies_at(place).filter(day__gte=since, day__lte=until)
    return dict(rows.order_by().values_list("measure").annotate(Sum("count")))


def figures_of(place: Place, since: date, until: date, sums: dict[str, int] | None = None) -> Figures:
    """Counts of a place; days inclusive. Two queries over counts, none over matters; one where the `sums` of those days
    are known.
    """
    now = tallies_at(place).filter(day=Tally.NOW, measure="open").aggregate(total=Sum("count"))["total"]
    sums = sums_of(place, since, until) if sums is None else sums
    return Figures(
        open=now or 0,
        received=sums.get("received", 0),
        solved=sums.get("closed_said_solved", 0),
        no_answer=sums.get("closed_no_answer", 0),
    )


def rates_from(sums: dict[str, int], playbook: Playbook) -> Rates:
    """The rates from sums by measure. The score is the weighted sum of the three, None if one can't be
    published.
    """
    rules = playbook.rates

    def counting(*measures: str) -> int:
        return sum(sums.get(measure, 0) - sums.get(OUT + measure, 0) for measure in measures)

    family = {"residents_answered": "", "answered": "answered_", "closed": "closed_"}[rules.denominator]
    scores = rules.satisfaction_scores
    felt = {code: counting(f"{family}said_{code}") for code in ("satisfied", "basically", "unsatisfied")}
    content = sum((getattr(scores, code) * number for code, number in felt.items()), Decimal(0))
    spoke = (counting("said_of_contact"), counting("said"), sum(felt.values()))
    asked = {
        "residents_answered": spoke,
        "answered": (counting("answered"),) * 3,
        "closed": (counting("closed_solved", "closed_no_answer"),) * 3,
    }[rules.denominator]
    contacted, solved = counting(f"{family}said_contacted"), counting(f"{family}said_solved")
    parts = (Decimal(contacted), Decimal(solved), content)
    response, resolution, satisfaction = (
        _rate(part, denominator, rules.publish_at_least)
        for part, denominator in zip(parts, asked, strict=True)
    )
    weights = rules.weights
    score = None
    if response.percent is not None and resolution.percent is not None and satisfaction.percent is not None:
        score = (
            weights.response * response.percent
            + weights.resolution * resolution.percent
            + weights.satisfaction * satisfaction.percent
        ).quantize(Decimal("0.1"))
    return Rates(response, resolution, satisfaction, score, sums.get(EXCLUDED, 0), counting(SAID_BY_OFFICE))


def _rate(numerator: Decimal, denominator: int, publish_at_least: int) -> Rate:
    # Counts come a moment after the moves; a share of more than all is one whose second half is still on its way.
    if denominator < publish_at_least or not 0 <= numerator <= denominator:
        return Rate(numerator, denominator, None)
    return Rate(numerator, denominator, (100 * numerator / denominator).quantize(Decimal("0.1")))
