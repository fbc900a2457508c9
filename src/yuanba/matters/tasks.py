"""What the worker does for matters after commit: suggestions for new ones, notices and counts for all."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import Delivery, handles
from yuanba.kernel.worker import every
from yuanba.language.similarity import Telling
from yuanba.matters import clockwork
from yuanba.matters.actions.alarms import take_due_steps
from yuanba.matters.actions.receiving import RECEIVED
from yuanba.matters.actions.suggesting import take_suggestion
from yuanba.matters.changing import CHANGED
from yuanba.matters.directory import Directory
from yuanba.matters.models import Matter, MatterLink, Notice, Suggestion
from yuanba.matters.owners import level_above, staffed
from yuanba.matters.suggesting import Draft, Earlier, Suggester
from yuanba.matters.tallying import Key, add_counts, count_change, count_received
from yuanba.matters.telling import make_notices, save_notices
from yuanba.people.actions import POST_HANDED_OVER, before_closing
from yuanba.people.models import Organization, Post

NEARBY = 60


@handles(RECEIVED, batch=50)
def suggest_for_new(deliveries: Sequence[Delivery]) -> None:
    """Suggestions, links to trouble that came back, first notices and counts for newly received matters."""
    keys = sorted(delivery.subject_id for delivery in deliveries)
    matters = list(
        Matter.objects.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .select_related("place")
        .order_by("pk")
    )
    directory = Directory()
    suggesters: dict[int, Suggester] = {}
    notices: list[Notice] = []
    counts: Counter[Key] = Counter()
    for matter in matters:
        if Suggestion.objects.filter(pk=matter.pk).exists():
            continue
        edition = clockwork.playbook_of(matter)
        suggester = suggesters.setdefault(edition.pk, Suggester(edition, directory))
        suggest_one(matter, suggester)
        plans: list[dict[str, object]] = [{"to": "requester", "kind": "received", "params": {}}]
        plans.append({"to": "organization", "id": matter.owner_id, "kind": "assigned", "params": {}})
        plans += link_recurrence(matter)
        notices += make_notices(matter, plans, matter.received_at)
        count_received(matter, counts)
    save_notices(notices)
    add_counts(counts)


def suggest_one(matter: Matter, suggester: Suggester) -> None:
    """Make and take the suggestion of one locked matter, in the caller's transaction."""
    days = suggester.playbook.merge.suggest_within_days
    since = timezone.now() - timedelta(days=days)
    near = Matter.objects.filter(community_id=matter.community_id, pk__lt=matter.pk, received_at__gte=since)
    earlier = [
        Earlier(each.pk, each.number, Telling(each.text, each.title, each.received_at, each.place_path))
        for each in near.order_by("-pk")[:NEARBY]
    ]
    draft = Draft(matter.text, matter.title, matter.place, matter.category, matter.received_at, earlier)
    suggestion, entry = take_suggestion(
        matter, suggester.propose(draft), suggester.made_by, suggester.directory
    )
    Entry.objects.bulk_create([entry])
    suggestion.save(force_insert=True)
    matter.save()


def link_recurrence(matter: Matter) -> list[dict[str, object]]:
    """Link a new matter to a struck-off one of the same kind at the same place that is still watched (M9),
    and say whom to tell.
    """
    if not matter.category:
        return []
    here = Q(place_id=matter.place_id, category=matter.category)
    watched = (
        Matter.objects.filter(here, watch_until__gte=timezone.localdate(matter.received_at))
        .exclude(pk=matter.pk)
        .order_by("-pk")
        .first()
    )
    if watched is None:
        return []
    MatterLink.objects.get_or_create(
        matter=matter, other=watched, kind=MatterLink.Kind.RECURRENCE, defaults={"at": matter.received_at}
    )
    params = {"earlier_number": watched.number}
    return [
        {"to": "organization", "id": owner, "kind": "recurrence", "params": params}
        for owner in sorted({matter.owner_id, watched.owner_id})
    ]


@handles(CHANGED, batch=100)
def tell_and_count(deliveries: Sequence[Delivery]) -> None:
    """Notices and counts of moves that were made."""
    matters = Matter.objects.in_bulk({delivery.subject_id for delivery in deliveries})
    notices: list[Notice] = []
    counts: Counter[Key] = Counter()
    for delivery in deliveries:
        matter = matters[delivery.subject_id]
        plans = [*delivery.data["notices"], *vacancy(matter, delivery)]
        notices += make_notices(matter, plans, delivery.created_at)
        count_change(delivery.data, matter, delivery.created_at, counts)
    save_notices(notices)
    add_counts(counts)


def vacancy(matter: Matter, delivery: Delivery) -> list[dict[str, object]]:
    """An owner without anybody in post is told to the level above: a vacancy is never a silent skip."""
    if delivery.data["to"] != "dispatched" or staffed([matter.owner_id]):
        return []
    above = level_above(matter.owner)
    return [] if above is None else [{"to": "organization", "id": above.pk, "kind": "vacancy", "params": {}}]


@every(5)
def look_at_clocks() -> None:
    """Take the steps of the escalation whose time has come."""
    take_due_steps()


@handles(POST_HANDED_OVER, batch=20)
def tell_newcomers(deliveries: Sequence[Delivery]) -> None:
    """Whoever takes over a post hears of what is open there; the work itself stays with the office."""
    for delivery in deliveries:
        post = Post.objects.filter(pk=delivery.data["post"]).first()
        if post is None or post.organization_id is None:
            continue
        open_here = Matter.objects.filter(owner_id=post.organization_id, stopped_at=None).order_by("due_at")
        save_notices(
            [Notice(matter=matter, kind="assigned", post=post, at=delivery.created_at) for matter in open_here[:20]]
        )


@before_closing
def keep_open_matters(organization: Organization) -> None:
    """An office that still owns open matters can't be closed: hand them over first."""
    if Matter.objects.filter(owner=organization, stopped_at=None).exists():
        raise NotAllowed(_("This office still owns open matters. Give them to its successor first."), code="owns_matters")
