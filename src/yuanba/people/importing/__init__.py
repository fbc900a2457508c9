"""Organizations, posts and people out of a district's own spreadsheets."""

from yuanba.people.importing.fields import ORGANIZATIONS, PEOPLE
from yuanba.people.importing.organizations import import_organizations
from yuanba.people.importing.people import import_people
from yuanba.people.importing.report import Difference, FirstPassword, RosterReport
from yuanba.people.importing.tables import require_new, write_passwords
from yuanba.people.importing.template import write_organizations_template, write_people_template

__all__ = [
    "ORGANIZATIONS",
    "PEOPLE",
    "Difference",
    "FirstPassword",
    "RosterReport",
    "import_organizations",
    "import_people",
    "require_new",
    "write_organizations_template",
    "write_passwords",
    "write_people_template",
]
