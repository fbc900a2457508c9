"""The four playbooks that come with the product."""

from datetime import datetime
from decimal import Decimal

import pytest

from yuanba.kernel.authority import Power
from yuanba.kernel.clock import ZONE
from yuanba.matters.triage_in_use import keywords
from yuanba.playbooks.check import check_source
from yuanba.playbooks.decisions import Facts, decide_tier, dispatch_target
from yuanba.playbooks.reading import read_playbook
from yuanba.playbooks.schema import PLACEHOLDERS, Playbook
from yuanba.playbooks.shipped import shipped_codes, shipped_source

SEVEN = ("城乡建设", "劳动和社会保障", "教育文体", "商贸旅游", "卫生计生", "交通运输", "环境保护")
SHIPPED = {code: read_playbook(shipped_source(code)) for code in shipped_codes()}
WANZHOU, HAIDIAN = SHIPPED["wanzhou"], SHIPPED["haidian"]
every = pytest.mark.parametrize("playbook", SHIPPED.values(), ids=SHIPPED.keys())


def test_four_playbooks_are_shipped_under_their_own_codes() -> None:
    assert shipped_codes() == ("haidian", "qujing", "tongliang", "wanzhou")
    assert all(playbook.code == code for code, playbook in SHIPPED.items())
    with pytest.raises(KeyError):
        shipped_source("../settings")


@pytest.mark.parametrize("code", shipped_codes())
def test_a_shipped_playbook_has_no_fault_and_nothing_to_warn_of(code: str) -> None:
    report = check_source(shipped_source(code), file=f"{code}.yaml")
    assert report.errors == report.warnings == ()


def test_the_districts_differ_in_names_tiers_and_limits() -> None:
    tiers = {tuple(tier.name for tier in playbook.tiers) for playbook in SHIPPED.values()}
    limits = {tuple(str(tier.limits.total) for tier in playbook.tiers) for playbook in SHIPPED.values()}
    groups = {tuple(group.name for group in playbook.categories) for playbook in SHIPPED.values()}
    assert len(tiers) == len(limits) == len(groups) == len(SHIPPED)
    assert {len(playbook.tiers) for playbook in SHIPPED.values()} == {3, 4}


@every
def test_every_category_has_words_enough_to_be_recognised(playbook: Playbook) -> None:
    assert min(len(item.words) for item in playbook.all_categories()) >= 15


@every
def test_every_category_in_every_tier_has_somewhere_to_go(playbook: Playbook) -> None:
    departments = {department.code for department in playbook.organizations.departments}
    for item in playbook.all_categories():
        for tier in playbook.tiers:
            target = dispatch_target(playbook, item.code, tier.code)
            assert (target.kind == "department") == (target.department in departments)


@every
def test_a_complaint_about_officials_stays_confidential_and_away_from_their_office(
    playbook: Playbook,
) -> None:
    about = [item for item in playbook.all_categories() if item.about_officials]
    assert about
    for item in about:
        assert item.confidential
        assert {dispatch_target(playbook, item.code, tier.code).kind for tier in playbook.tiers} == {
            "department"
        }


@every
def test_every_trained_class_has_a_group(playbook: Playbook) -> None:
    for label in SEVEN:
        assert playbook.group_labelled(label) in playbook.groups_labelled(label)
    assert playbook.group_labelled("天文") is None


@every
def test_every_notice_can_be_written_in_both_languages(playbook: Playbook) -> None:
    for kind, places in PLACEHOLDERS.items():
        for language in ("zh-hans", "en"):
            notice = playbook.notices.of(kind)
            assert notice is not None, kind
            message = notice.render(language, dict.fromkeys(places, "…"))
            assert message.subject
            assert "{" not in message.subject + message.body
    with pytest.raises(KeyError):
        playbook.notices.of("__class__")
    with pytest.raises(KeyError):
        playbook.notices.received.render("en", {})


