"""A file whose YAML breaks off somewhere, read section by section, so that one slip hides no other."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from yuanba.playbooks.marks import Marked, load

# A file of many thousand top keys is no playbook, and each section costs as much as the text before it.
MOST_SECTIONS = 60
_TOP_KEY = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:(?=\s|$)", re.MULTILINE)


def load_sections(text: str, whole: Marked) -> Marked:
    """What can be read of a text that broke off as a whole: every section that stands on its own, with the slips of
    those that don't. The same `whole` comes back where there are no sections.
    """
    starts = [found.start() for found in _TOP_KEY.finditer(text)]
    if not 0 < len(starts) <= MOST_SECTIONS:
        return whole
    read = Marked(values={}, broken=True)
    unread: set[str] = set()
    for key, section in _sections(text, starts):
        found = load(section)
        read.problems += found.problems
        if not isinstance(found.values, dict) or len(found.values) != 1:
            unread |= {key} if key else set()
            continue
        if key in read.values or key in unread:
            _report_twice(read, found, key)
            continue
        read.values |= found.values
        read.keys |= {where: mark for where, mark in found.keys.items() if where}
        read.items |= {where: mark for where, mark in found.items.items() if where}
    if not read.problems:  # each section stands, and yet the whole does not
        return whole
    read.unread = frozenset(unread - read.values.keys())
    return read


def _sections(text: str, starts: list[int]) -> Iterator[tuple[str, str]]:
    """Each section after as many empty lines as stand before it, so that lines keep their numbers; with its key, empty
    for what stands above the first.
    """
    if text[: starts[0]].strip("\ufeff \n\r-") and not _only_comments(text[: starts[0]]):
        yield "", text[: starts[0]]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        found = _TOP_KEY.match(text, start)
        key = found[1] if found else ""
        yield key, "\n" * text.count("\n", 0, start) + text[start:end]


def _only_comments(text: str) -> bool:
    return all(line.strip() in {"", "---"} or line.lstrip().startswith("#") for line in text.split("\n"))


def _report_twice(read: Marked, found: Marked, key: str) -> None:
    read.report(found.mark((key,)), (key,), _("The key “%(key)s” stands here twice.") % {"key": key})
