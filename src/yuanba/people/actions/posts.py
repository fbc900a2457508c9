"""What happens to posts that stand: filled, left, handed over, corrected, abolished."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid, Missing, NotAllowed
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import message
from yuanba.people.actions.persons import register_person
from yuanba.people.models import Holding, Person, Post
from yuanba.people.reach import require_reach_of_post
from yuanba.people.recording import change, correct
from yuanba.people.texts import checked_text

POST_HANDED_OVER = "people.post_handed_over"
"""Outbox topic, with keys post, from_person (or null), to_person, on: open work stays with the post; tell
who is new, also where the post was vacant.
"""


def correct_post(post_id: int, *, title: str, duty: str, promise: str, actor: Viewer, at: datetime) -> Post:
    """Correct a post's title and what the duty board says of it; nothing changed leaves no entry.

    Raises `Invalid` naming the field, `Denied` out of reach, `NotAllowed` for an abolished post.
    """
    given = {
        "title": checked_text(title, "title", at_most=80),
        "duty": checked_text(duty, "duty", at_most=2000, required=False),
        "promise": checked_text(promise, "promise", at_most=2000, required=False),
    }
    with transaction.atomic():
        post = _locked(post_id, actor)
        correct(post, given, actor=actor, at=at)
    return post


def appoint(post_id: int, person: Person, *, on: date, actor: Viewer, at: datetime) -> Holding:
    """Put `person` on a vacant post from day `on`; what waits there is told as in `hand_over_post`. Raises
    `NotAllowed` when it is occupied: nobody is ended silently.
    """
    with transaction.atomic():
        post = _locked(post_id, actor)
        _check_free(post, on)
        holding = _begin(post, person, on)
        change(post, "appointed", actor=actor, at=at, data={"person": person.pk, "on": on.isoformat()})
        _tell_newcomer(post, None, person, on, at)
    return holding


def end_holding(post_id: int, *, on: date, actor: Viewer, at: datetime) -> Holding:
    """The holder leaves: day `on` is the first without. The post is vacant until somebody is appointed."""
    with transaction.atomic():
        post = _locked(post_id, actor)
        holding = _open_holding(post)
        if holding is None:
            raise NotAllowed(_("This post is vacant."), code="vacant")
        _end(holding, on)
        change(post, "left", actor=actor, at=at, data={"person": holding.person_id, "on": on.isoformat()})
    return holding


def hand_over_post(post_id: int, to_person: Person, *, on: date, actor: Viewer, at: datetime) -> Holding:
    """One holder goes and the next comes on day `on`, in one step; open work stays with the post.

    A vacant post is simply filled. Puts `POST_HANDED_OVER` into the outbox, due on that day. Raises
    `Invalid` when the person holds it already, `NotAllowed` when the day lies before an earlier holding's
    end.
    """
    with transaction.atomic():
        post = _locked(post_id, actor)
        leaving = _open_holding(post)
        if leaving is not None:
            if leaving.person_id == to_person.pk:
                raise Invalid(_("This person holds the post already."), field="person", code="same_person")
            _end(leaving, on)
        _check_free(post, on)
        holding = _begin(post, to_person, on)
        before = leaving.person_id if leaving else None
        data = _handed_over(post, before, to_person, on)
        change(post, "handed_over", actor=actor, at=at, data=data)
        _tell_newcomer(post, before, to_person, on, at)
    return holding


def hand_over_to_newcomer(
    post_id: int, *, name: str, phone: str = "", on: date, actor: Viewer, at: datetime
) -> Holding:
    """As `hand_over_post`, to somebody who is not known yet and is registered in the same step."""
    with transaction.atomic():
        person = register_person(name=name, phone=phone, actor=actor, at=at)
        return hand_over_post(post_id, person, on=on, actor=actor, at=at)


def abolish_post(post_id: int, *, on: date, actor: Viewer, at: datetime) -> Post:
    """The post exists no longer from day `on`. Raises `NotAllowed` while somebody holds it."""
    with transaction.atomic():
        post = _locked(post_id, actor)
        if _open_holding(post) is not None:
            raise NotAllowed(_("Somebody holds this post. End the holding first."), code="occupied")
        post.abolished_on = on
        change(post, "abolished", "abolished_on", actor=actor, at=at, data={"on": on.isoformat()})
    return post


def check_may_hold(person: Person) -> None:
    """Raises `Invalid` for somebody without a name."""
    if person.forgotten_at is not None or not person.name:
        raise Invalid(_("Whoever holds a post must have a name."), field="person", code="nameless")


def check_span(from_on: date | None, to_on: date | None) -> None:
    """Raises `Invalid` unless a holding can begin and end on these days."""
    if from_on is None:
        raise Invalid(_("Say from which day the post is held."), field="from_on", code="empty")
    if to_on is not None and to_on < from_on:
        raise Invalid(_("The day lies before the holding began."), field="on", code="before_start")


def _locked(post_id: int, actor: Viewer) -> Post:
    rows = Post.objects.select_for_update(of=("self",), no_key=True).select_related(
        "organization__place", "place"
    )
    post = rows.filter(pk=post_id).first()
    if post is None:
        raise Missing(_("There is no such post."))
    require_reach_of_post(actor, Power.MANAGE_POSTS, post)
    if post.abolished_on is not None:
        raise NotAllowed(_("This post was abolished."), code="abolished")
    return post


def _open_holding(post: Post) -> Holding | None:
    return post.holdings.filter(to_on=None).first()


def _check_free(post: Post, on: date) -> None:
    """Holdings of one post never overlap; the post's row is locked, so nobody adds one meanwhile."""
    if post.holdings.filter(Q(to_on=None) | Q(to_on__gt=on)).exists():
        raise NotAllowed(
            _("Somebody holds this post then. Hand it over, or end the holding first."), code="occupied"
        )


def _begin(post: Post, person: Person, on: date) -> Holding:
    check_may_hold(person)
    return Holding.objects.create(post=post, person=person, from_on=on)


def _end(holding: Holding, on: date) -> None:
    if on < holding.from_on:
        raise Invalid(_("The day lies before the holding began."), field="on", code="before_start")
    holding.to_on = on
    holding.save(update_fields=["to_on"])


def _handed_over(post: Post, before: int | None, person: Person, on: date) -> dict[str, object]:
    return {"post": post.pk, "from_person": before, "to_person": person.pk, "on": on.isoformat()}


def _tell_newcomer(post: Post, before: int | None, person: Person, on: date, at: datetime) -> None:
    newcomer_message(post, before, person, on, at).save(force_insert=True)


def newcomer_message(post: Post, before: int | None, person: Person, on: date, at: datetime) -> Message:
    """What tells whoever comes to a post what is open there, due on day `on`; for actions that insert many at once."""
    due_at = max(at, _start_of(on))
    return message(POST_HANDED_OVER, post.pk, _handed_over(post, before, person, on), at=at, due_at=due_at)


def _start_of(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))
