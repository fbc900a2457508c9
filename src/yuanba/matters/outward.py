"""Which notices of offices leave the product, and to whom; matters.sending writes and sends them."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from yuanba.matters.models import Notice, Outgoing
from yuanba.people.queries import told_by_mail, with_group

# What somebody who allows it is told at night as well: overdue, brought before a leader, offices without anybody.
ALARMS = frozenset({"overdue", "supervision", "vacancy", "called_vacant", "level_vacant"})
ARRIVALS = frozenset({"assigned", "to_dispatch"})


def put_on_their_way(notices: Sequence[Notice], at: datetime) -> None:
    """Note which of these saved notices leave the product, and to whom: one row each, in the caller's transaction."""
    told = [notice for notice in notices if not notice.to_requester]
    if not told:
        return
    posts = {notice.post_id for notice in told if notice.post_id is not None}
    offices = {
        notice.organization_id
        for notice in told
        if notice.organization_id is not None and notice.post_id is None
    }
    held = told_by_mail(offices, posts, timezone.localdate(at))
    groups = with_group(offices)
    rows: list[Outgoing] = []
    for notice in told:
        whole = notice.post_id is None
        persons = {
            person for person, office, post in held
            if (office == notice.organization_id if whole else post == notice.post_id)
        }  # fmt: skip
        urgent = is_urgent(notice)
        rows += [
            Outgoing(notice=notice, person_id=person, urgent=urgent, due_at=at) for person in sorted(persons)
        ]
        # A group lies at a company outside, and who reads there is nobody's list: protected requests stay here.
        if whole and notice.organization_id in groups and not is_protected(notice):
            to = notice.organization_id
            rows.append(Outgoing(notice=notice, organization_id=to, urgent=urgent, due_at=at))
    Outgoing.objects.bulk_create(rows)


def is_protected(notice: Notice) -> bool:
    """Whether it is about a confidential matter or a complaint about an office."""
    return notice.matter.confidential or bool(notice.matter.accused_path)


def is_urgent(notice: Notice) -> bool:
    """Whether it may pass quiet hours: an alarm, or the arrival of a protected matter."""
    return notice.kind in ALARMS or (notice.kind in ARRIVALS and is_protected(notice))
