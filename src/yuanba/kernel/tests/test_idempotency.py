from datetime import timedelta

import pytest
from django.utils import timezone

from yuanba.kernel.errors import Invalid, NotAllowed
from yuanba.kernel.idempotency import IdempotencyKey, Kept, digest, forget_old, once

pytestmark = pytest.mark.django_db


class Work:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Kept:
        self.times += 1
        return Kept(201, f"made {self.times}")


def test_the_same_request_twice_is_done_once_and_answered_alike() -> None:
    work = Work()
    first = once("key:1", "abc", digest(b"body"), work)
    second = once("key:1", "abc", digest(b"body"), work)
    assert first == second == Kept(201, "made 1")
    assert work.times == 1


def test_the_same_key_with_another_request_is_refused() -> None:
    work = Work()
    once("key:1", "abc", digest(b"body"), work)
    with pytest.raises(NotAllowed, match="another request"):
        once("key:1", "abc", digest(b"other"), work)


def test_two_callers_may_use_the_same_key() -> None:
    work = Work()
    once("key:1", "abc", digest(b"body"), work)
    once("key:2", "abc", digest(b"body"), work)
    assert work.times == 2


def test_work_that_failed_leaves_its_key_free() -> None:
    def failing() -> Kept:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once("key:1", "abc", digest(b"body"), failing)
    assert once("key:1", "abc", digest(b"body"), Work()).status == 201


@pytest.mark.parametrize("key", ["", "x" * 121, "line\nbreak", "nul\0"])
def test_a_key_that_can_not_be_one_is_refused(key: str) -> None:
    with pytest.raises(Invalid):
        once("key:1", key, digest(b""), Work())


def test_the_digest_does_not_run_parts_together() -> None:
    assert digest(b"ab", b"c") != digest(b"a", b"bc")


def test_keys_are_forgotten_after_two_days() -> None:
    once("key:1", "abc", digest(b""), Work())
    assert forget_old(timezone.now() + timedelta(days=1)) == 0
    assert forget_old(timezone.now() + timedelta(days=3)) == 1
    assert not IdempotencyKey.objects.exists()
