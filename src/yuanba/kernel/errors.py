"""What can go wrong, in words a person can act on.

Every refusal that reaches a user is one of these. Each carries a stable ``code`` for programs, a plain
``message`` for people and, where one field is to blame, its name. Faces (pages, API, Open311, command line)
translate them to their own form in one place; rooms below only raise them.
"""

from collections.abc import Sequence
from typing import ClassVar


class DomainError(Exception):
    """A refusal with a reason.

    ``message`` is plain text, possibly lazily translated; it never holds another person's data.
    """

    status: ClassVar[int] = 400
    default_code: ClassVar[str] = "refused"

    def __init__(self, message: object, *, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self._message = message
        self.code = code or self.default_code
        self.field = field

    @property
    def message(self) -> str:
        return str(self._message)

    def __str__(self) -> str:
        return self.message


class Invalid(DomainError):
    """What was sent can't be used; ``field`` says which part."""

    status = 422
    default_code = "invalid"


class SeveralInvalid(DomainError):
    """Several fields are wrong at once; ``errors`` holds one `Invalid` each."""

    status = 422
    default_code = "invalid"

    def __init__(self, errors: Sequence[Invalid]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = tuple(errors)


class Denied(DomainError):
    """The viewer may see the thing but not do this to it."""

    status = 403
    default_code = "denied"


class Missing(DomainError):
    """There is no such thing, or none that the viewer may know of: both look the same."""

    status = 404
    default_code = "not_found"


class NotAllowed(DomainError):
    """The move does not exist in the present state; ``allowed`` lists those that do (HTTP 409)."""

    status = 409
    default_code = "not_allowed"

    def __init__(self, message: object, *, allowed: Sequence[str] = (), code: str = "") -> None:
        super().__init__(message, code=code)
        self.allowed = tuple(allowed)


class Stale(DomainError):
    """Somebody else changed the thing since it was read (HTTP 412, RFC 9110 section 15.5.13)."""

    status = 412
    default_code = "stale"

    def __init__(self, message: object, *, current_version: int) -> None:
        super().__init__(message)
        self.current_version = current_version


class TooMany(DomainError):
    """A rate limit was reached; ``retry_after_s`` says when to come back."""

    status = 429
    default_code = "too_many"

    def __init__(self, message: object, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Away(DomainError):
    """Something outside that this needs can't be reached; the same may succeed soon, unchanged (HTTP 503)."""

    status = 503
    default_code = "away"
    retry_after_s: ClassVar[int] = 5
