"""The letters to those who follow a board by mail, in words: the one that asks, and the digest."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yuanba.matters.happenings import LISTED, Span, happenings
from yuanba.matters.models import Follower
from yuanba.matters.presenting import Row
from yuanba.places.models import Place


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to one follower or to many; ``body`` ends before the way to stop, which is each one's own."""

    subject: str
    body: str


def asking(follower: Follower, place: Place) -> Letter:
    """The letter that asks whether this address wants to follow; to one that does already it says so."""
    with translation.override(follower.language):
        named = {"place": place.name, "board": _board(place)}
        if follower.confirmed_at is not None:
            return Letter(
                _("You follow the board of %(place)s") % named,
                _(
                    "Somebody asked to follow the board of %(place)s under this address. It does so already:\n%(board)s"
                )
                % named,
            )
        lines = [
            _("Somebody asked to be told by mail what happens on the board of %(place)s:\n%(board)s") % named,
            _("Was it you? Then open this page and press the button:\n%(link)s")
            % {"link": _page("following", follower)},
            _("Without that nothing else is sent, and the address is erased after two days."),
        ]
        return Letter(_("Follow the board of %(place)s?") % named, "\n\n".join(lines))


def digest(place: Place, span: Span, language: str) -> Letter | None:
    """What happened at a place in these days, as its board tells it now; None for nothing."""
    board = _board(place)
    with translation.override(language):
        found = happenings(place, span)
        if not (found.new_count or found.ended_count):
            return None
        parts = [_("What happened on the board of %(place)s") % {"place": place.name}]
        parts += _part(_("New on the board: %(count)d"), found.new, found.new_count, f"{board}#matters")
        parts += _part(_("Ended: %(count)d"), found.ended, found.ended_count, f"{board}?show=done#matters")
        counts = {"place": place.name, "new": found.new_count, "ended": found.ended_count}
        return Letter(_("%(place)s: %(new)d new, %(ended)d ended") % counts, "\n\n".join(parts))


def _part(title: str, rows: list[Row], count: int, address: str) -> Iterator[str]:
    if not count:
        return
    lines = [title % {"count": count}, *map(_line, rows)]
    if count > LISTED:
        more = ngettext("and %(count)d more on the board", "and %(count)d more on the board", count - LISTED)
        lines.append(more % {"count": count - LISTED})
    yield "\n".join([*lines, address])


def _line(row: Row) -> str:
    how = f" · {row.state_label}" if row.over else ""
    return f"- {row.title}{how}\n  {row.number} · {row.place} · {row.owner}"


def whole(letter: Letter, follower: Follower) -> str:
    """The letter to this follower, with the way to stop."""
    with translation.override(follower.language):
        end = _("No more letters, and have this address erased:\n%(link)s")
        return f"{letter.body}\n\n{end % {'link': stop_address(follower)}}\n"


def headers_for(follower: Follower) -> dict[str, str]:
    """One click in the mail program stops the letters (RFC 2369, RFC 8058). They are machine-made: no answers by
    machine (RFC 3834).
    """
    return {
        "List-Unsubscribe": f"<{stop_address(follower)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


def stop_address(follower: Follower) -> str:
    """The page of one button that ends the letters to this follower."""
    return _page("stop_following", follower)


def _page(name: str, follower: Follower) -> str:
    return f"{settings.BASE_URL}{reverse(f'matters:{name}', args=[follower.link])}"


def _board(place: Place) -> str:
    return f"{settings.BASE_URL}{reverse('matters:board', args=[place.pk])}"
