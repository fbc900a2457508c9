"""What waits for somebody's decision on a matter, as its page shows it above the request."""

from typing import Any

from yuanba.matters.actions import waiting_push_down
from yuanba.matters.clockwork import ground_name
from yuanba.matters.exclusions import reason_name, standing
from yuanba.matters.flow import AT_WORK, JUDGED, WITH_TRIAGE
from yuanba.matters.models import Matter


def waiting_of(matter: Matter) -> dict[str, Any]:
    """Requests for time, proposals to leave out of the rates or to push down, in the words of the page."""
    pending = matter.time_requests.filter(approved=None).select_related("decider").first()
    left_out = standing(matter) if matter.state in JUDGED else None
    return {
        "pending": pending,
        "pending_ground": ground_name(matter, pending.ground) if pending else "",
        "exclusion": left_out,
        "exclusion_reason": reason_name(left_out) if left_out else "",
        "push_down": waiting_push_down(matter) if matter.state in WITH_TRIAGE | AT_WORK else None,
    }
