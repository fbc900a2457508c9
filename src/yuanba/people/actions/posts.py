"""What happens to posts: created, filled, left, handed over, abolished."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Invalid, Missing, NotAllowed
from yuanba.kernel.outbox.queue import put
from yuanba.people.actions.persons import register_person
from yuanba.people.models import Holding, Organization, Person, Post, PostTerritory
from yuanba.people.reach import require_reach, require_reach_of_post
from yuanba.people.recording import add, change, correct
from yuanba.people.texts import checked_text
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook

POST_HANDED_OVER = "people.post_handed_over"
"""Outbox topic, with keys post, from_person (or null), to_person, on: open work stays with the post; tell
who is new, also where the post was vacant.
"""


def create_post(
    *,
    kind: str,
    title: str,
    organization: Organization | None = None,
    place: Place | None = None,
    paired_with: Iterable[Place] = (),
    duty: str = "",
    promise: str = "",
    actor: Viewer,
    at: datetime,
) -> Post:
    """Create a vacant post of a kind that the current playbook knows, at an organization, a place, or both.

    `paired_with` are places it serves beyond that (包片). Raises `Invalid` naming the field, `Denied` out of
    reach.
    """
    _check_kind(kind)
    if organization is None and place is None:
        raise Invalid(_("Say which organization or place the post belongs to."), field="organization")
    if organization is not None and organization.closed_on is not None:
        raise Invalid(_("This organization is closed."), field="organization", code="closed")
    paired = sorted({one.pk: one for one in paired_with}.values(), key=lambda one: one.path)
    with transaction.atomic():
        require_reach(actor, Power.MANAGE_POSTS, organization=organization, place=place)
        for one in paired:
            require_reach(actor, Power.MANAGE_POSTS, place=one)
        post = Post(
            kind=kind,
            title=checked_text(title, "title", at_most=80),
            organization=organization,
            place=place,
            duty=checked_text(duty, "duty", at_most=2000, required=False),
            promise=checked_text(promise, "promise", at_most=2000, required=False),
        )
        data = {
            "kind": kind,
            "organization": organization and organization.pk,
            "place": place and place.pk,
            "paired": [one.pk for one in paired],
        }
        add(post, "created", actor=actor, at=at, data=data)
        PostTerritory.objects.bulk_create([PostTerritory(post=post, place=one) for one in paired])
    return post


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


def _check_kind(kind: str) -> None:
    try:
        current_playbook().playbook.post(kind)
    except KeyError:
        raise Invalid(
            _("The playbook has no such kind of post."), field="kind", code="unknown_kind"
        ) from None


def _locked(post_id: int, actor: Viewer) -> Post:
    rows = Post.objects.select_for_update(of=("self",)).select_related("organization__place", "place")
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
    if person.forgotten_at is not None or not person.name:
        raise Invalid(_("Whoever holds a post must have a name."), field="person", code="nameless")
    return Holding.objects.create(post=post, person=person, from_on=on)


def _end(holding: Holding, on: date) -> None:
    if on < holding.from_on:
        raise Invalid(_("The day lies before the holding began."), field="on", code="before_start")
    holding.to_on = on
    holding.save(update_fields=["to_on"])


def _handed_over(post: Post, before: int | None, person: Person, on: date) -> dict[str, object]:
    return {"post": post.pk, "from_person": before, "to_person": person.pk, "on": on.isoformat()}


def _tell_newcomer(post: Post, before: int | None, person: Person, on: date, at: datetime) -> None:
    put(
        POST_HANDED_OVER,
        post.pk,
        _handed_over(post, before, person, on),
        at=at,
        due_at=max(at, _start_of(on)),
    )


def _start_of(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))
