"""Which column holds which field: guessed from its heading, or told."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from yuanba.kernel.sheets.problems import UnknownColumn

_BRACKETED: Final = re.compile(r"[(\[{<【〔《「][^)\]}>】〕》」]*[)\]}>】〕》」]")
_NOISE: Final = re.compile(r"[\W_]+")
_ENOUGH: Final = 2


def guess_columns(
    header: Sequence[str],
    wanted: Mapping[str, Sequence[str]],
    overrides: Mapping[str, str] | None = None,
    unlike: re.Pattern[str] | None = None,
) -> dict[str, int]:
    """The column (from 0) of each wanted field; a field whose heading isn't found is left out.

    `wanted` maps a field to its headings, best first. A heading matches when it is the same but for width,
    case, spaces and marks; then the same without what stands in brackets; then when exactly one free column
    ends with it (“市民留言时间” for 留言时间). No column is given twice. `overrides` maps a field to a
    heading of the file and goes before all guesses. Where `unlike` is found in a heading (“回复” in 回复内容)
    only the whole heading counts. Raises `UnknownColumn` for an override that names no field or no heading,
    with the nearest.
    """
    found = {field: _told(header, wanted, field, heading) for field, heading in (overrides or {}).items()}
    for shape, matches in ((shaped, _same), (_bare, _same), (_bare, _ends)):
        shapes = [shape(heading) for heading in header]
        if unlike and (shape, matches) != (shaped, _same):
            other = [unlike.search(unicodedata.normalize("NFKC", heading).casefold()) for heading in header]
            shapes = ["" if found_in else known for known, found_in in zip(shapes, other, strict=True)]
        for field, aliases in wanted.items():
            if field not in found:
                taken = set(found.values())
                column = _first(shapes, [shape(alias) for alias in aliases], taken, matches)
                if column is not None:
                    found[field] = column
    return found


def shaped(heading: str) -> str:
    """A heading for comparing: without width, case, spaces and marks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", heading).casefold())


def _bare(heading: str) -> str:
    return shaped(_BRACKETED.sub("", unicodedata.normalize("NFKC", heading)))


def _same(columns: Sequence[int], headings: Sequence[str], alias: str) -> list[int]:
    return [column for column in columns if headings[column] == alias][:1]


def _ends(columns: Sequence[int], headings: Sequence[str], alias: str) -> list[int]:
    if len(alias) < _ENOUGH:
        return []
    return [column for column in columns if headings[column].endswith(alias)]


def _first(
    headings: Sequence[str],
    aliases: Iterable[str],
    taken: set[int],
    matches: Callable[[Sequence[int], Sequence[str], str], list[int]],
) -> int | None:
    free = [column for column in range(len(headings)) if column not in taken]
    for alias in aliases:
        if alias and len(columns := matches(free, headings, alias)) == 1:
            return columns[0]
    return None


def _told(header: Sequence[str], wanted: Mapping[str, object], field: str, heading: str) -> int:
    if field not in wanted:
        raise UnknownColumn(
            _("There is no field “%(name)s”. %(nearest)s")
            % {"name": field, "nearest": _nearest(field, wanted)},
            code="field_unknown",
            field=field,
        )
    shapes = [shaped(known) for known in header]
    if heading in header:
        return header.index(heading)
    if (normal := shaped(heading)) and normal in shapes:
        return shapes.index(normal)
    raise UnknownColumn(
        _("There is no column “%(name)s”. %(nearest)s")
        % {"name": heading, "nearest": _nearest(heading, filter(None, header))},
        field=field,
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    choices = list(known)
    if close := difflib.get_close_matches(name, choices, n=1):
        return _("Did you mean “%(name)s”?") % {"name": close[0]}
    return _("There are: %(names)s.") % {"names": ", ".join(choices[:20])}
