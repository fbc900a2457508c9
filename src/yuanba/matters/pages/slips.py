"""The offer to undo what was just done, kept in the session for its minute and shown on whichever page comes next."""

import time
import uuid
from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from yuanba.matters.models import Matter
from yuanba.matters.undoing import OFFERED
from yuanba.web.shapes import Undo

KEY = "undo"


def offer_undo(request: HttpRequest, text: str, made: Iterable[tuple[str, int]]) -> None:
    """Offer to take back what brought these matters, by number, to these versions."""
    request.session[KEY] = {
        "text": text,
        "until": time.time() + OFFERED.total_seconds(),
        "made": [f"{number}:{version}" for number, version in made],
        "key": str(uuid.uuid4()),
    }


def offer_for(request: HttpRequest, text: str, matter: Matter) -> None:
    """Offer to take back the last move of one matter."""
    offer_undo(request, text, [(matter.number, matter.version)])


def forget_undo(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def undo_offered(request: HttpRequest) -> Undo | None:
    """What can still be taken back, for the page to offer; None once its minute is over."""
    kept = request.session.get(KEY)
    if not kept or (left := kept["until"] - time.time()) <= 0:
        return None
    fields = [("pick", each) for each in kept["made"]]
    fields += [("key", kept["key"]), ("back", request.get_full_path())]
    return Undo(kept["text"], reverse("matters:undo"), fields, int(left) + 1)
