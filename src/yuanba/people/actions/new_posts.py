"""Posts come into being: one, or many with their holders in few statements."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.bulk import insert_many
from yuanba.kernel.errors import Invalid
from yuanba.kernel.journal.append import chain
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.keys import reserve
from yuanba.kernel.outbox.models import Message
from yuanba.people.actions.posts import check_may_hold, check_span, newcomer_message
from yuanba.people.models import Holding, Organization, Person, Post, PostTerritory
from yuanba.people.reach import require_reach
from yuanba.people.texts import checked_text
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be created, at an organization, a place, or both; with a ``holder``, held from ``from_on``.

    ``paired_with`` are places it serves beyond that (包片).
    """

    kind: str
    title: str
    organization: Organization | None = None
    place: Place | None = None
    paired_with: tuple[Place, ...] = ()
    duty: str = ""
    promise: str = ""
    holder: Person | None = None
    from_on: date | None = None
    to_on: date | None = None


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
    new = NewPost(kind, title, organization, place, tuple(paired_with), duty, promise)
    (post,) = create_posts([new], actor=actor, at=at)
    return post


def create_posts(new: Sequence[NewPost], *, actor: Viewer, at: datetime) -> list[Post]:
    """Create `new` in their order, each with the entries that `create_post`, `appoint` and `end_holding` leave, and
    with the message of an appointment.

    Raises as they do; nothing is written then.
    """
    known = {kind.code for kind in current_playbook().playbook.posts} if new else set()
    for one in new:
        _check(one, known, actor)
    with transaction.atomic():
        posts, entries, holdings, territories = [], list[Entry](), list[Holding](), list[PostTerritory]()
        messages: list[Message] = []
        for pk, one in zip(reserve(Post, len(new)), new, strict=True):
            post, paired = _drafted(pk, one), _paired(one)
            for kind, data in _told(one, paired):
                entries.append(chain(post, kind=kind, actor=actor.actor, at=at, data=data))
            if one.holder is not None and one.from_on is not None:
                held = Holding(post=post, person=one.holder, from_on=one.from_on, to_on=one.to_on)
                holdings.append(held)
                messages.append(newcomer_message(post, None, one.holder, one.from_on, at))
            territories += [PostTerritory(post=post, place=place) for place in paired]
            posts.append(post)
        for rows in (entries, posts, holdings, territories, messages):
            insert_many(rows)
    return posts


def _check(new: NewPost, known: set[str], actor: Viewer) -> None:
    if new.kind not in known:
        raise Invalid(_("The playbook has no such kind of post."), field="kind", code="unknown_kind")
    if new.organization is None and new.place is None:
        raise Invalid(_("Say which organization or place the post belongs to."), field="organization")
    if new.organization is not None and new.organization.closed_on is not None:
        raise Invalid(_("This organization is closed."), field="organization", code="closed")
    require_reach(actor, Power.MANAGE_POSTS, organization=new.organization, place=new.place)
    for one in new.paired_with:
        require_reach(actor, Power.MANAGE_POSTS, place=one)
    if new.holder is not None:
        check_may_hold(new.holder)
        check_span(new.from_on, new.to_on)


def _drafted(pk: int, new: NewPost) -> Post:
    return Post(
        pk=pk,
        kind=new.kind,
        title=checked_text(new.title, "title", at_most=80),
        organization=new.organization,
        place=new.place,
        duty=checked_text(new.duty, "duty", at_most=2000, required=False),
        promise=checked_text(new.promise, "promise", at_most=2000, required=False),
    )


def _paired(new: NewPost) -> list[Place]:
    return sorted({one.pk: one for one in new.paired_with}.values(), key=lambda one: one.path)


def _told(new: NewPost, paired: list[Place]) -> Iterator[tuple[str, dict[str, object]]]:
    """What the journal keeps of a new post: (kind of entry, data) in the order in which it happened."""
    yield (
        "created",
        {
            "kind": new.kind,
            "organization": new.organization and new.organization.pk,
            "place": new.place and new.place.pk,
            "paired": [one.pk for one in paired],
        },
    )
    if new.holder is None or new.from_on is None:
        return
    yield "appointed", {"person": new.holder.pk, "on": new.from_on.isoformat()}
    if new.to_on is not None:
        yield "left", {"person": new.holder.pk, "on": new.to_on.isoformat()}
