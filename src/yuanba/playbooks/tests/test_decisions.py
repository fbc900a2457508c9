"""The decision table against a plain reading of it, and what must hold for every table and all facts."""

from dataclasses import replace
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanba.playbooks.decisions import Facts, decide_tier, dispatch_target
from yuanba.playbooks.reading import read_playbook
from yuanba.playbooks.schema import AFFECTED, POWER_OVER, Playbook, TierRow, TierRules
from yuanba.playbooks.schema.tiers import AffectedBounds, Conditions, CountBounds, MoneyBounds, PowerBounds
from yuanba.playbooks.tables import analyse
from yuanba.playbooks.tests.conftest import EXAMPLE

BASE = read_playbook(EXAMPLE.read_text(encoding="utf-8"))
TIERS = [tier.code for tier in BASE.tiers]
CATEGORIES = [item.code for item in BASE.all_categories()]
Policy = Literal["highest", "first"]
POLICIES: tuple[Policy, ...] = ("highest", "first")
GROUPS = [group.code for group in BASE.categories]


def between(low: object, high: object) -> dict[str, object]:
    return {name: value for name, value in (("at_least", low), ("at_most", high)) if value is not None}


def on_scale(scale: tuple[str, ...]) -> st.SearchStrategy[dict[str, object]]:
    pairs = st.tuples(st.integers(0, len(scale) - 1), st.integers(0, len(scale) - 1)).map(sorted)
    return pairs.flatmap(
        lambda pair: st.sampled_from(
            [
                between(scale[pair[0]], None),
                between(None, scale[pair[1]]),
                between(scale[pair[0]], scale[pair[1]]),
            ]
        )
    )


counts = (
    st.tuples(st.integers(0, 4), st.integers(0, 4))
    .map(sorted)
    .flatmap(lambda pair: st.sampled_from([between(pair[0], None), between(None, pair[1]), between(*pair)]))
)
sums = (
    st.tuples(*[st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(10), Decimal(1000)])] * 2)
    .map(sorted)
    .flatmap(lambda pair: st.sampled_from([between(pair[0], None), between(None, pair[1]), between(*pair)]))
)
conditions = st.builds(
    Conditions,
    affected=st.none() | on_scale(AFFECTED).map(lambda values: AffectedBounds(**values)),  # type: ignore[arg-type]
    power=st.none() | on_scale(POWER_OVER).map(lambda values: PowerBounds(**values)),  # type: ignore[arg-type]
    public_money=st.none() | st.booleans(),
    money_yuan=st.none() | sums.map(lambda values: MoneyBounds(**values)),  # type: ignore[arg-type]
    departments=st.none() | counts.map(lambda values: CountBounds(**values)),  # type: ignore[arg-type]
    repeated=st.none() | counts.map(lambda values: CountBounds(**values)),  # type: ignore[arg-type]
    urgent=st.none() | st.booleans(),
    category=st.lists(st.sampled_from(CATEGORIES + GROUPS), max_size=2, unique=True).map(tuple),
)


@st.composite
def tables(draw: st.DrawFn) -> Playbook:
    rows = tuple(
        TierRow(id=f"R{number}", text="规则", when=draw(conditions), tier=draw(st.sampled_from(TIERS)))
        for number in range(draw(st.integers(1, 6)))
    )
    policy = draw(st.sampled_from(POLICIES))
    rules = TierRules(hit_policy=policy, default=draw(st.sampled_from(TIERS)), rows=rows)
    return BASE.model_copy(update={"tier_rules": rules})


@st.composite
def known_facts(draw: st.DrawFn) -> Facts:
    money = draw(st.booleans())
    return Facts(
        category=draw(st.sampled_from(CATEGORIES)),
        affected=draw(st.sampled_from(AFFECTED)),
        power=draw(st.sampled_from(POWER_OVER)),
        public_money=money,
        money_yuan=draw(st.sampled_from([Decimal("0.2"), Decimal(5), Decimal(100), Decimal(5000)]))
        if money
        else Decimal(0),
        departments=draw(st.integers(0, 6)),
        repeated=draw(st.integers(0, 6)),
        urgent=draw(st.booleans()),
    )


