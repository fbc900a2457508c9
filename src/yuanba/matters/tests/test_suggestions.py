"""What the worker proposes for a new matter, once and only once."""

import threading
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import NotAllowed
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.models import Message
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.language.triage import Labelled
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.auditing import audit
from yuanba.matters.directory import Directory
from yuanba.matters.models import Channel, Matter, MatterLink, Notice, Suggestion
from yuanba.matters.recurring import Watched
from yuanba.matters.reporting import Report
from yuanba.matters.suggesting import Draft, Proposal, Suggester
from yuanba.matters.tests.walking import Walk
from yuanba.matters.triage_in_use import by_groups, keywords, model_path, trained
from yuanba.people.actions import close_organization, end_holding
from yuanba.people.models import Holding
from yuanba.playbooks.queries import current_playbook


def work_off() -> None:
    while deliver_due():
        pass


def proposed(matter: Matter, aspect: str) -> list[object]:
    return [item["value"] for item in matter.suggestion.proposals if item["aspect"] == aspect]


def test_a_new_matter_is_filled_in_with_reasons(cast: Cast) -> None:
    walk = Walk(cast).receive("玉城家园3栋的路灯不亮。", place="yucheng")
    work_off()
    matter = Matter.objects.get()
    assert matter.category == "roads-lights"
    assert matter.place == cast.places["building_3"]
    assert matter.version == walk.matter.version + 1
    assert all(item["why"] for item in matter.suggestion.proposals)


def test_delivering_again_changes_nothing(cast: Cast) -> None:
    Walk(cast).receive()
    message = Message.objects.get(topic="matter.received")
    work_off()
    before = Matter.objects.get().version, Notice.objects.count()
    message.pk = None
    message.leased_until = None
    message.save(force_insert=True)
    work_off()
    assert (Matter.objects.get().version, Notice.objects.count()) == before


def test_what_a_person_decided_meanwhile_stays(cast: Cast) -> None:
    walk = Walk(cast).receive("垃圾没人清运，臭气熏天。").dispatch(tier="hard")
    work_off()
    walk.matter.refresh_from_db()
    assert (walk.matter.category, walk.matter.tier) == ("roads-lights", "hard")
    assert proposed(walk.matter, "category") != ["roads-lights"]
    assert audit().breaches == 0


def test_the_same_trouble_nearby_is_shown_as_a_possible_duplicate(cast: Cast) -> None:
    first = Walk(cast).receive("3栋电梯反复故障，老人被困两次，物业推诿不修。", place="yucheng_estate").matter
    second = Walk(cast).receive("3栋电梯又故障了，老人被困，物业推诿不修。", place="yucheng_estate").matter
    far = Walk(cast).receive("3栋电梯反复故障，老人被困两次，物业推诿不修。", place="square").matter
    work_off()
    assert proposed(Matter.objects.get(pk=second.pk), "duplicate") == [first.pk]
    assert proposed(Matter.objects.get(pk=far.pk), "duplicate") == []


def test_trouble_that_came_back_alarms_both_offices(cast: Cast) -> None:
    old = Walk(cast).receive().dispatch().claim().answer().confirm().close()
    new = Walk(cast, at=old.at).receive(category="roads-lights")
    work_off()
    assert MatterLink.objects.get().other == old.matter
    told = Notice.objects.filter(kind="recurrence", matter=new.matter)
    assert {notice.organization_id for notice in told} == {new.matter.owner_id, old.matter.owner_id}
    assert all(notice.params["earlier_number"] == old.matter.number for notice in told)


def came_back(walk: Walk) -> list[int]:
    return list(MatterLink.objects.filter(matter=walk.matter).values_list("other_id", flat=True))


def alarms(walk: Walk) -> set[int | None]:
    work_off()
    rows = Notice.objects.filter(kind="recurrence", matter=walk.matter)
    return set(rows.values_list("organization_id", flat=True))


def test_trouble_recognised_only_when_a_person_sorts_it_is_linked_and_alarms(cast: Cast) -> None:
    old = Walk(cast).receive().dispatch().claim().answer().confirm().close()
    new = Walk(cast, at=old.at).receive("老问题又来了。", category="noise")
    work_off()
    assert came_back(new) == []
    new.do(actions.triage_matter, Sorting(category="roads-lights"), by="centre_clerk")
    assert came_back(new) == [old.matter.pk]
    assert alarms(new) == {cast.offices["yucheng"].pk, cast.offices["shahe"].pk}
    entry = Entry.objects.filter(subject_kind="matter", subject_id=new.matter.pk, kind="triage").get()
    assert f'"came_back":{old.matter.pk}' in entry.data


