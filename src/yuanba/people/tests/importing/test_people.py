"""A district's own spreadsheet becomes posts with their holders, once, and says what it did not take."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from yuanba.kernel.journal.models import Entry
from yuanba.kernel.journal.verification import verify
from yuanba.kernel.outbox.models import Message
from yuanba.people.actions import POST_HANDED_OVER, register_person
from yuanba.people.models import Account, Holding, Organization, Person, Post
from yuanba.people.tests.conftest import AT, BUILDER, ON, Town
from yuanba.people.tests.importing.conftest import Taking, balance, made, worker

LONG = "阿卜杜拉·买买提江·吐尔逊那孜尔·伊敏江·阿布都热合曼𠮷"


def test_a_row_makes_a_post_with_its_holder_and_its_entries(take: Taking, town: Town) -> None:
    row = worker(LONG, "138 1234 0001", 职务="专职网格员", 任职日期="2026年2月1日", 任期至="2027-02-01")
    report = take.people(row)
    assert balance(report) == (1, 0, 0, 0)
    post = Post.objects.get(title="专职网格员")
    held = Holding.objects.select_related("person").get(post=post)
    assert (post.kind, post.organization) == ("grid_worker", town.offices["community"])
    assert (held.person.name, held.person.phone) == (LONG, "13812340001")
    assert (held.from_on, held.to_on) == (date(2026, 2, 1), date(2027, 2, 1))
    entries = Entry.objects.filter(subject_kind="post", subject_id=post.pk).order_by("seq")
    assert [entry.kind for entry in entries] == ["created", "appointed", "left"]
    assert not Entry.objects.filter(data__contains="1234").filter(data__contains="0001").exists()
    assert not verify().broken


def test_whoever_is_imported_onto_a_new_post_hears_of_it_on_their_day_as_if_appointed(
    take: Taking, town: Town
) -> None:
    before = set(Message.objects.values_list("pk", flat=True))
    take.people(
        worker("赵一", "13812340001", 任职日期="2026-01-05"),
        worker("钱二", "13812340002", 任职日期="2027-01-04", 职务="组长"),
        worker("", 职务="空岗"),
    )
    told = Message.objects.exclude(pk__in=before).order_by("pk")
    posts = take.new(Post).filter(holdings__isnull=False).order_by("pk")
    assert [row.topic for row in told] == [POST_HANDED_OVER] * 2
    assert [row.subject_id for row in told] == [post.pk for post in posts]
    first, later = told
    person = take.new(Holding).get(post=first.subject_id).person_id
    assert first.data == {
        "post": first.subject_id,
        "from_person": None,
        "to_person": person,
        "on": "2026-01-05",
    }
    assert first.due_at == AT
    assert timezone.localdate(later.due_at) == date(2027, 1, 4)
    take.people(worker("赵一", "13812340001", 任职日期="2026-01-05"))
    assert told.count() == 2


def test_a_second_run_adds_nothing_and_a_dry_run_says_the_same_and_writes_nothing(take: Taking) -> None:
    rows = [
        worker("赵一", "13812340001", 登录名="zhaoyi"),
        worker("钱二", "13812340002"),
        worker("", ""),
        worker("", ""),
        worker("孙三"),
        {"单位": "玉兰物业", "单位类别": "物业公司", "岗位类别": "网格员", "姓名": "李四"},
        {"单位": "", "负责区域": "东一社区/7栋", "岗位类别": "楼栋长", "姓名": "周五"},
        worker("钱二", "13812340002"),
    ]
    before = made()
    dry = take.people(*rows, dry_run=True)
    assert (made(), take.passwords, take.new(Person).count()) == (before, [], 0)
    report = take.people(*rows)
    assert balance(report) == balance(dry) == (7, 0, 0, 1)
    counted = (report.organizations, report.posts, report.persons, report.accounts)
    assert counted == (dry.organizations, dry.posts, dry.persons, dry.accounts) == (1, 7, 5, 1)
    stands = made()
    assert balance(take.people(*rows)) == (0, 7, 0, 1)
    assert made() == stands
    assert len(take.passwords) == take.new(Account).count() == 1


def test_posts_that_are_alike_are_told_apart_by_their_holders(take: Taking) -> None:
    take.people(worker("赵一", "13812340001"), worker("钱二", "13812340002"), worker())
    report = take.people(
        worker("孙三", "13812340003"), worker("钱二", "13812340002"), worker("赵一", "13812340001"), worker()
    )
    # The new colleague sits down on the vacant post, and the file says that one more stands empty.
    assert balance(report) == (2, 2, 0, 0)
    assert (report.filled, report.posts, take.new(Post).count()) == (1, 1, 4)


def test_another_holder_is_only_told_unless_the_post_is_to_be_handed_over(take: Taking) -> None:
    take.people(worker("赵一", "13812340001", 任职日期="2026-01-05"))
    changed = worker("钱二", "13812340002", 任职日期="2026-03-02")
    report = take.people(changed)
    assert balance(report) == (0, 0, 1, 0)
    assert take.differing(report) == [(2, "姓名", "赵*", "钱*")]
    assert take.new(Holding).count() == 1
    told = Message.objects.filter(topic=POST_HANDED_OVER).count()
    dry = take.people(changed, dry_run=True, hand_over=True)
    done = take.people(changed, hand_over=True)
    assert balance(dry) == balance(done) == (1, 0, 0, 0)
    assert dry.handed_over == done.handed_over == 1
    first, second = take.new(Holding).select_related("person").order_by("pk")
    assert (first.to_on, second.from_on, second.person.name) == (ON, ON, "钱二")
    assert Message.objects.filter(topic=POST_HANDED_OVER).count() == told + 1
    assert balance(take.people(changed, hand_over=True)) == (0, 1, 0, 0)
    early = worker("孙三", "13812340003", 任职日期="2026-02-01")
    assert take.told(take.people(early, hand_over=True))[0][:2] == (2, "任职日期")


def test_what_the_register_says_otherwise_is_told_masked_and_left(take: Taking) -> None:
    take.people(worker("赵一", "13812340001", 任职日期="2026-01-05", 登录名="zhaoyi"))
    report = take.people(worker("赵一", "13812349999", 任职日期="2026-01-06", 登录名="other"))
    assert balance(report) == (0, 0, 1, 0)
    assert take.differing(report) == [
        (2, "手机", "138****0001", "138****9999"),
        (2, "任职日期", "2026-01-05", "2026-01-06"),
        (2, "登录名", "zhaoyi", "other"),
    ]
    vacant = take.people(worker(""))
    assert balance(vacant) == (0, 0, 1, 0)
    assert take.differing(vacant)[0][1:3] == ("姓名", "赵*")


def test_a_sign_in_is_made_once_and_later_too(take: Taking) -> None:
    take.people(worker("赵一", "13812340001"))
    report = take.people(worker("赵一", "13812340001", 登录名="zhaoyi"))
    assert (balance(report), report.accounts) == ((1, 0, 0, 0), 1)
    (one,) = take.passwords
    account = Account.objects.get(username="zhaoyi")
    assert account.check_password(one.password)
    assert account.initial_until == one.valid_until
    assert (one.row, one.name, one.title) == (2, "赵一", "网格员")
    assert not Entry.objects.filter(data__contains=one.password).exists()


def test_one_person_on_two_posts_is_one_person(take: Taking) -> None:
    report = take.people(
        worker("赵一", "13812340001", 登录名="zhaoyi"),
        worker("赵一", "13812340001", 登录名="zhaoyi", 职务="综治专干"),
        worker("钱二", 登录名="qianer"),
        worker("钱二", 登录名="QianEr", 职务="综治专干"),
        worker("孙三", "023-58000000"),
        worker("李四", "023-58000000"),
    )
    assert balance(report) == (6, 0, 0, 0)
    assert take.new(Person).count() == report.persons == 4
    assert take.new(Account).count() == 2


def test_a_resident_who_left_a_number_is_not_made_staff(take: Taking) -> None:
    resident = register_person(name="赵一", phone="13812340001", actor=BUILDER, at=AT)
    take.people(worker("赵一", "13812340001"))
    assert take.new(Holding).get().person_id != resident.pk


def test_organizations_are_founded_from_what_their_rows_say(take: Taking, town: Town) -> None:
    report = take.people(
        {
            "单位": "七栋业委会",
            "单位类别": "业委会",
            "上级单位": "t-community",
            "岗位类别": "社区干部",
            "姓名": "赵一",
        },
        {"单位": "七栋业委会", "单位类别": "", "上级单位": "", "岗位类别": "社区干部", "姓名": "钱二"},
        {
            "单位": "区交通运输委",
            "单位类别": "部门",
            "上级单位": "",
            "岗位类别": "部门经办人",
            "姓名": "孙三",
        },
        {"单位": "无名处", "单位类别": "", "上级单位": "", "岗位类别": "部门经办人", "姓名": "李四"},
    )
    assert (balance(report), report.organizations) == ((3, 0, 0, 1), 2)
    committee = Organization.objects.get(name="七栋业委会")
    assert committee.parent == town.offices["community"]
    assert Organization.objects.get(code="transport").parent == town.offices["district"]
    assert take.told(report)[0][:2] == (5, "单位")


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (worker("赵一", "12345678901"), "手机", "phone number"),
        (worker("赵一", "138****0001"), "手机", "phone number"),
        (worker("赵一、钱二"), "姓名", "one holder"),
        (worker("13812340001"), "姓名", "no digits"),
        (worker("=HYPERLINK(1)"), "姓名", "formula"),
        (worker("#REF!"), "姓名", "formula"),
        (worker("", "13812340001"), "手机", "Nobody is named"),
        (worker("赵" * 61), "姓名", "60"),
        (worker("赵一", 任职日期="去年"), "任职日期", "not a day"),
        (worker("赵一", 任职日期="2026-02-30"), "任职日期", "not a day"),
        (worker("赵一", 任职日期="1926-02-03"), "任职日期", "can't be"),
        (worker("赵一", 任职日期="2062-02-03"), "任职日期", "can't be"),
        (worker("赵一", 任职日期="2026-03-02", 任期至="2026-03-01"), "任期至", "before the beginning"),
        (worker("赵一", 任职日期="2020-03-02", 任期至="2026-03-01"), "任期至", "has ended"),
        (worker("赵一", 登录名="zhao yi"), "登录名", "letters"),
        (worker("赵一", 岗位类别="网格元"), "岗位类别", "Did you mean “网格员”"),
        (worker("赵一", 岗位类别=""), "岗位类别", "kind of post"),
        (worker("赵一", 单位="东二社区"), "单位", "no organization called"),
        (worker("赵一", 单位类别="社团", 单位="东二社区"), "单位类别", "no kind of organization"),
        (worker("赵一", 负责区域="东一社区/9栋"), "负责区域", "no place called 9栋"),
        (worker("赵一", 负责区域="500102000000"), "负责区域", "No place here has the code"),
        (worker("赵一", 负责区域="西街街道"), "负责区域", "lies outside"),
        (worker("赵一", 岗位类别="楼栋长"), "", "Say which place"),
    ],
)
def test_a_wrong_cell_is_named_with_a_plain_reason(
    take: Taking, row: dict[str, str], column: str, reason: str
) -> None:
    before = made()
    report = take.people(row)
    assert balance(report) == (0, 0, 0, 1)
    ((number, heading, told),) = take.told(report)
    assert (number, heading or "") == (2, column)
    assert reason in str(told)
    assert "13812340001" not in str(told)
    assert made() == before


def test_a_mobile_number_is_one_persons(take: Taking) -> None:
    report = take.people(worker("赵一", "13812340001"), worker("钱二", "13812340001", 职务="综治专干"))
    assert (balance(report), take.told(report)[0][0]) == ((1, 0, 0, 1), 3)
    again = take.people(worker("孙三", "13812340001", 职务="信访专干"))
    assert "another name" in str(take.told(again)[0][2])
    assert "赵" not in str(take.told(again))


def test_a_user_name_is_one_persons(take: Taking) -> None:
    report = take.people(worker("赵一", "13812340001", 登录名="one"), worker("钱二", 登录名="One"))
    assert balance(report) == (1, 0, 0, 1)
    later = take.people(worker("孙三", "13812340003", 登录名="one", 职务="专干"))
    assert [line[1] for line in take.told(later)] == ["登录名"]
    assert take.new(Person).count() == 1


def test_columns_of_levels_make_the_way_down(take: Taking, town: Town) -> None:
    row = {
        "街道": "东街街道",
        "社区": "东一社区",
        "楼栋": "7",
        "岗位": "楼栋长",
        "姓名": "赵一",
        "电话": "13812340001",
    }
    assert balance(take.people(row)) == (1, 0, 0, 0)
    assert take.new(Post).get().place == town.places["building"]


def test_several_places_are_paired_and_compared(take: Taking) -> None:
    row = {"单位": "t-district", "岗位类别": "district_leader", "包片": "东街街道、西街街道", "姓名": "赵一"}
    assert balance(take.people(row)) == (1, 0, 0, 0)
    assert take.new(Post).get().territories.count() == 2
    assert balance(take.people(row)) == (0, 1, 0, 0)
    assert balance(take.people({**row, "包片": "东街街道"})) == (0, 0, 1, 0)


def test_a_batch_of_known_rows_takes_as_many_queries_as_one(take: Taking) -> None:
    rows = [worker(f"员{'甲乙丙丁戊己庚辛壬癸'[n]}", f"1381234000{n}", 登录名=f"user{n}") for n in range(3)]
    take.people(*rows)
    counts = []
    for many in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            assert balance(take.people(*rows[:many])) == (0, many, 0, 0)
        counts.append(len(queries))
    assert counts[0] == counts[1]


NAME = st.sampled_from(["", "赵一", "钱二", "孙三"])
PHONE = st.sampled_from(["", "13812340001", "13812340002", "023-58000000"])
USER = st.sampled_from(["", "", "one", "two"])
TITLE = st.sampled_from(["", "专干"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAME, PHONE, USER, TITLE), max_size=9))
@example(
    [
        ("赵一", "023-58000000", "two", ""),
        ("赵一", "13812340001", "two", ""),
        ("钱二", "023-58000000", "", ""),
        ("赵一", "13812340002", "", "专干"),
        ("钱二", "023-58000000", "one", "专干"),
        ("", "023-58000000", "", ""),
        ("赵一", "13812340002", "", ""),
        ("钱二", "", "one", "专干"),
        ("孙三", "", "two", ""),
    ]
)
def test_whatever_the_rows_a_dry_run_foretells_and_a_second_run_adds_nothing(
    take: Taking, rows: list[tuple[str, str, str, str]]
) -> None:
    told = [worker(name, phone, 登录名=user, 职务=title) for name, phone, user, title in rows]
    told.append(worker("李末", "13812340009"))
    before = transaction.savepoint()
    dry = take.people(*told, dry_run=True)
    first = take.people(*told)
    assert balance(dry) == balance(first)
    assert (dry.posts, dry.persons, dry.accounts) == (first.posts, first.persons, first.accounts)
    stands = made()
    again = take.people(*told)
    assert (again.created, again.rejected, made()) == (0, first.rejected, stands)
    transaction.savepoint_rollback(before)
