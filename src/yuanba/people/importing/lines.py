"""What a row says, checked and typed."""

from dataclasses import dataclass
from datetime import date

NAMELESS = frozenset({"", "无", "空", "空缺", "空岗", "缺", "待定", "暂缺", "暂无", "-", "—", "/", "vacant"})
"""What stands in the name's cell of a post that nobody holds."""


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """An organization as a row describes it; what is empty is not said. ``name`` may also be its code."""

    row: int
    name: str
    code: str = ""
    kind: str = ""
    parent: str = ""
    place: str = ""
    short_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post, from and to which day; ``phone`` as it is stored, ``username`` to sign in with."""

    name: str
    phone: str = ""
    from_on: date | None = None
    to_on: date | None = None
    username: str = ""


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post as a row describes it; ``place`` and ``paired`` as written, ``kind`` a code of the playbook."""

    row: int
    office: OfficeLine | None
    place: str
    paired: tuple[str, ...]
    kind: str
    title: str
    holder: Holder | None

    @property
    def seat(self) -> tuple[str, ...]:
        """The post as this file writes it, for telling rows of one file apart."""
        office = (self.office.code, self.office.name) if self.office else ("", "")
        return (*office, self.place, self.kind, self.title)
