"""Whom a row says it complains about, as one of our offices.

Exports of hotlines and petition offices have a column for that (被反映单位). An office named there must neither get
the matter nor learn of it (信访工作条例, 2022, articles 30 and 46), whatever the words of the request sound
like.
"""

import re
from collections import defaultdict
from typing import Final

from yuanba.people.models import Organization

_BLANK: Final = re.compile(r"\s+")


class Offices:
    """The open offices by the names they go by. The district itself is none: complaints about it belong above."""

    def __init__(self) -> None:
        self._named: defaultdict[str, set[Organization]] = defaultdict(set)
        for office in Organization.objects.filter(closed_on=None, parent__isnull=False):
            for name in {office.name, office.short_name} - {""}:
                self._named[_BLANK.sub("", name)].add(office)

    def meant(self, name: str) -> Organization | None:
        """The office of this name; None for a name that none has, or more than one."""
        found = self._named.get(_BLANK.sub("", name), set())
        return next(iter(found)) if len(found) == 1 else None
