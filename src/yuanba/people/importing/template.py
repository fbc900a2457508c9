"""The empty forms that districts fill in: headings, two invented rows, and what each column means."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.kernel.sheets import Sheet, write_sheets
from yuanba.people.importing.cells import EXAMPLE
from yuanba.people.importing.fields import ORGANIZATIONS, PEOPLE
from yuanba.people.importing.reading import is_premises
from yuanba.people.importing.tables import require_new
from yuanba.people.models import OrganizationKind
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Playbook

_OFFICE = f"{EXAMPLE}东一社区居委会"
_ORGANIZATION_EXAMPLES: tuple[dict[str, str], ...] = (
    {"name": _OFFICE, "kind": "社区", "parent": "东街街道办事处", "place": "东街街道/东一社区"},
    {
        "name": f"{EXAMPLE}东街物业公司",
        "kind": "物业公司",
        "parent": "东一社区居委会",
        "phone": "023-58000000",
    },
)
_SAID = {
    "organization": gettext_lazy(
        "Name or code of the post's organization. May be empty when a place is named."
    ),
    "organization_code": gettext_lazy(
        "Code to found the organization under, or to find it by. May be empty."
    ),
    "organization_kind": gettext_lazy(
        "Only for an organization that is not there yet: its kind. It is founded then."
    ),
    "parent": gettext_lazy(
        "The organization above, by name or code. Found by itself for offices of a place."
    ),
    "organization_place": gettext_lazy(
        "The place a new organization stands for. Offices are found by their name."
    ),
    "place": gettext_lazy("The place the post is for: 12-digit code, name, or the way down to it."),
    "street": gettext_lazy("Instead of the way down in one cell, a column a level."),
    "community": gettext_lazy("Instead of the way down in one cell, a column a level."),
    "estate": gettext_lazy("Instead of the way down in one cell, a column a level."),
    "building": gettext_lazy("Instead of the way down in one cell, a column a level."),
    "unit": gettext_lazy("Instead of the way down in one cell, a column a level."),
    "paired": gettext_lazy("Places the post serves beyond that, parted by 、"),
    "kind": gettext_lazy("Kind of post as in the playbook, see below. May be empty when the title says it."),
    "title": gettext_lazy("What the post is called. Empty: as its kind."),
    "name": gettext_lazy("Who holds the post. Empty: vacant. One person a row."),
    "phone": gettext_lazy(
        "The person's number; it tells people of one name apart. A mobile is one person's."
    ),
    "from": gettext_lazy("First day, as 2026-03-02. Empty: the day of the import."),
    "to": gettext_lazy("The first day without, where it is known already."),
    "username": gettext_lazy("To sign in with. Makes a one-time password, valid for seven days."),
}
_SAID_OF_ORGANIZATIONS = {
    "name": gettext_lazy("The organization's full name."),
    "code": gettext_lazy(
        "Small letters, digits, - and _. Empty: the playbook's for departments, else one is made."
    ),
    "kind": gettext_lazy("Kind of organization, see below."),
    "parent": gettext_lazy(
        "The organization above, by name or code. Found by itself for offices of a place."
    ),
    "place": gettext_lazy("The place it stands for: 12-digit code, name, or the way down to it."),
    "short_name": gettext_lazy("What lists call it. May be empty."),
    "phone": gettext_lazy("The office's published number. May be empty."),
}


def write_people_template(path: Path) -> None:
    """Write the empty form of a file of people. Raises `NotAllowed` when the file is there already."""
    playbook = current_playbook().playbook
    kinds = ((_("Post kind"), kind.name, kind.code) for kind in playbook.posts)
    _write(path, PEOPLE, _SAID, _people_examples(playbook), [*kinds, *_office_kinds()])


def write_organizations_template(path: Path) -> None:
    """Write the empty form of a file of organizations. Raises as `write_people_template`."""
    _write(path, ORGANIZATIONS, _SAID_OF_ORGANIZATIONS, _ORGANIZATION_EXAMPLES, list(_office_kinds()))


def _write(
    path: Path,
    fields: Mapping[str, tuple[str, ...]],
    said: Mapping[str, object],
    examples: tuple[dict[str, str], ...],
    kinds: list[tuple[str, str, str]],
) -> None:
    require_new(path)
    rows = [[example.get(field, "") for field in fields] for example in examples]
    columns = [(names[0], str(said[field]), "、".join(names[1:])) for field, names in fields.items()]
    headings = [_("Column"), _("Meaning"), _("Other headings that are read")]
    form = Sheet(_("To fill in"), [names[0] for names in fields.values()], rows)
    write_sheets(path, [form, Sheet(_("Explanation"), headings, [*columns, *kinds])])


def _people_examples(playbook: Playbook) -> tuple[dict[str, str], ...]:
    """Somebody in a community's office, and a vacant post at a building, of kinds that this playbook has."""
    desk = next((kind.name for kind in playbook.posts if kind.level == "community"), "")
    door = next((kind.name for kind in playbook.posts if is_premises(kind.level)), desk)
    held = {
        "organization": _OFFICE,
        "organization_kind": "社区",
        "parent": "东街街道办事处",
        "kind": desk,
        "title": desk,
        "name": "张三",
        "phone": "13800000000",
        "from": "2026-03-02",
        "username": "dongyi",
    }
    vacant = {
        "organization": _OFFICE,
        "place": "东街街道/东一社区/梧桐苑/3栋",
        "kind": door,
        "title": f"3栋{door}",
    }
    return held, vacant


def _office_kinds() -> Iterator[tuple[str, str, str]]:
    for kind in OrganizationKind:
        yield _("Kind of organization"), str(kind.label), kind.value
