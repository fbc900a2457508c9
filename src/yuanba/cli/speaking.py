"""Which language the command line speaks: the terminal's. What is kept is written in the district's all the same."""

import gettext
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from django.conf import settings
from django.utils import translation

# In this order the first that says something counts (POSIX, XBD 8.2).
_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
_UNSAID = frozenset({"", "C", "POSIX"})
_TRADITIONAL = ("zh_hant", "zh_tw", "zh_hk", "zh_mo")
UNTOLD = "zh-hans"
"""settings.LANGUAGE_CODE, for texts that are put into words before settings are read."""


def language_of(environment: Mapping[str, str]) -> str:
    """The language of all that a command says: Chinese on a Chinese terminal, in its characters, English on any other,
    the district's where the terminal names none, as in a service or a container.
    """
    return _told_by(environment) or settings.LANGUAGE_CODE


def _told_by(environment: Mapping[str, str]) -> str:
    """The language that the terminal names; empty where it names none."""
    said = next(filter(None, (environment.get(name, "") for name in _NAMES)), "")
    tongue = said.partition(".")[0].partition("@")[0]
    if tongue in _UNSAID:
        return ""
    if tongue.lower().startswith(_TRADITIONAL):
        return "zh-hant"
    return "zh-hans" if tongue.lower().startswith("zh") else "en"


def speak_from_the_start() -> None:
    """Let help texts, and what click itself says, come out of our catalogue, before Django is there. Both ask Python's
    own gettext, which takes its language from LANGUAGE.
    """
    os.environ["LANGUAGE"] = translation.to_locale(_told_by(os.environ) or UNTOLD)
    gettext.bindtextdomain("django", str(Path(__file__).resolve().parent.parent / "locale"))
    gettext.textdomain("django")


def in_the_districts_words() -> AbstractContextManager[object]:
    """Work whose texts are kept for others to read, whoever's terminal started it."""
    return translation.override(settings.LANGUAGE_CODE)


def gettext_noop(text: str) -> str:
    """Django's own asks for settings, which are not there yet."""
    return text


# What click says in our commands, named here so that the catalogue has it.
CLICKS = (
    gettext_noop("Usage:"),
    gettext_noop("Options"),
    gettext_noop("Commands"),
    gettext_noop("Show this message and exit."),
    gettext_noop("Show the version and exit."),
    gettext_noop("%(prog)s, version %(version)s"),
    gettext_noop("default: {default}"),
    gettext_noop("required"),
    gettext_noop("Error: {message}"),
    gettext_noop("Try '{command} {option}' for help."),
    gettext_noop("Missing command."),
    gettext_noop("Missing argument"),
    gettext_noop("Missing option"),
    gettext_noop("Missing parameter"),
    gettext_noop("No such option {name!r}."),
    gettext_noop("No such command {name!r}."),
    gettext_noop("Invalid value: {message}"),
    gettext_noop("Invalid value for {param_hint}: {message}"),
    gettext_noop("Option {name!r} does not take a value."),
    gettext_noop("{value!r} is not a valid {number_type}."),
    gettext_noop("{value} is not in the range {range}."),
    gettext_noop("{name} {filename!r} does not exist."),
    gettext_noop("{name} {filename!r} is a directory."),
    gettext_noop("{name} {filename!r} is not readable."),
    gettext_noop("file"),
    gettext_noop("directory"),
    gettext_noop("path"),
)
