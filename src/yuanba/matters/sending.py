"""Notices of offices beyond the product: who is written to, when, and in which words.

Each is put on its way when it is made (matters.outward). Once a minute what is due is gathered, one message of the
outbox for each person and group, so that a busy minute makes one mail and not thirty. The message takes all rows of
its person or group that are due, and they are gone once it was sent: one that is delivered twice finds nothing left.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yuanba.kernel.group_bots import MOST_BYTES
from yuanba.kernel.mail import send
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import Delivery, handles, put
from yuanba.kernel.quiet import QuietHours
from yuanba.kernel.worker import every
from yuanba.matters.models import Notice, Outgoing
from yuanba.matters.seeing import notices_of
from yuanba.matters.telling import headline, said_due
from yuanba.people.group_messages import say_in_group
from yuanba.people.models import Person
from yuanba.people.queries import viewer_for, works_on_matters

TO_PERSON, TO_GROUP = "notice.person", "notice.group"
# As long as a message's own lease (kernel.outbox): whoever gets the message of one that vanished gets its rows too.
LEASE = timedelta(minutes=2)
LISTED = 8
MOST = 5000


@every(60)
def gather_outgoing() -> None:
    """Have everybody written to whose notices are due."""
    gather(timezone.now())


def gather(now: datetime) -> int:
    """Put one message into the outbox for each person and group with something due, unless one waits there already;
    after one that was given up, only when something newer has come. Returns how many.
    """
    due = Outgoing.objects.filter(_free(now), due_at__lte=now)
    put_in = 0
    for topic, column in ((TO_PERSON, "person_id"), (TO_GROUP, "organization_id")):
        newest = due.exclude(**{column: None}).values_list(column).annotate(Max("due_at")).order_by(column)
        waiting = dict(newest)
        for key in _with_message(topic, waiting):
            del waiting[key]
        with transaction.atomic():
            for key in waiting:
                put(topic, key, at=now)
        put_in += len(waiting)
    return put_in


def _with_message(topic: str, newest: dict[int, datetime]) -> set[int]:
    messages = Message.objects.filter(topic=topic, subject_id__in=newest).values_list("subject_id", "dead_at")
    return {key for key, dead_at in messages if dead_at is None or dead_at > newest[key]}


def _free(now: datetime) -> Q:
    return Q(taken_at=None) | Q(taken_at__lte=now - LEASE)


@handles(TO_PERSON, remote=True)
def send_to_persons(deliveries: Iterable[Delivery]) -> None:
    """One mail to a person about all that is due; what their posts no longer let them see is not told."""
    for delivery in deliveries:
        rows = Person.objects.select_related("account", "notice_choice")
        person = rows.filter(pk=delivery.subject_id, notice_choice__by_mail=True).first()
        if person is None or not person.email:
            Outgoing.objects.filter(person_id=delivery.subject_id).delete()
            continue
        choice = person.notice_choice
        quiet = choice.quiet_hours(settings.QUIET_HOURS)
        with _taken(Q(person=person), quiet, urgent_passes=choice.urgent_at_night) as keys:
            _mail(person, keys)


def _mail(person: Person, keys: Sequence[int]) -> None:
    account = getattr(person, "account", None)
    if account is None or not keys:
        return
    viewer = viewer_for(account)
    if not works_on_matters(viewer):
        return
    newest, count = _seen(notices_of(viewer), keys)
    if newest:
        with translation.override(person.language):
            chosen = f"{settings.BASE_URL}{reverse('people:channels')}"
            end = _("You chose to be told by mail: %(link)s") % {"link": chosen}
            body = f"{composed(newest, count, person.language)}\n\n{end}\n"
            subject = _subject(newest, count, person.language)
            send(subject, body, person.email)


@handles(TO_GROUP, remote=True)
def send_to_groups(deliveries: Iterable[Delivery]) -> None:
    """One message into an organization's group about all that is due there."""
    language = settings.LANGUAGE_CODE
    for delivery in deliveries:
        key = delivery.subject_id
        with _taken(Q(organization_id=key), settings.QUIET_HOURS, urgent_passes=False) as keys:
            theirs = Q(organization_id=key, post=None, matter__accused_path="", matter__confidential=False)
            newest, count = _seen(theirs, keys)
            if newest:
                say_in_group(key, composed(newest, count, language, most_bytes=MOST_BYTES))


@contextmanager
def _taken(whose: Q, quiet: QuietHours | None, *, urgent_passes: bool) -> Iterator[list[int]]:
    """Take what is due for one receiver, so that no other worker sends it too; yields the keys of the notices.

    Gone when all went well, free again when not. What has to wait for the end of the quiet hours is due then.
    """
    now = timezone.now()
    with transaction.atomic():
        due = Outgoing.objects.select_for_update(of=("self",)).filter(whose, _free(now), due_at__lte=now)
        rows = list(due.order_by("pk")[:MOST])
        over_at = quiet.over_at(now, timezone.get_current_timezone()) if quiet else None
        if over_at is not None:
            waits = [row.pk for row in rows if not (row.urgent and urgent_passes)]
            Outgoing.objects.filter(pk__in=waits).update(due_at=over_at)
            rows = [row for row in rows if row.pk not in set(waits)]
        keys = [row.pk for row in rows]
        Outgoing.objects.filter(pk__in=keys).update(taken_at=now)
    mine = Outgoing.objects.filter(pk__in=keys, taken_at=now)
    try:
        yield [row.notice_id for row in rows]
    except BaseException:
        mine.update(taken_at=None)
        raise
    mine.delete()


def _seen(seen: Q, keys: Sequence[int]) -> tuple[list[Notice], int]:
    """The newest of the notices that the receiver may know of, as many as are listed, and how many there are."""
    rows = Notice.objects.select_related("matter__owner").filter(seen, pk__in=keys).order_by("-pk")
    newest = list(rows[: LISTED + 1])
    return newest[:LISTED], rows.count() if len(newest) > LISTED else len(newest)


def _subject(newest: Sequence[Notice], count: int, language: str) -> str:
    if count == 1:
        return headline(newest[0], language)
    return ngettext("%(count)d notice", "%(count)d notices", count) % {"count": count}


def composed(newest: Sequence[Notice], count: int, language: str, *, most_bytes: int | None = None) -> str:
    """What is written about `count` notices, the newest first: number, what happened, deadline and link of each, and
    of no requester anything. Those that find no room are counted, with the way to all of them.
    """
    with translation.override(language):
        parts = [_part(notice, language) for notice in newest]
        while True:
            lines = [_("院坝 yuanba: notices of your office"), *parts, *_rest(count - len(parts))]
            text = "\n".join(lines)
            if most_bytes is None or len(text.encode()) <= most_bytes or not parts:
                return text
            parts.pop()


def _part(notice: Notice, language: str) -> str:
    number = notice.matter.number
    said = headline(notice, language)
    first = said if number in said else f"{number} {said}"
    due = _("Due %(due)s") % {"due": said_due(notice)} if notice.matter.is_open else ""
    link = f"{settings.BASE_URL}{reverse('matters:matter', args=[number])}"
    return "\n".join(["", *filter(None, (first, due, link))])


def _rest(left: int) -> list[str]:
    if not left:
        return []
    more = ngettext("%(count)d more", "%(count)d more", left) % {"count": left}
    return ["", f"{more}: {settings.BASE_URL}{reverse('matters:notices')}"]
