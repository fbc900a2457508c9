"""Letters to those who follow a board by mail: who gets one when, and how it is given to the mail server.

In the morning the followers of places where something happened are put into the outbox, a few hundred at a time, so
that others' messages never wait long behind them. A message holds a handful of one place and language: its letter is
composed once, when it is sent, and each follower is marked as told before the letter is given away. So a job that runs
twice or dies in the middle sends nobody the same day twice; the letter in hand when it dies is lost. What a morning did
not come to, or a server did not take, the next one tells.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from yuanba.kernel.mail import NotSent, send, sends_mail
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import Delivery, handles, message
from yuanba.kernel.worker import every
from yuanba.matters.actions.following import ASK, drop_lapsed_followers, note_refusal
from yuanba.matters.boards import private_kinds
from yuanba.matters.happenings import Span, followed_place, paths_with_happenings
from yuanba.matters.letters import Letter, asking, digest, headers_for, whole
from yuanba.matters.models import Follower
from yuanba.places.models import Place
from yuanba.playbooks.queries import current_playbook

DIGEST = "follow.digest"
# A letter of the morning: from seven, or the end of the quiet hours, until noon at the latest.
MORNING, LASTS = time(7), timedelta(hours=5)
# Few enough that the clocks are not kept waiting. Should a slow server outlast the message's lease, whoever takes it
# over leaves out those that are marked.
TOGETHER = 10
# So many are in the outbox at once: what takes longer waits here, not before other messages.
MOST_WAITING = 200
# After a long silence nobody wants to read more.
LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Group:
    """The followers of one place who read one language and were told up to the same day."""

    place_id: int
    language: str
    told_on: date

    def of(self, rows: QuerySet[Follower]) -> QuerySet[Follower]:
        return rows.filter(place_id=self.place_id, language=self.language, told_on=self.told_on)

    def span(self, day: date) -> Span:
        """What they have not been told yet."""
        return Span(max(self.told_on, day - LONGEST), day)


@every(60)
def gather_digests() -> None:
    """Have those who follow a board told what happened there."""
    put_digests(timezone.now())


@every(3600)
def drop_lapsed() -> None:
    """Erase addresses that nobody confirmed."""
    drop_lapsed_followers(timezone.now())


def is_morning(now: datetime) -> bool:
    """Whether digests go out now, on the district's clock."""
    zone = timezone.get_default_timezone()
    starts = datetime.combine(timezone.localdate(now), MORNING, zone)
    quiet = settings.QUIET_HOURS
    if quiet is not None:
        starts = quiet.over_at(starts, zone) or starts
    return starts <= now < starts + LASTS and (quiet is None or quiet.over_at(now, zone) is None)


def put_digests(now: datetime) -> int:
    """Put letters of this morning into the outbox, as many as there is room for; returns for how many followers.

    Followers of places where nothing happened are done for today. Asks by place and language, never by follower.
    """
    if not sends_mail() or not is_morning(now):
        return 0
    day = timezone.localdate(now)
    due = Follower.objects.filter(told_on__lt=day).filter(Q(queued_on=None) | Q(queued_on__lt=day))
    room = MOST_WAITING - TOGETHER * Message.objects.filter(topic=DIGEST, dead_at=None).count()
    groups = _with_something_to_tell(due, day)
    put_in = 0
    for group in groups:
        if put_in >= room:
            break
        put_in += _put_group(group, day, room - put_in, now)
    return put_in


def _with_something_to_tell(due: QuerySet[Follower], day: date) -> list[Group]:
    """The groups that wait for a letter of this day; the others are marked as told."""
    kinds = ("place_id", "language", "told_on")
    groups = [Group(*row) for row in due.order_by(*kinds).values_list(*kinds).distinct()]
    if not groups:
        return []
    chosen = Place.objects.select_related("replaced_by").in_bulk({group.place_id for group in groups})
    places = {key: followed_place(place) for key, place in chosen.items()}
    private = private_kinds(current_playbook().playbook)
    lively: dict[tuple[str, Span], set[str]] = {}
    found, quiet = [], dict[date, set[int]]()
    for group in groups:
        place = places[group.place_id]
        if place is not None:
            key = (place.kind, group.span(day))
            if key not in lively:
                lively[key] = paths_with_happenings(*key, private)
            if place.path in lively[key]:
                found.append(group)
                continue
        quiet.setdefault(group.told_on, set()).add(group.place_id)
    for told_on, keys in quiet.items():
        due.filter(told_on=told_on, place_id__in=keys).update(told_on=day)
    return found


