"""The school at Shahe: a hard matter that a leader watches over for two years, to its end."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.people import Company

pytestmark = pytest.mark.browser
ASK = "沙河片区没有初中，孩子上学要跨江坐一个小时的车，盼望在家门口建一所中学。"
ANSWER = (
    "沙河片区没有初中的问题，区教育委员会已于今天建成沙河中学并开学招生，共36个班，"
    "片区学生就近入学。投资约一亿元，由对口支援资金和区财政共同安排。"
)


def test_the_school_at_shahe_is_watched_over_by_a_leader_extended_twice_and_struck_off_after_two_years(
    company: Company,
) -> None:
    resident = company.resident()
    number = resident.report_at_door("yucheng", ASK, "居民丙", "13900003333")
    clerk = company.official("centre_clerk")
    clerk.open_suggested(number)
    clerk.move(
        number,
        "dispatch",
        owner="区教育委员会",
        category="入学与学位",
        tier="难事",
        tier_reason="按实际范围定级",
    )
    leader = company.official("district_leader")
    # A hard matter is watched over by the leader paired with its street from the moment it is sorted so.
    expect(leader.open(number).locator(".facts")).to_contain_text("Watched over by 包片区领导")
    handler = company.official("education_handler")
    handler.move(number, "claim")
    handler.move(number, "start")

    for passed, reason in (
        (200, "规划选址已定，征地手续还要半年。"),
        (240, "主体封顶，装修和招聘教师还要半年。"),
    ):
        company.site.move_clock(timedelta(days=passed))
        handler = company.official("education_handler")
        handler.move(number, "request_time", kind="More time", limit="210d", reason=reason)
        leader = company.official("district_leader")
        leader.page.goto("/desk/?reach=supervised")
        expect(leader.page.locator(".matters")).to_contain_text(number)
        leader.move(number, "decide_time", approve="Approve", reason="情况属实，同意，每月报一次进度。")
        expect(resident.look().locator(".timeline")).to_contain_text(reason)

    company.site.move_clock(timedelta(days=290))
    handler = company.official("education_handler")
    handler.move(number, "answer", text=ANSWER, done_by="区教育委员会")
    resident.say_solved(said="孩子走路十分钟就到学校了。")
    company.official("centre_arbiter").move(number, "close")

    expect(resident.look().locator(".state").first).to_contain_text("Closed")
    history = company.official("district_leader").story(number)
    assert history.count("Approved") == 2
    assert "Overdue" not in history
    assert history.index("Struck off the list") < history.index("Received")
