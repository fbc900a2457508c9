"""What callers need to know before they write: places, organizations, categories and the rules in force."""

from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field, StringConstraints

from yuanba.kernel.clock import Limit
from yuanba.kernel.errors import Invalid
from yuanba.matters.api.answers import Answer, send
from yuanba.matters.api.auth import ApiRequest
from yuanba.matters.api.bodies import PRINTABLE, Body, Key
from yuanba.matters.api.parsing import check_query
from yuanba.matters.api.shapes import (
    Categories,
    CategoryOut,
    CodeName,
    OrganizationPage,
    PlacePageOut,
    PlaybookOut,
    Problem,
    QuestionOut,
    Resolved,
    ResolvedOut,
    TierOut,
)
from yuanba.matters.api.showing import organization_out, place_out
from yuanba.people.queries import organizations_under
from yuanba.places.kinds import PlaceKind
from yuanba.places.models import Place
from yuanba.places.queries import children, roots
from yuanba.places.resolve import resolve
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.schema import Category, Question, Tier

router = Router(tags=["ground"])
PAGE = 50
# A path of the tree, as cursor: see kernel.paths.
PathText = Annotated[str, StringConstraints(pattern=r"^([0-9a-z]{4}){0,16}$")]


class PlacesIn(Body):
    """`within` is a place's id; without it the roots of the tree."""

    within: Key | None = None
    after: PathText = ""


class ResolveIn(Body):
    text: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=PRINTABLE)]
    within: Key | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class OrganizationsIn(Body):
    kind: Annotated[str, StringConstraints(max_length=20, pattern=PRINTABLE)] = ""
    after: PathText = ""


def _within(key: int | None) -> Place | None:
    if key is None:
        return None
    place = Place.objects.filter(pk=key).first()
    if place is None:
        raise Invalid(_("There is no such place."), field="within")
    return place


@router.get("/places", response={200: PlacePageOut, 422: Problem})
def list_places(request: ApiRequest, wanted: Query[PlacesIn]) -> HttpResponse:
    """The places directly inside another, in order. Households are not listed."""
    check_query(request, wanted)
    above = _within(wanted.within)
    if above is None:
        return send(Answer(PlacePageOut([place_out(place) for place in roots()], "")))
    found = children(above, after=wanted.after, limit=PAGE)
    shown = [place_out(place) for place in found.places if place.kind != PlaceKind.HOUSEHOLD]
    return send(Answer(PlacePageOut(shown, found.after)))


@router.get("/places/resolve", response={200: Resolved, 422: Problem})
def resolve_places(request: ApiRequest, wanted: Query[ResolveIn]) -> HttpResponse:
    """The places that a Chinese text names, the likeliest first, each with confidence and reasons."""
    check_query(request, wanted)
    found = resolve(wanted.text, within=_within(wanted.within), limit=wanted.limit)
    places = [
        ResolvedOut(each.place_id, each.full_name, each.confidence, [str(why) for why in each.why])
        for each in found
    ]
    return send(Answer(Resolved(places)))


@router.get("/organizations", response={200: OrganizationPage, 422: Problem})
def list_organizations(request: ApiRequest, wanted: Query[OrganizationsIn]) -> HttpResponse:
    """Open organizations in the order of their tree; their codes are what moves take."""
    check_query(request, wanted)
    rows = list(organizations_under(kind=wanted.kind, after=wanted.after, limit=PAGE + 1))
    after = rows[PAGE - 1].path if len(rows) > PAGE else ""
    return send(Answer(OrganizationPage([organization_out(row) for row in rows[:PAGE]], after)))


@router.get("/categories", response=Categories)
def list_categories(request: ApiRequest) -> HttpResponse:  # noqa: ARG001 - ninja's form
    """What residents ask about, and what is worth asking them."""
    playbook = current_playbook().playbook
    groups = [CodeName(group.code, group.name) for group in playbook.categories]
    kinds = [_category(group.code, kind) for group in playbook.categories for kind in group.categories]
    return send(Answer(Categories(groups, kinds)))


def _category(group: str, kind: Category) -> CategoryOut:
    return CategoryOut(
        code=kind.code,
        name=kind.name,
        group=group,
        confidential=kind.confidential,
        emergency=list(kind.emergency_transfer),
        questions=[_question(question) for question in kind.questions],
    )


def _question(question: Question) -> QuestionOut:
    values = [CodeName(value.key, value.name) for value in question.values]
    return QuestionOut(question.code, question.text, question.datatype, question.required, values)


@router.get("/playbook", response={200: PlaybookOut, 404: Problem})
def read_playbook(request: ApiRequest) -> HttpResponse:  # noqa: ARG001 - ninja's form
    """The rules in force, with every code that moves take."""
    edition = current_playbook()
    playbook = edition.playbook
    shown = PlaybookOut(
        code=edition.code,
        name=playbook.name,
        edition=edition.edition,
        digest=edition.digest,
        published_at=edition.published_at,
        tiers=[_tier(tier, playbook.closing.silent_after) for tier in playbook.tiers],
        refusal_reasons=[CodeName(reason.code, reason.name) for reason in playbook.refusals.reasons],
        out_of_scope=[CodeName(outcome.code, outcome.name) for outcome in playbook.out_of_scope],
        pause_grounds=[CodeName(rule.code, rule.name) for rule in playbook.pauses.reasons],
        exclusions=[CodeName(rule.code, rule.name) for rule in playbook.rates.exclusions],
    )
    return send(Answer(shown))


def _tier(tier: Tier, silent_after: Limit) -> TierOut:
    limits = tier.limits
    return TierOut(
        code=tier.code,
        name=tier.name,
        triage=str(limits.triage),
        claim=str(limits.claim),
        handling=str(limits.handling),
        confirm=str(silent_after),
        total=str(limits.total),
    )
