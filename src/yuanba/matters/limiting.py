"""How many reports one source may send: the playbook's limits, by whatever door they come."""

from time import monotonic

from yuanba.kernel.ratelimit import Rate, take
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema.service import RateLimit

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
# A new playbook's limits count after this long; asking for them each time would cost every report a query.
KEEP_S = 10.0
_kept: dict[str, tuple[float, tuple[RateLimit, ...]]] = {}


def check_rate(
    source_kind: str, *, address: str = "", account: object = "", key: str = "", place: object = ""
) -> None:
    """Count one report from a source. Raises `TooMany` in the playbook's words when it sent too many.

    ``source_kind`` is one of the playbook's (door, web, staff, api, open311, import); each of its limits
    counts by one of what is given here, and limits by something that is not known here are left out.
    """
    sources = {"address": address, "account": str(account), "key": key, "place": str(place)}
    for limit in _limits(source_kind):
        if source := sources[limit.counted_by]:
            rate = Rate(f"{source_kind}/{limit.counted_by}", limit.count, SECONDS[limit.per])
            take(rate, source, limit.message)


def _limits(source_kind: str) -> tuple[RateLimit, ...]:
    known_at, limits = _kept.get("limits", (0.0, ()))
    if not limits or monotonic() - known_at > KEEP_S:
        limits = current_playbook().playbook.rate_limits
        _kept["limits"] = (monotonic(), limits)
    return tuple(limit for limit in limits if limit.source_kind == source_kind)


def forget_limits() -> None:
    """Read the limits again at the next report."""
    _kept.clear()