def _put_group(group: Group, day: date, most: int, now: datetime) -> int:
    """Put letters for at most so many of a group into the outbox, and mark them as queued, in one transaction."""
    with transaction.atomic():
        rows = group.of(Follower.objects.select_for_update(no_key=True)).exclude(queued_on=day).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[:most])
        Follower.objects.filter(pk__in=keys).update(queued_on=day)
        Message.objects.bulk_create(
            message(
                DIGEST,
                group.place_id,
                {
                    "language": group.language,
                    "told_on": group.told_on.isoformat(),
                    "day": day.isoformat(),
                    "followers": keys[start : start + TOGETHER],
                },
                at=now,
            )
            for start in range(0, len(keys), TOGETHER)
        )
    return len(keys)


@handles(DIGEST, remote=True)
def send_digests(deliveries: Sequence[Delivery]) -> None:
    """Compose the letter of one place and send it to a handful of its followers."""
    for delivery in deliveries:
        data = delivery.data
        group = Group(delivery.subject_id, data["language"], date.fromisoformat(data["told_on"]))
        _send(
            group,
            date.fromisoformat(data["day"]),
            group.of(Follower.objects.filter(pk__in=data["followers"])),
        )


def _send(group: Group, day: date, waiting: QuerySet[Follower]) -> None:
    """Send to those who wait still. Too late for the day, nothing: the next morning tells of both."""
    now = timezone.now()
    letter = _composed(group, day) if is_morning(now) and timezone.localdate(now) == day else None
    if letter is None:
        return
    failed: NotSent | None = None
    for follower in waiting.order_by("pk"):
        try:
            with _told(follower, waiting, day) as is_ours:
                if is_ours:
                    send(letter.subject, whole(letter, follower), follower.address, headers_for(follower))
        except NotSent as error:
            if not error.of_address:
                raise
            failed = error
    if failed is not None:
        raise failed


def _composed(group: Group, day: date) -> Letter | None:
    """What the board tells now of those days; None when nothing of it is listed any more."""
    chosen = Place.objects.select_related("replaced_by").get(pk=group.place_id)
    place = followed_place(chosen)
    return digest(place, group.span(day), group.language) if place is not None else None


@contextmanager
def _told(follower: Follower, waiting: QuerySet[Follower], day: date) -> Iterator[bool]:
    """Mark a follower as told up to the day, and take it back when the letter was not taken; yields whether it is ours
    to send, for whoever stopped or was sent it by another worker meanwhile is not.

    An address that the server refuses waits for the next morning. Raises whatever else is wrong.
    """
    is_ours = bool(waiting.filter(pk=follower.pk).update(told_on=day, refusals=0))
    try:
        yield is_ours
    except BaseException as error:
        back = {"told_on": follower.told_on, "refusals": follower.refusals}
        Follower.objects.filter(pk=follower.pk).update(**back)
        if not (isinstance(error, NotSent) and error.lasting):
            raise
        note_refusal(follower, for_good=error.for_good)


@handles(ASK, remote=True)
def send_asking(deliveries: Sequence[Delivery]) -> None:
    """Ask an address whether it wants to follow. One that the server refuses is not asked again."""
    for delivery in deliveries:
        rows = Follower.objects.select_related("place")
        follower = rows.filter(pk=delivery.subject_id).first()
        if follower is None:
            continue
        letter = asking(follower, follower.place)
        try:
            send(letter.subject, whole(letter, follower), follower.address, headers_for(follower))
        except NotSent as error:
            if not error.lasting:
                raise