def test_a_dispatch_that_sets_the_kind_alarms_the_owner_it_gives(cast: Cast) -> None:
    old = Walk(cast).receive().dispatch().claim().answer().confirm().close()
    new = Walk(cast, at=old.at).receive("老问题又来了。", category="noise").dispatch("transport")
    assert came_back(new) == [old.matter.pk]
    assert alarms(new) == {cast.offices["transport"].pk, cast.offices["shahe"].pk}


def test_a_link_goes_with_the_kind_that_bore_it_out_and_comes_with_the_place(cast: Cast) -> None:
    old = Walk(cast).receive().dispatch().claim().answer().confirm().close()
    new = Walk(cast, at=old.at).receive(category="roads-lights", place="building_4")
    work_off()
    assert came_back(new) == []
    new.do(actions.triage_matter, Sorting(place=cast.places["unit_2"]), by="centre_clerk")
    assert came_back(new) == [old.matter.pk]
    alarmed = Notice.objects.filter(kind="recurrence").count()
    new.do(actions.triage_matter, Sorting(category="roads-lights", tier="big"), by="centre_clerk")
    new.do(actions.triage_matter, Sorting(category="noise"), by="centre_clerk")
    work_off()
    assert came_back(new) == []
    assert Notice.objects.filter(kind="recurrence").count() == alarmed + 2


def test_sorting_before_the_worker_links_and_alarms_once(cast: Cast) -> None:
    old = Walk(cast).receive().dispatch().claim().answer().confirm().close()
    work_off()
    new = Walk(cast, at=old.at).receive("老问题又来了。").dispatch()
    assert came_back(new) == [old.matter.pk]
    work_off()
    assert came_back(new) == [old.matter.pk]
    assert Notice.objects.filter(kind="recurrence", matter=new.matter).count() == 1
    assert not Message.objects.filter(dead_at__isnull=False).exists()
    assert not Message.objects.filter(attempts__gt=0).exists()


def test_after_the_watch_nothing_is_linked_by_hand_either(cast: Cast) -> None:
    old = Walk(cast).receive().dispatch().claim().answer().confirm().close()
    old.tick(24 * 366)
    new = Walk(cast, at=old.at).receive("老问题又来了。", category="noise").dispatch()
    assert came_back(new) == []


def test_only_what_was_struck_off_last_is_asked_for_and_never_for_a_place_as_wide_as_a_community(
    cast: Cast,
) -> None:
    first = Walk(cast).receive().dispatch().claim().answer().confirm().close()
    second = Walk(cast, at=first.at).receive().dispatch().claim().answer().confirm().close()
    between = Walk(cast, at=first.at).receive(category="roads-lights").matter
    later = Walk(cast, at=second.at).receive(category="roads-lights").matter
    wide = Walk(cast).receive(place="yucheng").dispatch().claim().answer().confirm().close()
    wider = Walk(cast, at=wide.at).receive(place="yucheng", category="roads-lights").matter
    with CaptureQueriesContext(
        connection,
    ) as seen:
        watched = Watched([between, later, wider])
    assert [watched.before(row) for row in (between, later, wider)] == [first.matter, second.matter, None]
    (asked,) = seen
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' * (connection.vendor == 'sqlite')}{asked['sql']}")
        plan = str(cursor.fetchall())
    assert "matter_watched" in plan, plan


def test_what_complains_about_officials_is_sorted_by_the_centre(cast: Cast) -> None:
    walk = Walk(cast).receive("社区干部吃拿卡要，态度恶劣，举报社区书记。", category="officials-conduct")
    work_off()
    walk.matter.refresh_from_db()
    assert walk.matter.owner == cast.offices["centre"]
    assert walk.matter.confidential


def test_a_vacant_office_is_told_to_the_level_above(cast: Cast) -> None:
    holding = Holding.objects.get(post=cast.seats["community_secretary"].post)
    head = Holding.objects.get(post=cast.seats["building_head"].post)
    walk = Walk(cast)
    for each in (holding, head):
        end_holding(each.pk, on=walk.at.date(), actor=cast.viewer("operator"), at=walk.at)
    walk.receive(place="yucheng")
    work_off()
    (notice,) = Notice.objects.filter(kind="vacancy")
    assert notice.organization == cast.offices["shahe"]


