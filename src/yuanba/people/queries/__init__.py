"""What others may ask about people: viewers, organizations, posts and who holds them."""

from yuanba.people.queries.agreements import agreements_of, check_ins_at
from yuanba.people.queries.api_keys import KeyAccess, viewer_for_key
from yuanba.people.queries.channels import (
    choice_of,
    group_bot_of,
    office_for,
    offices_managed,
    told_by_mail,
    with_group,
)
from yuanba.people.queries.duty import DutyLine, posts_called, posts_of, posts_on
from yuanba.people.queries.organizations import (
    communities_near,
    community_for,
    may_reach,
    organizations_under,
    units_of,
)
from yuanba.people.queries.outside import service_called, services_of
from yuanba.people.queries.persons import names_of, person_of, persons_with_phone
from yuanba.people.queries.posts import (
    candidates_for,
    held_on,
    holder_of,
    holders_in,
    my_holdings,
    post_for,
    vacancies,
    vacant_on,
)
from yuanba.people.queries.viewers import viewer_for, works_on_matters

__all__ = [
    "DutyLine",
    "KeyAccess",
    "agreements_of",
    "candidates_for",
    "check_ins_at",
    "choice_of",
    "communities_near",
    "community_for",
    "group_bot_of",
    "held_on",
    "holder_of",
    "holders_in",
    "may_reach",
    "my_holdings",
    "names_of",
    "office_for",
    "offices_managed",
    "organizations_under",
    "person_of",
    "persons_with_phone",
    "post_for",
    "posts_called",
    "posts_of",
    "posts_on",
    "service_called",
    "services_of",
    "told_by_mail",
    "units_of",
    "vacancies",
    "vacant_on",
    "viewer_for",
    "viewer_for_key",
    "with_group",
    "works_on_matters",
]
