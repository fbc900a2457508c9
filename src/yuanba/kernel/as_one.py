"""One transaction for an action and the actions it is made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_inside: ContextVar[bool] = ContextVar("inside an action", default=False)


@contextmanager
def as_one() -> Iterator[None]:
    """All inside happens in one transaction or not at all; inside another `as_one` it is part of that one.

    What is part of another makes no savepoint, which would cost two statements for nothing: a refusal inside ends
    the whole. Whoever would catch one there and go on gets Django's TransactionManagementError.
    """
    with transaction.atomic(savepoint=not _inside.get()):
        token = _inside.set(True)
        try:
            yield
        finally:
            _inside.reset(token)
