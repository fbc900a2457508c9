"""Every address of the product and who gets what there. A new address without a line fails the walk.

An outcome is a status, or `SIGN_IN` for being sent to the sign-in page. ``others`` is what everybody not named
gets.
"""

from dataclasses import dataclass, field

SIGN_IN = 401

# Who sees the matter of the walk: its building, community, street, paired leader, the centre, and the police,
# who were called to it.
SEES = {
    "building_head",
    "community_secretary",
    "street_officer",
    "street_leader",
    "district_leader",
    "centre_clerk",
    "centre_arbiter",
    "police_handler",
}
OWNS = {"street_officer", "street_leader"}
TRIAGES = {
    "community_secretary",
    "neighbour_secretary",
    "pipaping_secretary",
    "street_officer",
    "street_leader",
    "other_street_officer",
    "centre_clerk",
    "centre_arbiter",
}
# The centre's arbiter and whoever keeps the system write the draft; only the latter publishes it.
DRAFTS = {"centre_arbiter", "operator"}
READS_RULES = {"anonymous": SIGN_IN, "postless": 403}
EXPORTS = {
    "community_secretary",
    "neighbour_secretary",
    "pipaping_secretary",
    "street_leader",
    "district_leader",
    "centre_arbiter",
}
LEADS = {"street_leader", "district_leader", "centre_arbiter"}
SEES_WATCHES = LEADS | {"street_officer", "other_street_officer", "centre_clerk"}
# Who calls departments, or handles matters of an office that can be called.
WORKS_WITH_CALLS = {
    "community_secretary",
    "neighbour_secretary",
    "pipaping_secretary",
    "street_officer",
    "street_leader",
    "other_street_officer",
    "transport_handler",
    "urban_handler",
    "police_handler",
    "education_handler",
    "district_leader",
}
KEY = "5d3c9b1e-7a42-4f0b-9a51-0c8f6f2f7d11"
SIGNED_OUT = {"anonymous": SIGN_IN}
IN_YUCHENG = dict.fromkeys(("community_secretary", "street_officer", "street_leader", "district_leader"), 200)
KEEPS_YUCHENG = dict.fromkeys(("community_secretary", "street_leader"), 200)
KEEPS_PEOPLE = dict.fromkeys(("community_secretary", "street_leader", "operator"), 200)
SETS_GROUPS = dict.fromkeys(KEEPS_PEOPLE, 302)
OUTSIDE_OFFICES = {"anonymous": SIGN_IN, "postless": 403, "operator": 403}


@dataclass(frozen=True)
class Line:
    """One address with one method; ``named`` are the visitors for whom it is not as for the others."""

    route: str
    others: int
    named: dict[str, int] = field(default_factory=dict)
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)


def office(route: str, allowed: set[str] | None = None, refused: int = 403, **more: object) -> Line:
    """A page of the offices: for those `allowed` (all who work on matters unless told), refused to others."""
    method, data, good = more.get("method", "get"), more.get("data", {}), more.get("good", 200)
    if allowed is None:
        return Line(route, good, OUTSIDE_OFFICES, method, data)  # type: ignore[arg-type]
    return Line(route, refused, dict.fromkeys(allowed, good) | OUTSIDE_OFFICES, method, data)  # type: ignore[arg-type]


def of_matter(route: str, may: set[str], good: int, data: dict[str, str]) -> Line:
    """A step on the matter: made by those who `may`, refused to others who see it, unknown to the rest."""
    seen = dict.fromkeys(SEES, 403)
    return Line(route, 404, seen | dict.fromkeys(may, good) | OUTSIDE_OFFICES, "post", data)


def drafting(route: str, method: str = "get", good: int = 200, data: dict[str, str] | None = None) -> Line:
    """A page of the draft: for those who may write it."""
    return Line(route, 403, dict.fromkeys(DRAFTS, good) | SIGNED_OUT, method, data or {})