def test_an_office_with_open_matters_is_not_closed(cast: Cast) -> None:
    walk = Walk(cast).receive()
    with pytest.raises(NotAllowed):
        close_organization(
            cast.offices["yucheng"].pk, on=walk.at.date(), actor=cast.viewer("operator"), at=walk.at
        )


def test_a_damaged_model_file_does_not_stop_anything(
    cast: Cast, tmp_path: Path, settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    assert trained() is None
    model_path().write_bytes(b"no model")
    assert trained() is None
    assert "is not used" in caplog.text
    suggester = Suggester(current_playbook(), Directory())
    assert suggester.category(Draft("路灯不亮", "", cast.places["yucheng"])).value == "roads-lights"


def test_a_trained_model_s_label_leads_to_a_category_inside_its_group(
    cast: Cast, tmp_path: Path, settings: object
) -> None:
    from yuanba.language.triage.files import save
    from yuanba.language.triage.training import train

    settings.VAR = tmp_path  # type: ignore[attr-defined]
    lights = [Labelled("", f"第{number}号路灯不亮需要维修", "城乡建设") for number in range(20)]
    schools = [Labelled("", f"第{number}小学招生入学报名", "教育文体") for number in range(20)]
    save(train([*lights, *schools], seed=1), model_path())
    suggester = Suggester(current_playbook(), Directory())
    found = suggester.category(Draft("楼下路灯不亮", "", cast.places["yucheng"]))
    group = suggester.playbook.group_of(str(found.value))
    assert "城乡建设" in (group.name, *group.labels)
    assert suggester.made_by.startswith("trained:")


def test_the_playbook_s_words_answer_in_the_labels_of_a_file(cast: Cast) -> None:
    playbook = current_playbook().playbook
    triage = by_groups(keywords(playbook), playbook, {"城乡建设", "教育文体"})
    assert triage.suggest("路灯不亮")[0].category == "城乡建设"


@pytest.mark.postgres
def test_two_workers_make_each_suggestion_once(committed: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time; two workers are for PostgreSQL")
    walks = [Walk(committed).receive(f"第{number}盏路灯不亮") for number in range(30)]
    failures: list[BaseException] = []

    def worker() -> None:
        try:
            while deliver_due(limit=5):
                pass
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Suggestion.objects.count() == len(walks)
    assert not Message.objects.exists()
    assert audit().breaches == 0


def test_where_it_is_counts_for_more_than_places_told_of_on_the_way(cast: Cast) -> None:
    suggester = Suggester(current_playbook(), Directory())
    text = "枇杷坪广场的音响太大，我们这边都听得见。"
    for address, expected in (("龙宝社区", "longbao"), ("", "square"), ("我们楼下", "square")):
        place = suggester.place(Draft(text, "", cast.places["district"], address=address))
        assert place is not None
        assert place.value == cast.places[expected].pk


def test_the_name_of_the_estate_makes_no_two_requests_alike(cast: Cast) -> None:
    for text in ("玉城家园3栋的电梯停了三天，老人下不了楼。", "玉城家园3栋楼下的垃圾没人清，味道很大。"):
        report = Report(text=text, place=cast.places["building_3"], channel=Channel.DOOR)
        matter = actions.receive(report, actor=system("door", []), at=timezone.now()).matter
        deliver_due()
    aspects = [row["aspect"] for row in Suggestion.objects.get(matter=matter).proposals]
    assert "duplicate" not in aspects


def test_a_suggestion_says_where_the_department_that_the_table_names_is_missing(cast: Cast) -> None:
    suggester = Suggester(current_playbook(), Directory())
    wages = Proposal("category", "wages", "工资与欠薪", 0.9, ())
    big = Proposal("tier", "big", "大事", 0.8, ())
    found = suggester.owner(wages, big, cast.places["yucheng"].path)
    assert found is not None
    assert (found.value, "not set up here" in found.why[-1]) == (cast.offices["centre"].pk, True)


def test_a_suggestion_says_whom_the_list_of_categories_names_where_the_table_leaves_it_to_that(
    cast: Cast,
) -> None:
    suggester = Suggester(current_playbook(), Directory())
    culture = Proposal("category", "culture-sports", "文化体育与文物", 0.9, ())
    big = Proposal("tier", "big", "大事", 0.8, ())
    found = suggester.owner(culture, big, cast.places["yucheng"].path)
    assert found is not None
    assert "list of categories" in found.why[1]
