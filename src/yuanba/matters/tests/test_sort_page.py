"""What whoever sorts can say on the page: where it is, who is complained about, who stays hidden."""

from typing import Any

import pytest
from django.test import Client

from yuanba.demo.cast import BUILDER, Cast
from yuanba.kernel.errors import Denied
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.tests.walking import START, Walk
from yuanba.people.actions import add_organization
from yuanba.playbooks.queries import current_playbook

SIGN_IN = "allauth.account.auth_backends.AuthenticationBackend"
CONDUCT = "officials-conduct"
CHINESE = {"Accept-Language": "zh-hans"}


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.seats[name].account, SIGN_IN)
    return client


def step(client: Client, walk: Walk, move: str, **fields: Any) -> Any:
    """Send a move's form as the page would; the words of a choice belong to its field."""
    sent = {f"{move}-{name}": value for name, value in fields.items()}
    answer = client.post(f"/matters/{walk.matter.number}/moves/{move}/", sent)
    walk.matter.refresh_from_db()
    return answer


@pytest.fixture
def lamp(cast: Cast) -> Walk:
    """A lamp reported online, without a place that anybody could read out of it."""
    return Walk(cast).receive("路灯坏了，晚上看不见。", place="district")


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return signed_in(cast, "centre_clerk")


def owners(answer: Any, move: str = "dispatch") -> str:
    """The names in a form's list of owners."""
    page: str = answer.content.decode()
    return page.split(f'name="{move}-owner"')[1].split("</select>", maxsplit=1)[0]


def test_a_request_without_a_place_can_go_to_any_street(lamp: Walk, clerk: Client, cast: Cast) -> None:
    offered = owners(clerk.get(f"/matters/{lamp.matter.number}/"))
    assert "沙河街道办事处" in offered
    assert "钟鼓楼街道办事处" in offered
    assert "玉城社区居民委员会" not in offered
    owner = cast.offices["shahe"].pk
    assert (
        step(
            clerk,
            lamp,
            "dispatch",
            category="roads-lights",
            tier="small",
            tier_reason="社区就能办",
            owner=owner,
        ).status_code
        == 302
    )
    assert lamp.matter.owner == cast.offices["shahe"]


def test_a_place_named_in_words_brings_the_offices_there(lamp: Walk, clerk: Client, cast: Cast) -> None:
    said = {
        "category": "roads-lights",
        "tier": "small",
        "tier_reason": "社区就能办",
        "place": "沙河街道玉城社区",
    }
    answer = step(clerk, lamp, "dispatch", **said)
    assert answer.status_code == 422
    assert "玉城社区居民委员会" in owners(answer)
    page = answer.content.decode()
    assert 'value="沙河街道玉城社区"' in page
    assert "沙河街道 玉城社区" in page
    assert lamp.matter.place == cast.places["district"]
    answer = step(clerk, lamp, "dispatch", **said, owner=cast.offices["yucheng"].pk)
    assert answer.status_code == 302
    assert (lamp.matter.place, lamp.matter.owner) == (cast.places["yucheng"], cast.offices["yucheng"])


def test_sorting_moves_it_to_who_sorts_there(lamp: Walk, clerk: Client, cast: Cast) -> None:
    answer = step(
        clerk,
        lamp,
        "triage",
        category="roads-lights",
        tier="small",
        tier_reason="社区就能办",
        place="玉城家园3栋",
    )
    assert answer.status_code == 302
    assert (lamp.matter.place, lamp.matter.owner) == (cast.places["building_3"], cast.offices["yucheng"])


