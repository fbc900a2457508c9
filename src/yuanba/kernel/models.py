"""All tables of the kernel, gathered where Django looks for them."""

from yuanba.kernel.files.models import StoredFile, StoreMark
from yuanba.kernel.idempotency import IdempotencyKey
from yuanba.kernel.journal.models import DailyRoot, Entry
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.ratelimit import RateCount

__all__ = ["DailyRoot", "Entry", "IdempotencyKey", "Message", "RateCount", "StoreMark", "StoredFile"]
