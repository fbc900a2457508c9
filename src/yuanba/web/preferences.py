"""How a person wants pages to look, kept in cookies of their own browser and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict

YEAR_SECONDS = 365 * 24 * 3600

# Preference -> values that a cookie or a form may hold; the first is what holds without a cookie.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": ("auto", "light", "dark"),
    "mode": ("normal", "elder"),
    "keys": ("on", "off"),
}


@dataclass(frozen=True)
class Preferences:
    """theme: auto, light or dark. mode: normal or elder. keys: whether single-letter shortcuts work."""

    theme: str = "auto"
    mode: str = "normal"
    keys: str = "on"

    @property
    def is_elder(self) -> bool:
        return self.mode == "elder"


def cookie_name(preference: str) -> str:
    return f"yuanba_{preference}"


def read(request: HttpRequest) -> Preferences:
    """Preferences from the request's cookies; a value nobody offered counts as none."""
    chosen = {
        name: value
        for name, allowed in CHOICES.items()
        if (value := request.COOKIES.get(cookie_name(name), "")) in allowed
    }
    return Preferences(**chosen)


def remember(response: HttpResponse, wishes: "MultiValueDict[str, str]") -> None:
    """Sets a cookie for each known preference among `wishes`; unknown names and values are passed over."""
    for name, allowed in CHOICES.items():
        if (value := wishes.get(name)) in allowed:
            _keep(response, cookie_name(name), str(value))
    if (language := wishes.get("language")) in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, str(language))


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