def plainly_fires(row: TierRow, facts: Facts) -> bool:
    """The table read as a person would, with every fact known."""
    when = row.when

    def fits(bounds: object, value: object, scale: tuple[str, ...] = ()) -> bool:
        if bounds is None:
            return True
        low, high = getattr(bounds, "at_least"), getattr(bounds, "at_most")  # noqa: B009
        place = scale.index if scale else (lambda given: given)
        return (low is None or place(value) >= place(low)) and (high is None or place(value) <= place(high))

    group = next(g.code for g in BASE.categories for item in g.categories if item.code == facts.category)
    return (
        fits(when.affected, facts.affected, AFFECTED)
        and fits(when.power, facts.power, POWER_OVER)
        and (when.public_money is None or when.public_money == facts.public_money)
        and fits(when.money_yuan, facts.money_yuan)
        and fits(when.departments, facts.departments)
        and fits(when.repeated, facts.repeated)
        and (when.urgent is None or when.urgent == facts.urgent)
        and (not when.category or bool({facts.category, group} & set(when.category)))
    )


@given(tables(), known_facts())
def test_the_table_decides_as_a_plain_reading_of_it_does(playbook: Playbook, facts: Facts) -> None:
    rules = playbook.tier_rules
    fired = [row for row in rules.rows if plainly_fires(row, facts)]
    decision = decide_tier(playbook, facts)
    assert [row.row_id for row in decision.fired] == [row.id for row in fired]
    if not fired:
        assert (decision.tier, decision.decided_by) == (rules.default, "default")
    elif rules.hit_policy == "first":
        assert decision.tier == fired[0].tier
    else:
        assert playbook.tier_rank(decision.tier) == max(playbook.tier_rank(row.tier) for row in fired)
    assert decision.open == ()
    assert decision.reasons


FORGETTABLE = ("affected", "power", "public_money", "money_yuan", "departments", "repeated", "urgent")


@given(tables(), known_facts(), st.sets(st.sampled_from(FORGETTABLE)))
def test_what_is_not_known_is_named_before_it_can_change_the_outcome(
    playbook: Playbook, facts: Facts, forgotten: set[str]
) -> None:
    partly = replace(facts, **dict.fromkeys(forgotten))
    early, late = decide_tier(playbook, partly), decide_tier(playbook, facts)
    if early.tier != late.tier:
        assert early.open
        assert set().union(*(row.asks for row in early.open)) & forgotten
    assert all(row.asks for row in early.open)
    assert {row.row_id for row in early.fired} <= {row.row_id for row in late.fired}


@given(tables(), known_facts(), conditions, st.sampled_from(TIERS))
def test_one_more_row_never_lowers_the_highest_nor_overrules_the_first(
    playbook: Playbook, facts: Facts, when: Conditions, tier: str
) -> None:
    before = decide_tier(playbook, facts)
    row = TierRow(id="More", text="新增", when=when, tier=tier)
    rules = playbook.tier_rules.model_copy(update={"rows": (*playbook.tier_rules.rows, row)})
    after = decide_tier(playbook.model_copy(update={"tier_rules": rules}), facts)
    if not before.fired:
        return
    if rules.hit_policy == "first":
        assert after.tier == before.tier
    else:
        assert playbook.tier_rank(after.tier) >= playbook.tier_rank(before.tier)


@settings(max_examples=100, deadline=None)
@given(tables(), st.lists(known_facts(), min_size=10, max_size=10))
def test_what_the_check_proves_of_a_table_holds_for_any_facts(playbook: Playbook, cases: list[Facts]) -> None:
    report = analyse(playbook)
    rows = playbook.tier_rules.rows
    assert report.complete
    for facts in cases:
        fired = [number for number, row in enumerate(rows) if plainly_fires(row, facts)]
        decision = decide_tier(playbook, facts)
        assert not set(fired) & set(report.dead)
        deciding = (
            fired[:1]
            if playbook.tier_rules.hit_policy == "first"
            else [number for number in fired if rows[number].tier == decision.tier]
        )
        assert not set(deciding) & set(report.overruled)
        assert all((first in fired) == (second in fired) for first, second in report.conflicts)
        assert not fired or decision.tier in report.decided_tiers
        assert fired or report.uncovered is not None
    if report.uncovered is not None:
        assert decide_tier(playbook, report.uncovered).fired == ()


