"""What the worker does for matters after commit: suggestions for new ones, notices and counts for all."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import Delivery, handles
from yuanba.kernel.worker import every
from yuanba.language.similarity import fingerprint
from yuanba.matters import clockwork
from yuanba.matters import digests as digests  # noqa: PLC0414 - registers letters to those who follow boards
from yuanba.matters import sending as sending  # noqa: PLC0414 - registers what the worker sends out
from yuanba.matters.actions.alarms import take_due_steps
from yuanba.matters.actions.foreseeing import FORESEE, foresee_more
from yuanba.matters.actions.keeping_filters import forget_filters_of_the_forgotten
from yuanba.matters.actions.receiving import RECEIVED
from yuanba.matters.actions.suggesting import Taken, fill_in, take_suggestion
from yuanba.matters.changing import CHANGED, MATTERS, all_locked
from yuanba.matters.completing import Waiting, completed
from yuanba.matters.directory import Directory
from yuanba.matters.duplicates import Nearby, duplicates, telling_of
from yuanba.matters.flow import Stage, State
from yuanba.matters.joint import joined_to
from yuanba.matters.models import Channel, Matter, MatterLink, MatterWords, Notice, Suggestion
from yuanba.matters.owners import staffed, works_on_matters
from yuanba.matters.recurring import Watched, known_return, recurrence_plans
from yuanba.matters.suggesting import Draft, Proposal, Suggester
from yuanba.matters.tallying import Key, add_counts, count_message, count_standing, where_of
from yuanba.matters.telling import (
    Plan,
    called_vacant_plans,
    make_notices,
    save_notices,
    strike_off_plans,
    vacancy_plans,
)
from yuanba.matters.wording import words_of
from yuanba.people.actions import POST_HANDED_OVER
from yuanba.people.models import Post
from yuanba.places.queries import full_names

HANDED_OVER_SHOWN = 20


@handles(RECEIVED, batch=50)
def suggest_for_new(deliveries: Sequence[Delivery]) -> None:
    """Suggestions, links to trouble that came back, first notices and counts for newly received matters."""
    by_key = {delivery.subject_id: delivery for delivery in deliveries}
    rows = Matter.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=by_key)
    joined = rows.select_related("place", "owner").order_by("pk")
    matters = all_locked(lambda: list(joined.all()), len(by_key))
    counts: Counter[Key] = Counter()
    for matter in matters:
        count_message(by_key[matter.pk].data, counts)
    seen = set(Suggestion.objects.filter(pk__in=by_key).values_list("pk", flat=True))
    fresh = [matter for matter in matters if matter.pk not in seen]
    notices: list[Notice] = []
    plans = _suggest(fresh, counts)
    names = full_names([matter.place for matter in fresh])
    words = [words_of(matter, names[matter.place_id]) for matter in fresh]
    MatterWords.objects.bulk_create(words, ignore_conflicts=True)
    held = staffed({matter.owner_id for matter in fresh})
    for matter in fresh:
        if matter.owner_id not in held:
            plans[matter.pk] += vacancy_plans(matter)
        notices += make_notices(matter, plans[matter.pk], by_key[matter.pk].created_at)
    save_notices(notices)
    add_counts(counts)


def _suggest(matters: list[Matter], counts: Counter[Key]) -> dict[int, list[Plan]]:
    """Make and take the suggestions of locked matters; returns what to tell, by matter.

    In steps for all of them together, for hundreds may have come in the last second: each step is one query.
    """
    stood = {matter.pk: where_of(matter) for matter in matters}
    proposed = _propose(matters)
    names = full_names(matter.place for matter in matters)
    nearby = Nearby(matters, {matter.pk: _looks_back_to(matter) for matter in matters})
    returns = Watched(matters)
    plans: dict[int, list[Plan]] = {}
    taken: list[Taken] = []
    for matter in matters:
        made_by, proposals = proposed[matter.pk]
        telling = telling_of(matter, names[matter.place_id].split())
        proposals += duplicates(telling, nearby.before(matter))
        watched = returns.before(matter)
        if watched is not None and known_return(matter) == watched.pk:
            watched = None  # Who sorted it before the worker came has linked it and raised the alarm.
        taken.append(take_suggestion(matter, proposals, made_by, watched=watched, at=timezone.now()))
        count_standing(matter, stood[matter.pk], matter.is_open, counts)
        plans[matter.pk] = _first_plans(matter) + (recurrence_plans(matter, watched) if watched else [])
    Entry.objects.bulk_create([each.entry for each in taken])
    MATTERS.update_all(matters)
    Suggestion.objects.bulk_create([each.suggestion for each in taken])
    MatterLink.objects.bulk_create([each.link for each in taken if each.link is not None])
    return plans


def _propose(matters: list[Matter]) -> dict[int, tuple[str, list[Proposal]]]:
    """What is proposed for each matter, and by what; filled into those that nobody has sorted yet."""
    directory = Directory()
    by_edition: dict[int, list[Matter]] = {}
    for matter in matters:
        by_edition.setdefault(matter.playbook_id, []).append(matter)
    found: dict[int, tuple[str, list[Proposal]]] = {}
    for together in by_edition.values():
        suggester = Suggester(clockwork.playbook_of(together[0]), directory)
        proposals = completed(suggester, (_waiting(suggester, matter) for matter in together))
        for matter in together:
            fill_in(matter, proposals[matter.pk], directory)
            matter.likeness = fingerprint(matter.text, matter.title)
            found[matter.pk] = suggester.made_by, proposals[matter.pk]
    return found


def _waiting(suggester: Suggester, matter: Matter) -> Waiting:
    chosen = matter.category if matter.state == State.RECEIVED else ""
    draft = Draft(matter.text, matter.title, matter.place, chosen, address=matter.address)
    hidden = matter.confidential or bool(matter.accused_path) or matter.channel == Channel.PART
    return Waiting(matter.pk, suggester.file(draft), hidden)


def _looks_back_to(matter: Matter) -> datetime:
    days = clockwork.playbook_of(matter).playbook.merge.suggest_within_days
    return matter.received_at - timedelta(days=days)


def _first_plans(matter: Matter) -> list[Plan]:
    """Who hears of a new matter: the requester, and who sorts it. A part has no requester of its own."""
    params = {"stage": str(Stage.TRIAGE)}
    plans: list[Plan] = [{"to": "organization", "id": matter.owner_id, "kind": "assigned", "params": params}]
    if matter.channel != Channel.PART:
        # Nobody had joined what has just come.
        plans.append({"to": "requester", "kind": "received", "params": {}, "own": True})
    return plans


@handles(CHANGED, batch=100)
def tell_and_count(deliveries: Sequence[Delivery]) -> None:
    """Notices and counts of moves that were made."""
    keys = {delivery.subject_id for delivery in deliveries}
    matters = Matter.objects.select_related("owner").in_bulk(keys)
    given = [delivery for delivery in deliveries if delivery.data.get("given")]
    asked = {matters[delivery.subject_id].owner_id for delivery in given}
    held = staffed(asked.union(*(delivery.data.get("called", ()) for delivery in deliveries)))
    notices: list[Notice] = []
    counts: Counter[Key] = Counter()
    joined = joined_to(keys)
    for delivery in deliveries:
        matter = matters[delivery.subject_id]
        plans: list[Plan] = list(delivery.data["notices"])
        if delivery in given and matter.is_open and matter.owner_id not in held:
            plans += vacancy_plans(matter)
        if _just_confirmed(delivery) and matter.state == State.CONFIRMED:
            plans += strike_off_plans(matter)
        if called := set(delivery.data.get("called", ())) - held:
            plans += called_vacant_plans(matter, called)
        notices += make_notices(matter, plans, delivery.created_at, joined=matter.pk in joined)
        count_message(delivery.data, counts)
    save_notices(notices)
    add_counts(counts)


def _just_confirmed(delivery: Delivery) -> bool:
    before, after = str(delivery.data["from"]), str(delivery.data["to"])
    return after == State.CONFIRMED and before != after


@every(5)
def look_at_clocks() -> None:
    """Take the steps of the escalation whose time has come."""
    take_due_steps()


@every(3600)
def forget_filters() -> None:
    """Drop the named filters of people who were forgotten."""
    forget_filters_of_the_forgotten()


@handles(POST_HANDED_OVER, batch=20)
def tell_newcomers(deliveries: Sequence[Delivery]) -> None:
    """Whoever takes over a post hears of what is open there and what it watches over; the work itself stays with the
    office, the watch with the post.
    """
    for delivery in deliveries:
        post = Post.objects.filter(pk=delivery.data["post"]).first()
        if post is None:
            continue
        still_open = Matter.objects.filter(stopped_at=None).select_related("owner").order_by("due_at")
        inherited = {"supervision": still_open.filter(supervisor_id=post.pk)}
        # Whoever runs the machine, or only reports, works on nothing of the office and learns nothing of it.
        if post.organization_id is not None and works_on_matters(post):
            owned = still_open.filter(owner_id=post.organization_id)
            inherited["assigned"] = owned.exclude(supervisor_id=post.pk)
        notices: list[Notice] = []
        for kind, matters in inherited.items():
            plan: Plan = {"to": "post", "id": post.pk, "kind": kind, "params": {}}
            for matter in matters[:HANDED_OVER_SHOWN]:
                notices += make_notices(matter, [plan], delivery.created_at)
        save_notices(notices)


@handles(FORESEE)
def foresee_on(deliveries: Sequence[Delivery]) -> None:
    """Look at the next open matters for the preview of a draft."""
    for delivery in deliveries:
        foresee_more(delivery.subject_id, timezone.now())