def test_words_that_name_no_place_come_back_with_everything_typed(lamp: Walk, clerk: Client) -> None:
    said = {
        "category": "roads-lights",
        "tier": "small",
        "tier_reason": "社区就能办",
        "place": "火星基地",
        "accused": "没有这个单位",
    }
    answer = step(clerk, lamp, "triage", **said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="火星基地"' in page
    assert 'value="没有这个单位"' in page
    assert lamp.matter.state == "received"


def test_the_supposed_office_can_be_named_and_so_can_any_other(cast: Cast, clerk: Client) -> None:
    walk = Walk(cast).receive("街道的人态度差。", category=CONDUCT)
    assert walk.matter.accused_supposed
    said = {"category": CONDUCT, "tier": "big"}
    assert step(clerk, walk, "triage", **said, accused="沙河街道办事处").status_code == 302
    assert (walk.matter.accused, walk.matter.accused_supposed) == (cast.offices["shahe"], False)
    walk = Walk(cast, at=walk.at).receive("社区的人态度差。", category=CONDUCT)
    assert step(clerk, walk, "triage", **said, accused="玉城社区居民委员会").status_code == 302
    assert walk.matter.accused == cast.offices["yucheng"]


def test_a_name_that_fits_several_is_chosen_from_what_is_shown(cast: Cast, clerk: Client) -> None:
    company = add_organization(
        code="yucheng-estates",
        name="玉城物业公司",
        kind="property_company",
        parent=cast.offices["yucheng"],
        place=None,
        actor=BUILDER,
        at=START,
    )
    walk = Walk(cast).receive("物业的人打人。")
    said = {
        "category": "property-management",
        "tier": "small",
        "tier_reason": "社区就能办",
        "accused": "玉城",
    }
    answer = step(clerk, walk, "triage", **said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'name="triage-accused_key"\n               value="{company.pk}"' in page
    assert walk.matter.accused is None
    chosen = {"accused_key": company.pk, "accused_then": "玉城"}
    other_words = said | {"accused": "沙河街道办事处"}
    assert step(clerk, walk, "triage", **said, **chosen).status_code == 302
    assert walk.matter.accused == company
    # Words written after the choice count, not the choice.
    walk = Walk(cast, at=walk.at).receive("物业的人又打人。")
    assert step(clerk, walk, "triage", **other_words, **chosen).status_code == 302
    assert walk.matter.accused == cast.offices["shahe"]


def test_only_the_district_ends_a_requesters_protection(cast: Cast, clerk: Client) -> None:
    walk = Walk(cast).receive(confidential=True)
    with pytest.raises(Denied):
        walk.do(actions.triage_matter, Sorting(confidential=False), by="community_secretary")
    said = {"category": "roads-lights", "tier": "small", "tier_reason": "社区就能办"}
    secretary = signed_in(cast, "community_secretary")
    assert "triage-unprotect" not in secretary.get(f"/matters/{walk.matter.number}/").content.decode()
    assert step(secretary, walk, "triage", **said).status_code == 302
    assert walk.matter.confidential
    assert step(clerk, walk, "triage", **said, unprotect="on").status_code == 302
    assert not walk.matter.confidential
    assert step(secretary, walk, "triage", **said, protect="on").status_code == 302
    assert walk.matter.confidential


def test_the_office_that_is_suggested_stands_chosen(cast: Cast, clerk: Client) -> None:
    walk = Walk(cast).receive("玉城家园3栋的路灯不亮。", place="yucheng")
    deliver_due(walk.tick())
    walk.matter.refresh_from_db()
    proposed = next(row["value"] for row in walk.matter.suggestion.proposals if row["aspect"] == "owner")
    assert f'<option value="{proposed}" selected>' in owners(clerk.get(f"/matters/{walk.matter.number}/"))


def test_what_nobody_has_sorted_is_only_suggested_wherever_an_office_reads_it(cast: Cast) -> None:
    secretary = signed_in(cast, "community_secretary")
    walk = Walk(cast).receive("3栋2单元楼道灯坏了，晚上老人下楼看不清")
    while deliver_due():
        pass
    walk.matter.refresh_from_db()
    name = current_playbook().playbook.category(walk.matter.category).name
    assert walk.matter.state == "received"
    marked = f"建议：{name}"
    addresses = ("/desk/", "/problems/", f"/matters/{walk.matter.number}/", "/search/?q=楼道灯", "/notices/")
    for address in addresses:
        assert marked in secretary.get(address, headers=CHINESE).content.decode(), address
    walk.do(actions.triage_matter, Sorting(category=walk.matter.category), by="community_secretary")
    for address in addresses:
        page = secretary.get(address, headers=CHINESE).content.decode()
        assert name in page, address
        assert marked not in page, address


def test_the_next_step_leads_on_top_and_stands_right_after_the_request(cast: Cast, clerk: Client) -> None:
    walk = Walk(cast).receive("玉城家园3栋的路灯不亮。", place="yucheng")
    while deliver_due():
        pass
    page = clerk.get(f"/matters/{walk.matter.number}/").content.decode()
    parts = (
        'href="#do-dispatch"',
        "玉城家园3栋的路灯不亮。</p>",
        'id="do-dispatch"',
        'class="reasons"',
        'class="ladder',
    )
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
