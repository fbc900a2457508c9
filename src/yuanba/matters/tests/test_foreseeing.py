"""What a draft would say of the open matters, told right and without touching one of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.errors import Stale
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.outbox.queue import deliver_due
from yuanba.matters import actions
from yuanba.matters.actions import Sorting
from yuanba.matters.actions.foreseeing import foresee_more
from yuanba.matters.consequences import Moved, consequences, matters_of
from yuanba.matters.foreseeing import Foresight, Found, look_on
from yuanba.matters.models import Matter
from yuanba.matters.tests.walking import Walk
from yuanba.playbooks.actions import publish_playbook, save_draft, start_preview
from yuanba.playbooks.decisions import Facts
from yuanba.playbooks.models import Preview
from yuanba.playbooks.problems import PlaybookInvalid
from yuanba.playbooks.queries import current_playbook
from yuanba.playbooks.reading import read_playbook
from yuanba.playbooks.shipped import shipped_source

SOURCE = shipped_source("wanzhou")


def sorted_walk(cast: Cast, departments: int, category: str = "property-management") -> Walk:
    walk = Walk(cast).receive(f"{departments}个部门要一起来看看{category}的事。")
    sorting = Sorting(category=category, facts=Facts(departments=departments))
    walk.do(actions.dispatch_matter, cast.offices["shahe"], sorting, by="centre_clerk")
    return walk


def changed(old: str, new: str) -> str:
    assert old in SOURCE
    return SOURCE.replace(old, new)


def looked(source: str, *, part: int = 200) -> tuple[Found, int]:
    foresight, cursor, total = Foresight(read_playbook(source), Found()), "", 0
    while True:
        count, cursor = look_on(foresight, cursor, 1, part)
        total += count
        if not cursor:
            return foresight.found, total


def rule_b4() -> tuple[str, str]:
    start = SOURCE.index("- id: B4")
    row = SOURCE[start : SOURCE.index("tier:", start)]
    return row, row.replace("at_least: 2", "at_least: 3")


def test_what_the_table_would_say_otherwise_is_counted_and_named(cast: Cast) -> None:
    two, three = sorted_walk(cast, 2), sorted_walk(cast, 3)
    assert (two.matter.tier, three.matter.tier) == ("big", "big")
    found, total = looked(changed(*rule_b4()))
    assert total == 2
    assert dict(found.tiers) == {("big", "small"): 1, ("big", "big"): 1}
    assert found.changed == [(two.matter.pk, "big", "small")]
    assert dict(found.offices) == {("street", "community"): 1}
    assert Found.from_data(found.as_data()) == found


def test_the_same_rules_change_nothing(cast: Cast) -> None:
    sorted_walk(cast, 2)
    Walk(cast).receive()
    found, total = looked(SOURCE + "# nothing but a comment\n")
    assert total == 2
    assert all(old == new for old, new in found.tiers)
    assert (found.changed, found.offices, found.gone) == ([], {}, {})


def test_nothing_happens_to_a_matter_that_is_looked_at(cast: Cast) -> None:
    walk = sorted_walk(cast, 2)
    before = Matter.objects.filter(pk=walk.matter.pk).values().get()
    entries = Entry.objects.count()
    looked(changed(*rule_b4()))
    assert Matter.objects.filter(pk=walk.matter.pk).values().get() == before
    assert Entry.objects.count() == entries


def test_a_part_at_a_time_gives_what_one_look_does(cast: Cast) -> None:
    for departments in (1, 2, 3, 2):
        sorted_walk(cast, departments)
    once, total = looked(changed(*rule_b4()))
    in_parts, in_all = looked(changed(*rule_b4()), part=1)
    assert (total, in_all) == (4, 4)
    assert in_parts.tiers == once.tiers
    assert sorted(in_parts.changed) == sorted(once.changed)


def test_the_statements_do_not_grow_with_the_matters(cast: Cast) -> None:
    source = changed(*rule_b4())
    sorted_walk(cast, 2)
    looked(source)
    with CaptureQueriesContext(connection) as one:
        looked(source)
    for departments in (1, 2, 3):
        sorted_walk(cast, departments)
    with CaptureQueriesContext(connection) as four:
        looked(source)
    assert len(four) <= len(one) <= 5


def test_ended_matters_are_left_out(cast: Cast) -> None:
    walk = sorted_walk(cast, 2)
    walk.do(actions.withdraw, by=walk.resident)
    assert looked(changed(*rule_b4()))[1] == 0


def test_a_category_that_would_be_gone_is_counted(cast: Cast) -> None:
    sorted_walk(cast, 2)
    found, total = looked(SOURCE.replace("property-management", "estate-management"))
    assert total == 1
    assert dict(found.gone) == {"property-management": 1}
    assert not found.tiers


def test_a_matter_under_an_older_edition_is_compared_with_its_own(cast: Cast) -> None:
    walk = sorted_walk(cast, 2)
    publish_playbook(changed(*rule_b4()), actor=system("test"), at=timezone.now())
    assert walk.matter.playbook_id != current_playbook().pk
    found, _total = looked(changed(*rule_b4()) + "# again\n")
    assert dict(found.tiers) == {("big", "small"): 1}


def test_how_often_it_came_is_counted_as_the_sorter_counts(cast: Cast) -> None:
    """Three of a kind at one place: only the later ones have earlier ones."""
    start = SOURCE.index("repeated:")
    assert "at_least" in SOURCE[start : start + 40]
    for _each in range(3):
        sorted_walk(cast, 1, "roads-lights")
    found, _total = looked(SOURCE)
    first = dict(found.tiers)
    in_parts, _total = looked(SOURCE, part=1)
    assert dict(in_parts.tiers) == first
    assert all(old == new for old, new in first)


def test_the_worker_goes_on_where_the_page_stopped(cast: Cast) -> None:
    arbiter = cast.viewer("centre_arbiter")
    sorted_walk(cast, 2)
    save_draft(changed(*rule_b4()), version=0, actor=arbiter, at=timezone.now())
    preview = start_preview(version=1, of_about=1, actor=arbiter, at=timezone.now())
    assert preview.finished_at is None
    foresee_more(preview.pk, timezone.now())
    preview.refresh_from_db()
    assert preview.finished_at is not None
    assert preview.looked_at == 1
    foresee_more(preview.pk, timezone.now())  # a message that came twice
    preview.refresh_from_db()
    assert preview.looked_at == 1
    foresee_more(10**6, timezone.now())


def test_a_draft_that_went_on_ends_the_look_at_its_older_version(cast: Cast) -> None:
    arbiter = cast.viewer("centre_arbiter")
    source = changed(*rule_b4())
    save_draft(source, version=0, actor=arbiter, at=timezone.now())
    preview = start_preview(version=1, of_about=1, actor=arbiter, at=timezone.now())
    save_draft(source + "# more\n", version=1, actor=arbiter, at=timezone.now())
    foresee_more(preview.pk, timezone.now())
    assert Preview.objects.get(pk=preview.pk).finished_at is None
    with pytest.raises(Stale):
        actions.foresee(version=1, actor=arbiter, at=timezone.now())


def test_a_draft_with_faults_is_not_looked_at(cast: Cast) -> None:
    arbiter = cast.viewer("centre_arbiter")
    save_draft("code: x", version=0, actor=arbiter, at=timezone.now())
    with pytest.raises(PlaybookInvalid):
        actions.foresee(version=1, actor=arbiter, at=timezone.now())
    assert not Preview.objects.exists()


def test_only_those_who_may_read_a_matter_see_it_named(cast: Cast) -> None:
    walk = sorted_walk(cast, 2)
    while deliver_due():
        pass
    source = changed(*rule_b4())
    save_draft(source, version=0, actor=cast.viewer("operator"), at=timezone.now())
    preview = actions.foresee(version=1, actor=cast.viewer("operator"), at=timezone.now())
    assert (preview.looked_at, preview.of_about) == (1, 1)
    old, new = current_playbook().playbook, read_playbook(source)
    seen = matters_of(preview, old, new, cast.viewer("centre_arbiter"))
    assert seen.tiers == (Moved("大事", "小事", 1),)
    assert [(each.row.number, each.before, each.after) for each in seen.listed] == [
        (walk.matter.number, "大事", "小事")
    ]
    blind = matters_of(preview, old, new, cast.viewer("operator"))
    assert (blind.changed, blind.listed) == (1, ())


def test_not_even_a_number_tells_an_office_of_the_complaint_about_it(cast: Cast) -> None:
    walk = Walk(cast).receive("中心的人态度不好，要两个部门来查。", confidential=True)
    sorting = Sorting(
        category="property-management", facts=Facts(departments=2), accused=cast.offices["centre"]
    )
    walk.do(actions.triage_matter, sorting, by=system("test"))
    source = changed(*rule_b4())
    save_draft(source, version=0, actor=cast.viewer("centre_arbiter"), at=timezone.now())
    preview = actions.foresee(version=1, actor=cast.viewer("centre_arbiter"), at=timezone.now())
    old, new = current_playbook().playbook, read_playbook(source)
    seen = matters_of(preview, old, new, cast.viewer("centre_arbiter"))
    assert (preview.looked_at, seen.same, seen.changed, seen.listed) == (0, 0, 0, ())


def test_powers_that_go_and_departments_without_an_office_are_told(cast: Cast) -> None:
    source = changed("manage_posts, manage_playbook]", "manage_posts]")
    old, new = current_playbook().playbook, read_playbook(source)
    operator = cast.viewer("operator")
    told = consequences(old, new, operator, timezone.localdate())
    (post,) = told.posts
    assert (post.name, post.holders, post.gained, len(post.lost), post.unknown) == (
        "系统管理员",
        1,
        (),
        1,
        False,
    )
    assert len(told.warnings) == (1 if "manage_playbook" in operator.powers_everywhere else 2)
    assert told.ownerless == ()
    assert "区住房城乡建委" in dict(told.ownerless_before)
    assert "区公安局" not in dict(told.ownerless_before)


def test_a_department_that_only_the_draft_names_stands_out(cast: Cast) -> None:
    source = changed("  departments:\n", "  departments:\n    - {code: parks, name: 区园林局, does: 公园}\n")
    source = source.replace("department: urban-management", "department: parks", 1)
    told = consequences(
        current_playbook().playbook, read_playbook(source), cast.viewer("operator"), timezone.localdate()
    )
    assert [name for name, _why in told.ownerless] == ["区园林局"]


def test_limits_and_weights_are_told_before_and_after(cast: Cast) -> None:
    source = changed("response: 0.1, resolution: 0.5", "response: 0.2, resolution: 0.4")
    source = source.replace("handling: 15wd, total: 20wd", "handling: 12wd, total: 20wd")
    told = consequences(
        current_playbook().playbook, read_playbook(source), cast.viewer("operator"), timezone.localdate()
    )
    differing = [(tier.name, value.after) for tier in told.limits for value in tier.values if value.differs]
    assert [name for name, _after in differing] == ["大事"]
    assert [(value.before, value.after) for value in told.weights] == [("10 %", "20 %"), ("50 %", "40 %")]
    assert told.posts == ()
