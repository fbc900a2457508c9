from django.http import HttpRequest

from yuanba.web import preferences as stored
from yuanba.web.preferences import Preferences


def preferences(request: HttpRequest) -> dict[str, Preferences]:
    """Context processor: `preferences` for every page."""
    return {"preferences": stored.read(request)}