@every
def test_who_keeps_the_system_can_not_look_into_matters(playbook: Playbook) -> None:
    operator = playbook.post("operator").powers
    assert Power.SEE not in {*operator.own, *operator.territory, *operator.district}
    auditor = playbook.post("auditor").powers
    assert {*auditor.own, *auditor.territory, *auditor.district} == {Power.SEE, Power.SEE_BOARD, Power.EXPORT}
    resident = playbook.post("resident").powers
    assert resident.own == resident.territory == resident.district == ()


@every
def test_neighbours_never_see_who_asked(playbook: Playbook) -> None:
    head = playbook.post("building_head").powers
    assert Power.SEE_REQUESTER not in {*head.own, *head.territory, *head.district}


@every
def test_the_longest_any_personal_data_is_kept_is_three_years(playbook: Playbook) -> None:
    assert {rule.keep for rule in playbook.retention} <= {"30d", "1y", "2y", "3y"}
    assert playbook.retention_of("contact").keep == "1y"
    with pytest.raises(KeyError):
        playbook.retention_of("score")


def test_wanzhou_has_its_four_kinds_of_matter_and_its_lists() -> None:
    assert [tier.name for tier in WANZHOU.tiers] == ["私事", "小事", "大事", "难事"]
    assert [group.name for group in WANZHOU.categories][:2] == ["城乡建设", "劳动和社会保障"]
    assert set(SEVEN) <= {group.name for group in WANZHOU.categories}
    assert (len(WANZHOU.admission.autonomous), len(WANZHOU.admission.assisted)) == (23, 27)
    assert len(WANZHOU.duties.standard) == 10
    assert WANZHOU.tier("hard").supervised_by == "district_leader"
    paired = WANZHOU.post("district_leader").paired
    assert paired is not None
    assert (paired.kind, paired.at_least, paired.at_most) == ("street", 2, 3)
    assert WANZHOU.refusals.before_arbitration == 2
    assert WANZHOU.closing.watch_recurrence_days == 365
    assert {outcome.code for outcome in WANZHOU.out_of_scope} == {
        "emergency_transfer",
        "legal_channel",
        "duplicate_no_new_fact",
        "secret_or_privacy",
        "beyond_duty",
        "unlawful_or_immoral",
    }


EVERYDAY = {
    "3栋2单元楼道灯坏了，晚上老人下楼看不清": {"roads-lights", "drains-roads"},
    "路灯不亮一个多月了，孩子放学害怕": {"roads-lights", "drains-roads"},
    "电梯坏了三天，老人下不了楼": {"property-management", "property"},
    "电梯困人，老人和孩子都被关过": {"property-management", "property"},
    "屋顶漏水，下雨天天花板滴水": {"building-quality", "leaks", "homes"},
    "楼上漏水漏到我家，楼上邻居不管": {"neighbours"},
    "下水道堵了，污水反水到一楼": {"roads-lights", "drains-roads"},
    "垃圾没人清运，苍蝇到处飞": {"sanitation", "waste"},
    "半夜噪音太大，孩子睡不着": {"noise"},
    "小区里没处停车，乱停车堵住出口": {"parking"},
    "物业费涨价没有公示": {"property-management", "property", "fees"},
    "停水两天了，家里有老人": {"utilities", "water-power-gas"},
    "独居老人想申请居家养老和助餐": {"elderly-care", "elderly"},
}


@every
@pytest.mark.parametrize("told", EVERYDAY)
def test_everyday_troubles_are_filed_by_what_they_are(playbook: Playbook, told: str) -> None:
    found = keywords(playbook).suggest(told)
    assert found[0].category in EVERYDAY[told], [(one.category, one.confidence, one.why) for one in found]


STORIES = (
    (
        "a quarrel next door",
        Facts("neighbours", "household", "resident", public_money=False, departments=0),
        "private",
    ),
    ("the bus line of Yucheng Jiayuan", Facts("buses", "estate", "department", departments=2), "big"),
    ("a lamp in one stairwell", Facts("roads-lights", "building", "community", public_money=False), "small"),
    (
        "the square dances of Pipaping",
        Facts("noise", "community", "street", departments=2, repeated=5),
        "big",
    ),
    ("the school at Shahe", Facts("school-places", "street", "district", True, Decimal(100_000_000)), "hard"),
)


