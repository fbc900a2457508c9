"""How answers leave: straight from dataclasses to JSON, with their version, and each write at most once."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson
from django.http import HttpRequest, HttpResponse

from yuanba.kernel import idempotency
from yuanba.kernel.crypto import decrypt, encrypt
from yuanba.kernel.idempotency import Kept, once
from yuanba.matters.api.auth import ApiRequest

# Kept answers can hold the secret of a resident's link, so they lie encrypted.
_CONTEXT = "kernel_idempotencykey.response"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a shape, its version where it has one, and where a new thing can be found."""

    shape: object
    status: int = 200
    version: int | None = None
    location: str = ""

    @property
    def headers(self) -> dict[str, str]:
        found = {"Cache-Control": "no-store"}
        if self.version is not None:
            found["ETag"] = etag(self.version)
        if self.location:
            found["Location"] = self.location
        return found


def etag(version: int) -> str:
    return f'"{version}"'


def send(answer: Answer) -> HttpResponse:
    body = orjson.dumps(answer.shape, option=orjson.OPT_UTC_Z)
    return HttpResponse(body, status=answer.status, content_type="application/json", headers=answer.headers)


def unchanged(request: HttpRequest, version: int) -> HttpResponse | None:
    """304 for a reader that has this version already."""
    if etag(version) in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag(version), "Cache-Control": "no-store"})
    return None


def wanted_version(request: HttpRequest) -> int | None:
    """The version in If-Match; one that can't be ours matches nothing (RFC 9110 section 13.1.1)."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    digits = given.removeprefix("W/").strip('"')
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1


def write(request: ApiRequest, work: Callable[[], Answer]) -> HttpResponse:
    """Do `work`, once for all requests that carry the same Idempotency-Key."""
    return write_once(request, request.auth.name, lambda: request.body, lambda: send(work()))


def write_once(
    request: HttpRequest,
    caller: str,
    sent: Callable[[], bytes],
    work: Callable[[], HttpResponse],
    key: str = "",
) -> HttpResponse:
    """Do `work` once for all requests of `caller` with the same key (by default the header's).

    Without a key it is simply done. Raises `NotAllowed` when the key came with something else than `sent`.
    """
    key = key or request.headers.get("Idempotency-Key", "")
    if not key:
        return work()
    made: list[tuple[Kept, HttpResponse]] = []

    def first() -> Kept:
        response = work()
        whole = orjson.dumps({"headers": dict(response.headers), "body": response.content.decode()})
        made.append((Kept(response.status_code, encrypt(whole.decode(), _CONTEXT)), response))
        return made[0][0]

    method, path = (request.method or "").encode(), request.get_full_path().encode()
    kept = once(caller, key, idempotency.digest(method, path, sent()), first)
    # Of two that arrive together, the one that lost has made an answer too, but it was rolled back.
    return made[0][1] if made and kept is made[0][0] else _again(kept)


def _again(kept: Kept) -> HttpResponse:
    whole = orjson.loads(decrypt(kept.response, _CONTEXT))
    headers = {**whole["headers"], "Idempotency-Replayed": "true"}
    return HttpResponse(whole["body"].encode(), status=kept.status, headers=headers)
