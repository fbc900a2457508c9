"""Whether a power over people and posts reaches an organization or a post: the same rule as for matters."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yuanba.kernel.authority import Power, Viewer
from yuanba.kernel.errors import Denied
from yuanba.people.models import Organization, Post
from yuanba.places.models import Place


@dataclass(slots=True)
class _Subject:
    place_path: str
    owner_id: int
    accused_path: str = ""


def require_everywhere(actor: Viewer, power: Power) -> None:
    """Raises `Denied` unless `actor` has `power` in the whole district."""
    if not actor.scope(power).everywhere:
        raise Denied(_("Your post does not include this."))


def require_reach(
    actor: Viewer, power: Power, *, organization: Organization | None = None, place: Place | None = None
) -> None:
    """Raises `Denied` unless `power` covers `place` (else the organization's own place) or the organization
    itself.
    """
    where = place or (organization.place if organization else None)
    scope = actor.scope(power)
    subject = _Subject(where.path if where else "", organization.pk if organization else 0)
    inside = scope.covers(subject) if where else scope.everywhere or subject.owner_id in scope.organizations
    if not inside:
        raise Denied(_("This lies outside what your post is responsible for."))


def require_reach_of_post(actor: Viewer, power: Power, post: Post) -> None:
    """As `require_reach`, for where the post belongs."""
    require_reach(actor, power, organization=post.organization, place=post.place)
