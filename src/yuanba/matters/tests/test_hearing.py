"""Nothing is told to nobody: who hears where a post or an office is empty, of what waits to be struck off, of notes to
residents, and who takes over a post.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import Denied, NotAllowed
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.kernel.sheets import write_table
from yuanba.matters import actions, clockwork
from yuanba.matters.auditing import audit
from yuanba.matters.clockwork import silent_at, steps_of
from yuanba.matters.intake import take_in
from yuanba.matters.models import Alarm, Matter, Notice
from yuanba.matters.office_forms import NoteForm
from yuanba.matters.presenting import row_of
from yuanba.matters.queries import Filter, Reach, desk, reaches
from yuanba.matters.reporting import Contact
from yuanba.matters.story import story_of
from yuanba.matters.telling import render
from yuanba.matters.tests.walking import START, Walk
from yuanba.people.actions import appoint, end_holding, register_person
from yuanba.people.importing import import_people
from yuanba.people.models import Holding, Post
from yuanba.playbooks.reading import read_playbook
from yuanba.playbooks.shipped import shipped_codes, shipped_source

CENTRE, STREET, DISTRICT = "万州区基层治理综合指挥中心", "沙河街道办事处", "万州区人民政府"


def work_off() -> None:
    while deliver_due():
        pass


def hearers(walk: Walk, kind: str) -> list[str]:
    """The offices that were told of something, once each."""
    rows = Notice.objects.filter(matter=walk.matter, kind=kind, organization__isnull=False)
    return sorted({notice.organization.name for notice in rows if notice.organization})


def leave(cast: Cast, *seats: str) -> None:
    posts = [cast.seats[seat].post for seat in seats]
    Holding.objects.filter(post__in=posts).update(to_on=START.date())


def overdue_in_community(cast: Cast) -> Walk:
    walk = Walk(cast).receive().dispatch("yucheng", "small").claim("community_secretary")
    work_off()
    Notice.objects.all().delete()
    return walk


def take_all_steps(walk: Walk) -> None:
    actions.take_due_steps(max(step.at for step in steps_of(walk.matter)) + timedelta(hours=1))
    work_off()


def test_steps_upward_pass_over_a_level_with_nobody_in_post_and_say_so(cast: Cast) -> None:
    walk = overdue_in_community(cast)
    leave(cast, "street_officer", "street_leader")
    take_all_steps(walk)
    assert hearers(walk, "supervision") == [CENTRE]
    assert hearers(walk, "level_vacant") == [CENTRE]
    told = render(Notice.objects.filter(kind="level_vacant")[0], "en")
    assert STREET in told.subject


def test_a_level_with_somebody_in_post_hears_itself_and_of_no_vacancy(cast: Cast) -> None:
    walk = overdue_in_community(cast)
    take_all_steps(walk)
    assert hearers(walk, "supervision") == [STREET]
    assert (hearers(walk, "level_vacant"), hearers(walk, "vacancy")) == ([], [])


def test_an_owner_whose_last_holder_has_left_meanwhile_is_told_above_when_its_time_runs_out(
    cast: Cast,
) -> None:
    walk = overdue_in_community(cast)
    leave(cast, "community_secretary")
    take_all_steps(walk)
    assert hearers(walk, "vacancy") == [STREET]


def test_a_late_call_is_told_to_the_nearest_level_with_somebody_in_post(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "big").claim("community_secretary")
    walk.do(actions.climb, "解决不了", by="community_secretary")
    walk.claim()
    walk.do(actions.whistle, [cast.offices["police"]], "请到现场", by="street_officer")
    work_off()
    leave(cast, "centre_clerk", "centre_arbiter")
    actions.take_due_steps(walk.at + timedelta(days=10))
    work_off()
    assert DISTRICT in hearers(walk, "check_in_late")
    assert CENTRE not in hearers(walk, "check_in_late")
    assert hearers(walk, "level_vacant") == [DISTRICT]


def test_more_time_is_asked_of_the_nearest_level_where_somebody_can_decide(cast: Cast) -> None:
    walk = overdue_in_community(cast)
    leave(cast, "street_leader")
    asked = walk.do(actions.request_extension, "1wd", "等配件", by="community_secretary")
    assert asked.decider == cast.offices["centre"]
    work_off()
    assert hearers(walk, "time_requested") == [CENTRE]
    assert hearers(walk, "level_vacant") == [CENTRE]
    walk.do(actions.decide_time, approve=True, reason="同意", by="centre_arbiter")


def test_where_nobody_could_decide_nothing_waits_and_the_answer_is_not_held_up(cast: Cast) -> None:
    walk = overdue_in_community(cast)
    leave(cast, "street_leader", "centre_arbiter", "district_leader")
    with pytest.raises(NotAllowed) as caught:
        walk.do(actions.request_extension, "1wd", "等配件", by="community_secretary")
    assert caught.value.code == "at_the_top"
    assert walk.answer("community_secretary").matter.state == "answered"


def test_a_proposal_about_the_rates_goes_to_where_somebody_decides(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small").claim("community_secretary")
    walk.answer("community_secretary").confirm().close()
    leave(cast, "street_leader")
    work_off()
    reason = clockwork.playbook_of(walk.matter).playbook.rates.exclusions[0].code
    walk.do(actions.propose_exclusion, reason, "见照片", by="community_secretary")
    work_off()
    assert hearers(walk, "exclusion_proposed") == [CENTRE]


def test_an_office_brought_in_that_has_nobody_in_post_is_told_above_it(cast: Cast) -> None:
    leave(cast, "police_handler")
    walk = Walk(cast).receive().dispatch().claim()
    walk.do(actions.join, cast.offices["police"], "夜间巡逻", by="street_officer")
    work_off()
    assert hearers(walk, "called_vacant") == sorted([CENTRE, STREET])


def test_a_file_tells_once_of_an_office_with_nobody_in_post(cast: Cast, tmp_path: Path) -> None:
    leave(cast, "community_secretary")
    path = tmp_path / "export.xlsx"
    rows: list[list[object]] = [[str(n), f"玉城社区第{n}盏路灯坏了，晚上看不见路。"] for n in range(3)]
    write_table(path, ["留言编号", "留言详情"], rows)
    take_in(path, within=cast.places["yucheng"], actor=system("intake"))
    owned = Matter.objects.filter(owner=cast.offices["yucheng"])
    assert owned.count() == 3
    (notice,) = Notice.objects.filter(kind="vacancy")
    assert notice.organization == cast.offices["shahe"]


@pytest.mark.parametrize("tier", ["small", "big", "hard"])
def test_the_page_shows_the_day_on_which_the_rule_closes(cast: Cast, tier: str) -> None:
    owner, by = ("education", "education_handler") if tier == "hard" else ("shahe", "street_officer")
    walk = Walk(cast).receive().dispatch(owner, tier).claim(by).answer(by)
    due = row_of(walk.matter, "").due
    assert due == silent_at(walk.matter)
    actions.take_due_steps(due - timedelta(seconds=1))
    walk.matter.refresh_from_db()
    assert walk.matter.state == "answered"
    actions.take_due_steps(due)
    walk.matter.refresh_from_db()
    assert walk.matter.state == "closed"
    assert audit().breaches == 0


@pytest.mark.parametrize("code", shipped_codes())
def test_no_shipped_playbook_has_a_second_time_to_confirm(code: str) -> None:
    playbook = read_playbook(shipped_source(code))
    assert {tier.limits.confirm for tier in playbook.tiers} == {None}
    assert playbook.closing.strike_off_within is not None


def test_nobody_is_late_by_the_residents_time(cast: Cast) -> None:
    long_ago = timezone.now() - timedelta(days=100)
    answered = Walk(cast, at=long_ago).receive().dispatch().claim().answer()
    claimed = Walk(cast, at=long_ago).receive().dispatch().claim()
    late = desk(cast.viewer("street_officer"), Reach.OWN, Filter(overdue=True)).rows
    assert [matter.pk for matter in late] == [claimed.matter.pk]
    assert (row_of(answered.matter, "").tone, row_of(claimed.matter, "").tone) == ("soon", "late")


def confirmed_in_community(cast: Cast) -> Walk:
    walk = overdue_in_community(cast).answer("community_secretary").confirm()
    work_off()
    return walk


def test_whoever_can_strike_it_off_hears_of_what_is_confirmed(cast: Cast) -> None:
    walk = confirmed_in_community(cast)
    assert hearers(walk, "confirmed") == ["玉城社区居民委员会"]
    assert hearers(walk, "strike_off") == [CENTRE]
    with pytest.raises(Denied):
        walk.do(actions.close_matter, by="community_secretary")
    walk.close()


def test_whoever_can_strike_it_off_finds_it_in_a_list_of_its_own(cast: Cast) -> None:
    walk = confirmed_in_community(cast)
    Walk(cast, at=walk.at).receive().dispatch("yucheng").claim("community_secretary")
    arbiter = cast.viewer("centre_arbiter")
    assert [row.pk for row in desk(arbiter, Reach.CONFIRMED).rows] == [walk.matter.pk]
    for name in ("community_secretary", "centre_clerk"):
        assert Reach.CONFIRMED not in reaches(cast.viewer(name))
    walk.close()
    assert not desk(arbiter, Reach.CONFIRMED).rows


def test_what_is_not_struck_off_is_told_of_again_and_again_also_above(cast: Cast) -> None:
    walk = confirmed_in_community(cast)
    limit = clockwork.playbook_of(walk.matter).playbook.closing.strike_off_limit
    calendar = clockwork.calendar_of(walk.matter.playbook, walk.matter.tier)
    assert walk.matter.confirmed_at is not None
    assert walk.matter.due_at == limit.due_from(walk.matter.confirmed_at, calendar)
    for times in range(1, 4):
        walk.matter.refresh_from_db()
        assert walk.matter.next_alarm_at is not None
        actions.take_due_steps(walk.matter.next_alarm_at)
        assert Alarm.objects.filter(step="strike_off").count() == times
    work_off()
    assert hearers(walk, "strike_off_late") == sorted([CENTRE, DISTRICT, "玉城社区居民委员会"])
    assert audit().breaches == 0
    walk.close()
    assert walk.matter.next_alarm_at is None


def test_a_confirmed_matter_at_which_the_clock_never_looks_again_is_a_breach(cast: Cast) -> None:
    walk = confirmed_in_community(cast)
    Matter.objects.filter(pk=walk.matter.pk).update(next_alarm_at=None)
    assert [breach.rule for breach in audit().listed] == ["alarm"]


def test_a_vacant_post_that_strikes_off_is_told_above(cast: Cast) -> None:
    leave(cast, "centre_arbiter")
    walk = confirmed_in_community(cast)
    assert hearers(walk, "strike_off") == [DISTRICT]
    assert hearers(walk, "level_vacant") == [DISTRICT]


def joined_pair(cast: Cast) -> tuple[Walk, Walk]:
    lead = Walk(cast).receive(contact=Contact("居民丁", email="ding@example.org")).dispatch().claim()
    lead.do(actions.comment, "您家的钥匙在社区。", to_resident=True, by="street_officer")
    other = Walk(cast, at=lead.at).receive(
        "楼道的灯不亮了。", contact=Contact("居民己", email="ji@example.org")
    )
    other.do(actions.merge_into, lead.matter.pk, by="centre_clerk")
    lead.at = other.at
    work_off()
    mail.outbox.clear()
    return lead, other


def test_a_note_to_the_resident_reaches_all_who_joined_by_page_and_mail(cast: Cast) -> None:
    lead, other = joined_pair(cast)
    lead.do(actions.comment, "周五停水检修。", to_resident=True, by="street_officer")
    work_off()
    assert sorted(message.to[0] for message in mail.outbox) == ["ding@example.org", "ji@example.org"]
    assert all("周五停水检修" in str(message.body) for message in mail.outbox)
    for reader in (lead, other):
        told = "\n".join(moment.body for moment in story_of(lead.matter, reader.resident))
        assert "周五停水检修" in told
        assert ("钥匙" in told) is (reader is lead)


def test_a_note_for_the_one_who_asked_reaches_nobody_else(cast: Cast) -> None:
    lead, other = joined_pair(cast)
    lead.do(actions.comment, "请带身份证来。", to_resident=True, only_requester=True, by="street_officer")
    lead.do(actions.comment, "内部意见。", by="street_officer")
    work_off()
    assert [message.to for message in mail.outbox] == [["ding@example.org"]]
    told = "\n".join(moment.body for moment in story_of(lead.matter, other.resident))
    assert "身份证" not in told
    assert "内部意见" not in told


def test_the_office_is_asked_whom_a_note_is_for_only_where_others_joined(cast: Cast) -> None:
    lead, other = joined_pair(cast)
    for walk, asked in ((lead, True), (other, False)):
        form = NoteForm(matter=walk.matter, viewer=walk.viewer("street_officer"))
        assert form.fields["only_requester"].widget.is_hidden is not asked
    blank = NoteForm({"text": "周五停水。", "to_resident": "on"}, matter=other.matter, viewer=other.resident)
    assert blank.is_valid()
    assert blank.cleaned_data["only_requester"] is False


def test_whoever_takes_over_a_leader_s_post_hears_of_what_it_watches_over(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("education", "hard")
    post = cast.seats["district_leader"].post
    end_holding(post.pk, on=walk.at.date(), actor=cast.viewer("operator"), at=walk.at)
    work_off()
    Notice.objects.all().delete()
    person = register_person(name="新区长", actor=cast.viewer("operator"), at=walk.at)
    appoint(post.pk, person, on=walk.at.date(), actor=cast.viewer("operator"), at=walk.at)
    work_off()
    (notice,) = Notice.objects.filter(post=post)
    assert (notice.kind, notice.matter) == ("supervision", walk.matter)


def test_whoever_fills_a_vacancy_hears_of_what_is_open_there_but_not_who_runs_the_machine(cast: Cast) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small")
    at_centre = Walk(cast, at=walk.at).receive().dispatch().claim()
    at_centre.do(actions.climb, "需要区里协调", by="street_officer")
    assert at_centre.matter.owner == cast.offices["centre"]
    work_off()
    Notice.objects.all().delete()
    setup = system("setup")
    for seat, heard in (("community_secretary", [walk.matter.pk]), ("operator", [])):
        post = cast.seats[seat].post
        end_holding(post.pk, on=walk.at.date(), actor=setup, at=walk.at)
        person = register_person(name="新来的", actor=setup, at=walk.at)
        appoint(post.pk, person, on=walk.at.date(), actor=setup, at=walk.at)
        work_off()
        assert [notice.matter_id for notice in Notice.objects.filter(post=post, kind="assigned")] == heard


def test_whoever_is_imported_onto_a_new_post_hears_of_what_is_open_there(cast: Cast, tmp_path: Path) -> None:
    walk = Walk(cast).receive().dispatch("yucheng", "small")
    work_off()
    Notice.objects.all().delete()
    row = {"单位": "yucheng-community", "岗位类别": "社区书记", "岗位名称": "副书记", "姓名": "新来的"}
    file = tmp_path / "people.csv"
    file.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", "utf-8")
    report = import_people(file, actor=system("setup"), on_password=print, at=walk.at)
    assert (report.created, report.rejected) == (1, 0)
    work_off()
    post = Post.objects.latest("pk")
    (notice,) = Notice.objects.filter(post=post)
    assert (notice.kind, notice.matter) == ("assigned", walk.matter)