def every_case(playbook: Playbook) -> list[Facts]:
    """All classes of input that a table over circle, departments and urgency can tell apart."""
    return [
        Facts(
            category=category,
            affected=affected,
            power="resident",
            public_money=False,
            money_yuan=Decimal(0),
            departments=departments,
            repeated=0,
            urgent=urgent,
        )
        for category in CATEGORIES
        for affected in AFFECTED
        for departments in range(6)
        for urgent in (False, True)
    ]


small_conditions = st.builds(
    Conditions,
    affected=st.none() | on_scale(AFFECTED).map(lambda values: AffectedBounds(**values)),  # type: ignore[arg-type]
    departments=st.none() | counts.map(lambda values: CountBounds(**values)),  # type: ignore[arg-type]
    urgent=st.none() | st.booleans(),
    category=st.lists(st.sampled_from(CATEGORIES + GROUPS), max_size=2, unique=True).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(small_conditions, st.sampled_from(TIERS)), min_size=1, max_size=5),
    st.sampled_from(POLICIES),
)
def test_the_check_finds_exactly_the_rows_that_trying_every_case_finds(
    given_rows: list[tuple[Conditions, str]], policy: Policy
) -> None:
    rows = tuple(
        TierRow(id=f"R{at}", text="规则", when=when, tier=tier) for at, (when, tier) in enumerate(given_rows)
    )
    rules = TierRules(hit_policy=policy, default=TIERS[0], rows=rows)
    playbook = BASE.model_copy(update={"tier_rules": rules})
    fired = [
        [number for number, row in enumerate(rows) if plainly_fires(row, facts)]
        for facts in every_case(playbook)
    ]
    rank = [playbook.tier_rank(row.tier) for row in rows]
    deciding: set[int] = set()
    for hits in fired:
        top = max((rank[number] for number in hits), default=0)
        deciding |= set(hits[:1]) if policy == "first" else {number for number in hits if rank[number] == top}
    report = analyse(playbook)
    assert set(report.dead) == {
        number for number in range(len(rows)) if not any(number in hits for hits in fired)
    }
    in_conflict = {number for pair in report.conflicts for number in pair}
    assert set(report.overruled) == set(range(len(rows))) - deciding - set(report.dead) - in_conflict
    assert (report.uncovered is not None) == any(not hits for hits in fired)


def test_an_amount_says_whether_public_money_is_needed() -> None:
    assert Facts(money_yuan=Decimal(1)).takes_money is True
    assert Facts(money_yuan=Decimal(0)).takes_money is False
    assert Facts(public_money=False).sum_yuan == 0
    assert Facts(public_money=True).sum_yuan is None


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(KeyError):
        decide_tier(BASE, Facts(category="nonsense"))
    with pytest.raises(KeyError):
        dispatch_target(BASE, "nonsense", TIERS[0])
    with pytest.raises(KeyError):
        dispatch_target(BASE, None, "nonsense")


def test_dispatch_follows_the_first_row_that_holds() -> None:
    complaint = dispatch_target(BASE, "conduct", "heavy")
    assert (complaint.kind, complaint.department, complaint.row_id) == ("department", "inspection", "D1")
    assert dispatch_target(BASE, "roofs", "heavy").kind == "street"
    roofs = dispatch_target(BASE, "roofs", "light")
    assert (roofs.kind, roofs.department, roofs.row_id) == ("department", "works", "D3")
    neighbours = dispatch_target(BASE, "neighbours", "light")
    assert (neighbours.kind, neighbours.department) == ("community", None)


def test_an_unsorted_matter_falls_to_the_last_resort() -> None:
    target = dispatch_target(BASE, None, "light")
    assert (target.kind, target.row_id) == ("community", None)