MATTER = "matters/<str:number>/"
EVERYBODY = (
    Line("", 200),
    Line("report/", 200),
    Line("report/", 422, method="post"),
    Line("d/<str:door_code>/", 200),
    Line("d/<str:door_code>/", 422, method="post"),
    # Whoever holds the secret of the link is the resident, signed in or not.
    Line("m/<str:track_key>/", 200),
    Line("m/<str:track_key>/photos/<int:photo_id>/", 200),
    Line("m/<str:track_key>/proof/<int:entry_id>/", 200),
    Line("m/<str:track_key>/<slug:move>/", 302, method="post", data={"move": "withdraw"}),
    Line("m/<str:track_key>/<slug:move>/", 404, method="post", data={"move": "claim"}),
    Line("find/", 200),
    Line("find/", 422, method="post"),
    Line("board/", 200),
    Line("board/<int:place_id>/", 200),
    Line("board/<int:place_id>/feed/", 200),
    Line("board/<int:place_id>/follow/", 200),
    Line("board/<int:place_id>/follow/", 302, method="post", data={"email": "somebody@example.org"}),
    # Whoever holds the link of a letter confirms and stops.
    Line("follow/<str:follow_key>/", 200),
    Line("follow/<str:follow_key>/", 302, method="post"),
    Line("follow/<str:follow_key>/stop/", 200),
    Line("follow/<str:follow_key>/stop/", 302, method="post"),
    # No office has released it.
    Line("board/photos/<int:photo_id>/", 404),
    # A community's page is its board.
    Line("building/<int:place_id>/", 302),
    Line("board/<int:place_id>/map.geojson", 200),
    Line("journal/", 200),
    Line("preferences/", 200),
    Line("preferences/", 302, method="post"),
    Line("help/", 200),
    Line("help/<slug:slug>/", 200),
    Line("style/", 200),
    Line("style/desk/", 200),
    Line("style/look/", 200),
    Line("style/error/<int:status>/", 200),
    Line("health/live", 200),
    Line("health/ready", 200),
    # Who is responsible stands on the board.
    Line("people/duty/<int:place_id>/", 302),
)
OFFICES = (
    office("desk/"),
    office("desk/new/"),
    office("desk/new/", method="post", good=422),
    # Nothing waits to be handed over: on to the next request.
    office("desk/new/receipt/", good=302),
    # Nothing is ticked: back to the list.
    office("desk/several/<slug:step>/", method="post", good=302, data={"key": KEY}),
    office("desk/undo/", method="post", good=302, data={"key": KEY}),
    office("whistles/", WORKS_WITH_CALLS),
    office("filters/", method="post", good=302, data={"list": "desk", "name": "急件", "query": "overdue=on"}),
    Line(
        "filters/<int:filter_id>/forget/",
        404,
        {"street_officer": 302} | OUTSIDE_OFFICES,
        "post",
        {"list": "desk"},
    ),
    office("problems/"),
    office("problems/export/", EXPORTS),
    office("leader/", LEADS),
    office("leader/streets.xlsx", LEADS),
    office("supervision/", SEES_WATCHES),
    office("search/"),
    office("triage/", TRIAGES),
    of_matter("triage/<str:number>/take/", OWNS | {"centre_clerk", "centre_arbiter"}, 302, {}),
    office("arbitration/", {"centre_arbiter"}),
    office("notices/"),
    office("notices/read/", method="post", good=302),
    office(MATTER, SEES, 404),
    office(f"{MATTER}look/", SEES, 404),
    office(f"{MATTER}photos/<int:photo_id>/", SEES, 404),
    office(f"{MATTER}proof/<int:entry_id>/", SEES, 404),
    of_matter(f"{MATTER}parties/<int:party_id>/", {"police_handler"}, 302, {}),
    of_matter(f"{MATTER}telephone/", {"street_leader", "centre_arbiter"}, 200, {"reason": "call_back"}),
    of_matter(f"{MATTER}moves/<slug:move>/", OWNS, 302, {"move": "start"}),
    of_matter(f"{MATTER}moves/<slug:move>/", SEES, 302, {"move": "comment", "comment-text": "看过了。"}),
    of_matter(
        f"{MATTER}moves/<slug:move>/",
        {"district_leader", "street_leader", "centre_arbiter"},
        302,
        {"move": "supervise"},
    ),
    of_matter(
        f"{MATTER}moves/<slug:move>/",
        {"centre_clerk", "centre_arbiter"},
        302,
        {"move": "recall", "recall-reason": "派错了单位。"},
    ),
)
RULES = (
    Line("playbook/", 200, READS_RULES),
    Line("playbook/editions/<int:edition_id>/", 200, READS_RULES),
    Line("playbook/editions/<int:edition_id>/playbook.yaml", 200, READS_RULES),
    Line("playbook/editions/<int:edition_id>/playbook.xlsx", 200, READS_RULES),
    drafting("playbook/draft/"),
    drafting("playbook/draft/", "post", 302, {"version": "0", "source": "code: x"}),
    drafting("playbook/draft/anew/", "post", 302, {"version": "0"}),
    drafting("playbook/draft/changes/"),
    drafting("playbook/draft/preview/"),
    drafting("playbook/draft/preview/", "post", 302, {"version": "0"}),
    Line("playbook/draft/publish/", 403, {"anonymous": SIGN_IN, "operator": 422}, "post"),
)
ACCOUNTS = (
    Line("accounts/login/", 302, {"anonymous": 200}),
    Line("accounts/logout/", 200, {"anonymous": 302}),
    Line("accounts/inactive/", 200),
    Line("accounts/reauthenticate/", 200, {"anonymous": SIGN_IN}),
    Line("accounts/password/change/", 200, {"anonymous": SIGN_IN}),
    # Nothing is set up to sign in with.
    Line("accounts/outside/<slug:service>/", 404, method="post"),
    Line("accounts/outside/<slug:service>/back/", 404),
    *(Line(f"accounts/outside/{suite}/back/", 404) for suite in ("weixin", "dingtalk", "feishu")),
    Line("people/me/outside/<slug:service>/", 404, {"anonymous": SIGN_IN}),
    Line("people/me/outside/<slug:service>/disconnect/", 404, {"anonymous": SIGN_IN}, "post"),
    Line("people/me/", 200, {"anonymous": SIGN_IN}),
    Line("people/me/notices/", 200, {"anonymous": SIGN_IN}),
    Line("people/me/notices/", 422, {"anonymous": SIGN_IN}, "post", {"by_mail": "on"}),
    Line("people/organizations/<int:organization_id>/group/", 404, KEEPS_PEOPLE | SIGNED_OUT),
    Line("people/organizations/<int:organization_id>/group/try/", 404, SETS_GROUPS | SIGNED_OUT, "post"),
    Line("people/organizations/<int:organization_id>/group/remove/", 404, SETS_GROUPS | SIGNED_OUT, "post"),
    # Signing out everywhere ends at the sign-in page.
    Line("people/me/sign-out-everywhere/", SIGN_IN, method="post"),
    Line("people/communities/<int:organization_id>/", 404, IN_YUCHENG | SIGNED_OUT),
    Line("people/communities/<int:organization_id>/agreements/new/", 404, KEEPS_YUCHENG | SIGNED_OUT),
    Line("people/communities/<int:organization_id>/check-ins/", 200, OUTSIDE_OFFICES),
    Line("people/vacancies/", 403, {"street_leader": 200, "operator": 200} | SIGNED_OUT),
    Line("people/posts/<int:post_id>/hand-over/", 404, {"street_leader": 200, "operator": 200} | SIGNED_OUT),
    Line("places/<int:place_id>/doors/", 404, {"operator": 200} | SIGNED_OUT),
    Line("places/<int:place_id>/doors/new/", 404, {"operator": 302} | SIGNED_OUT, method="post"),
    Line("metrics", 404, {"operator": 200}),
    Line("backoffice/", SIGN_IN, {"operator": 200}),
)
LINES = (*EVERYBODY, *OFFICES, *RULES, *ACCOUNTS)
# Pressed by mail programs, which have no page and no cookie (RFC 8058): the link alone is asked for.
ONE_CLICK = frozenset({"follow/<str:follow_key>/stop/"})
# Walked by rules of their own: many addresses of one kind.
PACKAGED = ("backoffice/", "accounts/2fa/")
MACHINES = ("api/v1/", "open311/v2/")
