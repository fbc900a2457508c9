"""When somebody has to be told: before and after a deadline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yuanba.kernel.clock.calendar import WorkingCalendar
from yuanba.kernel.clock.events import Span
from yuanba.kernel.clock.limits import Limit
from yuanba.kernel.clock.policy import Policy
from yuanba.kernel.clock.reading import Reading, State

WARNING, OVERDUE = "warning", "overdue"


@dataclass(frozen=True, slots=True, order=True)
class Alarm:
    """One step of escalation. `of` and `due_at` name its deadline: a step falls once for each."""

    at: datetime
    due_at: datetime
    of: Span
    step: str


def alarms(
    reading: Reading, policy: Policy, calendar: WorkingCalendar, steps: Mapping[str, Limit]
) -> tuple[Alarm, ...]:
    """Return the alarms of every deadline that counts, in order of time, past ones included.

    A warning falls when the policy's share of the allotted time is used, overdue at the deadline, and each of
    `steps` (such as {"supervision": Limit.parse("1wd"), "leader": Limit.parse("3wd")}) its limit after the
    deadline. A stage that would end with or after the total has no alarms of its own; a paused or stopped
    clock has none.
    """
    if reading.state is not State.RUNNING:
        return ()
    found = []
    for span, clock in reading.clocks.items():
        falls = {WARNING: clock.warns_at(policy.warn_at, calendar), OVERDUE: clock.due_at}
        falls |= {step: limit.due_from(clock.due_at, calendar) for step, limit in steps.items()}
        found += [Alarm(at, clock.due_at, span, step) for step, at in falls.items()]
    return tuple(sorted(found))
