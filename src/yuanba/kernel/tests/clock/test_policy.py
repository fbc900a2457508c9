import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from yuanba.kernel.clock import ClockError, Limit, Policy, share
from yuanba.kernel.tests.clock.histories import policies, unhurried


@unhurried
@given(policies)
def test_a_policy_comes_back_from_json_as_it_was(policy: Policy) -> None:
    assert Policy.from_data(json.loads(json.dumps(policy.to_data()))) == policy


def test_a_policy_is_read_as_playbooks_write_it() -> None:
    policy = Policy.from_data(
        {"stages": {"claim": "4wh", "handling": "5wd"}, "total": "15wd", "warn_at": 0.75}
    )
    assert policy.limit_of("claim") == Limit.parse("4wh")
    assert policy.warn_at == Fraction(3, 4)
    assert policy.total_after_reopening == Limit.parse("15wd")


@pytest.mark.parametrize("value", [0.8, "0.8", "4/5", "80%", Decimal("0.80"), Fraction(4, 5)])
def test_a_share_is_exact_however_it_is_written(value: object) -> None:
    assert share(value) == Fraction(4, 5)


@pytest.mark.parametrize(
    "value",
    [
        0,
        1,
        1.5,
        -0.5,
        "100%",
        "0%",
        "",
        "most",
        "1/0",
        "1e-999999999",
        Decimal("1E-999999999"),
        True,
        None,
        [0.8],
    ],
)
def test_what_is_no_share_is_refused(value: object) -> None:
    with pytest.raises(ClockError, match="share between 0 and 1"):
        share(value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "total: The limit None"),
        ({"total": "15"}, "total: The limit '15'"),
        ({"total": "15wd", "stages": {"claim": "soon"}}, "stages.claim: The limit 'soon'"),
        ({"total": "15wd", "stages": {"": "5wd"}}, "stages: ''"),
        ({"total": "15wd", "stages": ["claim"]}, "stages: write the limit"),
        ({"total": "15wd", "warn_at": 80}, "warn_at: 80 is not a share"),
        ({"total": "15wd", "reopen_total": "0d"}, "reopen_total: The limit '0d'"),
        ({"total": "15wd", "warning": 0.8}, "no warning"),
    ],
)
def test_a_policy_that_cannot_be_kept_names_the_field(data: dict[str, Any], says: str) -> None:
    with pytest.raises(ClockError, match=says):
        Policy.from_data(data)


def test_a_policy_takes_limits_only() -> None:
    with pytest.raises(ClockError, match=r"stages\.claim: '4wh'"):
        Policy({"claim": "4wh"}, Limit.parse("5wd"))  # type: ignore[dict-item]
    with pytest.raises(ClockError, match="warn_at: "):
        Policy({}, Limit.parse("5wd"), warn_at=Fraction(1))
