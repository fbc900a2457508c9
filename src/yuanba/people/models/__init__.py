"""All tables of people: persons, organizations, posts and who holds them, accounts and keys, agreements."""

from yuanba.people.models.accounts import Account, AccountManager, ApiKey
from yuanba.people.models.agreements import Agreement, CheckIn
from yuanba.people.models.channels import GroupBot, NoticeChoice
from yuanba.people.models.organizations import Organization, OrganizationKind
from yuanba.people.models.persons import Person
from yuanba.people.models.posts import Holding, Post, PostTerritory

__all__ = [
    "Account",
    "AccountManager",
    "Agreement",
    "ApiKey",
    "CheckIn",
    "GroupBot",
    "Holding",
    "NoticeChoice",
    "Organization",
    "OrganizationKind",
    "Person",
    "Post",
    "PostTerritory",
]
