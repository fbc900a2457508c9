"""Where people and offices are told outside the product."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Missing
from yuanba.people.models import GroupBot, Holding, NoticeChoice, Organization
from yuanba.people.queries.organizations import may_reach
from yuanba.people.queries.posts import held_on


def told_by_mail(
    organizations: Collection[int], posts: Collection[int], on: date
) -> list[tuple[int, int | None, int]]:
    """Who holds a post at one of the organizations, or one of the posts, and wants mail: person, organization, post."""
    there = Q(post__organization_id__in=organizations) | Q(post_id__in=posts)
    held = Holding.objects.filter(there, held_on(on), post__abolished_on=None)
    rows = held.filter(person__notice_choice__by_mail=True).order_by("pk")
    return list(rows.values_list("person_id", "post__organization_id", "post_id"))


def with_group(organizations: Collection[int]) -> frozenset[int]:
    """Those of the organizations whose group has a bot."""
    return frozenset(GroupBot.objects.filter(pk__in=organizations).values_list("pk", flat=True))


def choice_of(viewer: Viewer) -> NoticeChoice | None:
    """What the viewer has chosen; None before the first time."""
    return NoticeChoice.objects.filter(person_id=viewer.person_id or 0).first()


def office_for(viewer: Viewer, organization_id: int) -> Organization:
    """An open organization whose people the viewer manages. Raises `Missing`."""
    rows = Organization.objects.filter(pk=organization_id, closed_on=None).select_related("place")
    found = rows.first()
    if found is None or not may_reach(viewer, Power.MANAGE_PEOPLE, found):
        raise Missing(_("There is no such organization."))
    return found


def group_bot_of(organization: Organization) -> GroupBot | None:
    """The bot of its group; for whoever manages its people."""
    return GroupBot.objects.filter(pk=organization.pk).first()


def offices_managed(viewer: Viewer) -> list[Organization]:
    """The organizations of the viewer's posts whose people they manage, for the way to their groups."""
    rows = Organization.objects.filter(pk__in=viewer.organizations, closed_on=None).select_related("place")
    return [office for office in rows.order_by("path") if may_reach(viewer, Power.MANAGE_PEOPLE, office)]