@pytest.mark.parametrize(("name", "facts", "tier"), STORIES, ids=[story[0] for story in STORIES])
def test_wanzhou_puts_the_stories_where_they_belong(name: str, facts: Facts, tier: str) -> None:
    decision = decide_tier(WANZHOU, facts)
    assert decision.tier == tier
    assert decision.decided_by == "row"
    assert len(decision.reasons) == len(decision.fired)


def test_a_category_that_no_row_speaks_of_takes_its_hint() -> None:
    decision = decide_tier(WANZHOU, Facts(category="pensions"))
    assert (decision.tier, decision.decided_by, decision.fired) == ("big", "category", ())
    assert {"affected", "power"} <= {ask for row in decision.open for ask in row.asks}


def test_haidian_takes_the_first_rule_and_the_clock_of_its_city() -> None:
    heating = decide_tier(HAIDIAN, Facts(category="heating", departments=3, urgent=False))
    assert heating.tier == "livelihood"
    assert decide_tier(HAIDIAN, Facts(category="heating", urgent=True)).tier == "urgent"
    parking = decide_tier(
        HAIDIAN, Facts("parking", "estate", "community", False, departments=0, repeated=0, urgent=False)
    )
    assert (parking.tier, parking.decided_by) == ("general", "default")
    totals = {tier.code: str(tier.limits.total) for tier in HAIDIAN.tiers}
    assert totals == {"urgent": "2h", "livelihood": "24h", "general": "7d", "complex": "15d"}
    assert (HAIDIAN.calendar.assessment.month_start_day, HAIDIAN.calendar.assessment.cut_hour) == (19, 12)


def test_water_and_heat_are_counted_through_the_night_in_haidian() -> None:
    friday_night = datetime(2026, 1, 2, 23, 0, tzinfo=ZONE)
    limit = HAIDIAN.tier("livelihood").limits.total
    due_at = limit.due_from(friday_night, HAIDIAN.working_calendar("livelihood"))
    assert due_at == datetime(2026, 1, 3, 23, 0, tzinfo=ZONE)
    assert HAIDIAN.working_calendar("general") is HAIDIAN.working_calendar("complex")


def test_qujing_covers_its_counties() -> None:
    assert SHIPPED["qujing"].district.codes == ("530300", "530302", "530303", "530381")
    assert SHIPPED["qujing"].level_name("cell") == "睦邻守望单元格"
    assert SHIPPED["qujing"].level_name("nation") == "nation"


def test_escalation_waits_longer_where_the_playbook_says_so() -> None:
    leader = WANZHOU.escalation.steps[-1]
    assert str(leader.delay("big")) == "3wd"
    assert str(leader.delay("hard")) == "10wd"
    assert WANZHOU.escalation.steps[0].delay("big") is None


@every
def test_everyday_community_matters_need_no_second_approval(playbook: Playbook) -> None:
    led = [item for item in playbook.all_categories() if item.lead == "community"]
    assert led
    assert [item.code for item in led if playbook.is_off_list(item.code)] == []
    assert any(playbook.is_off_list(item.code) for item in playbook.all_categories())
    assert playbook.is_off_list("no-such-category")
    assert not any(playbook.is_withdrawn(item.code) for item in playbook.all_categories())


@every
def test_every_tier_says_how_often_a_resident_is_asked(playbook: Playbook) -> None:
    counts = [tier.max_questions for tier in playbook.tiers]
    assert None not in counts
    assert playbook.most_questions == max(count for count in counts if count is not None) >= 1


@every
def test_posts_that_only_see_and_report_staff_no_office(playbook: Playbook) -> None:
    staffing = {post.code for post in playbook.posts if post.staffs}
    assert staffing >= {
        "grid_worker",
        "community_worker",
        "street_officer",
        "department_handler",
        "centre_clerk",
    }
    assert staffing.isdisjoint({"resident", "building_head", "operator", "auditor"})
