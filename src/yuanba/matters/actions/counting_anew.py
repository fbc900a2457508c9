"""Making all counts anew from the records, where `audit` found some that differ."""

from collections import Counter
from collections.abc import Callable

from django.db import transaction

from yuanba.kernel.outbox.models import Message
from yuanba.matters.actions.receiving import RECEIVED
from yuanba.matters.changing import CHANGED
from yuanba.matters.models import Matter, Tally
from yuanba.matters.tallying import CHUNK, Key, add_counts, count_standing_request


def count_anew(progress: Callable[[int], None] = lambda _done: None) -> int:
    """Count every request again; returns how many there are. `progress` hears how many are done.

    Nothing else may write meanwhile: a move that comes in between would be counted twice or not at all. What waiting
    messages would still add is in the records already, so they add nothing more.
    """
    done = 0
    with transaction.atomic():
        for waiting in (
            Message.objects.select_for_update().filter(topic__in=(RECEIVED, CHANGED)).iterator(CHUNK)
        ):
            Message.objects.filter(pk=waiting.pk).update(data=waiting.data | {"counts": []})
        Tally.objects.all().delete()
        counts: Counter[Key] = Counter()
        for done, matter in enumerate(Matter.objects.filter(part_of=None).order_by("pk").iterator(CHUNK), 1):
            count_standing_request(matter, counts)
            if done % CHUNK == 0:
                add_counts(counts)
                counts.clear()
                progress(done)
        add_counts(counts)
    return done
