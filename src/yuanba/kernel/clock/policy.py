"""The policy of a clock: limits for each stage and for the whole, from the playbook."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self, TypeVar

from yuanba.kernel.clock.limits import Limit
from yuanba.kernel.clock.moments import ClockError

Parsed = TypeVar("Parsed")
_SHARE = re.compile(r"(?P<number>[0-9]{1,20}/[1-9][0-9]{0,19}|[0-9]{1,3}(\.[0-9]{1,20})?)(?P<percent>%?)")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a matter's clock runs by.

    `stages` has the limit of every stage a matter may enter, `total` runs from opening to the end. A warning
    falls when the share `warn_at` of the allotted time is used (between 0 and 1, both excluded).
    `reopen_total` is the total after a reopening; without it the whole total runs again.
    Raises ClockError naming the field.
    """

    stages: Mapping[str, Limit] = field(hash=False)
    total: Limit
    warn_at: Fraction = Fraction(4, 5)
    reopen_total: Limit | None = None

    def __post_init__(self) -> None:
        for stage, limit in self.stages.items():
            if not isinstance(stage, str) or not stage:
                raise ClockError(f"stages: {stage!r} is not the name of a stage.")
            _check_limit(f"stages.{stage}", limit)
        _check_limit("total", self.total)
        if self.reopen_total is not None:
            _check_limit("reopen_total", self.reopen_total)
        object.__setattr__(self, "warn_at", _named("warn_at", share, self.warn_at))
        object.__setattr__(self, "stages", dict(self.stages))

    def limit_of(self, stage: str) -> Limit:
        """Return the limit of the stage; raises ClockError naming those that have one."""
        if stage not in self.stages:
            known = ", ".join(sorted(self.stages)) or "none"
            raise ClockError(f"The policy has no limit for the stage {stage!r}; it has: {known}.")
        return self.stages[stage]

    @property
    def total_after_reopening(self) -> Limit:
        return self.reopen_total or self.total

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON data that `from_data` reads back to an equal policy."""
        return {
            "stages": {stage: str(limit) for stage, limit in self.stages.items()},
            "total": str(self.total),
            "warn_at": str(self.warn_at),
            "reopen_total": str(self.reopen_total) if self.reopen_total else None,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"stages": {"claim": "4wh"}, "total": "15wd", "warn_at": 0.8, "reopen_total": "5wd"}`.

        The last two may be left out. Raises ClockError naming the field that cannot be read.
        """
        unknown = sorted(set(data) - {"stages", "total", "warn_at", "reopen_total"})
        if unknown:
            raise ClockError(f"A policy has no {', '.join(unknown)}.")
        stages = data.get("stages", {})
        if not isinstance(stages, Mapping):
            raise ClockError("stages: write the limit of each stage under its name.")
        reopen_total = data.get("reopen_total")
        return cls(
            stages={stage: _named(f"stages.{stage}", Limit.parse, text) for stage, text in stages.items()},
            total=_named("total", Limit.parse, data.get("total")),
            warn_at=_named("warn_at", share, data.get("warn_at", "0.8")),
            reopen_total=None if reopen_total is None else _named("reopen_total", Limit.parse, reopen_total),
        )


def share(value: object) -> Fraction:
    """Return a share between 0 and 1 exactly: 0.8, "0.8", "4/5" and "80%" are all four fifths.

    Raises ClockError when it is not such a number, or 0 or less, or 1 or more.
    """
    text = str(value) if isinstance(value, str | int | float | Decimal | Fraction) else ""
    # The pattern keeps out exponents: a fraction of 1e-999999999 would take all memory.
    if match := _SHARE.fullmatch(text):
        exact = Fraction(match["number"]) / (100 if match["percent"] else 1)
        if 0 < exact < 1:
            return exact
    raise ClockError(f"{value!r} is not a share between 0 and 1, such as 0.8.")


def _check_limit(name: str, limit: object) -> None:
    if not isinstance(limit, Limit):
        raise ClockError(f"{name}: {limit!r} is not a limit.")


def _named(name: str, parse: Callable[[Any], Parsed], value: object) -> Parsed:
    try:
        return parse(value)
    except ClockError as error:
        raise ClockError(f"{name}: {error}") from None
