"""Which language the command line speaks: the terminal's. What is kept is written in the district's all the same."""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation

# In this order the first that says something counts (POSIX, XBD 8.2).
_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
_UNSAID = frozenset({"", "C", "POSIX"})


def language_of(environment: Mapping[str, str]) -> str:
    """The language of refusals and findings: Chinese on a Chinese terminal, English on any other, the district's where
    the terminal names none, as in a service or a container.
    """
    said = next(filter(None, (environment.get(name, "") for name in _NAMES)), "")
    tongue = said.partition(".")[0].partition("@")[0]
    if tongue in _UNSAID:
        return settings.LANGUAGE_CODE
    return "zh-hans" if tongue.lower().startswith("zh") else "en"


def in_the_districts_words() -> AbstractContextManager[object]:
    """Work whose texts are kept for others to read, whoever's terminal started it."""
    return translation.override(settings.LANGUAGE_CODE)
