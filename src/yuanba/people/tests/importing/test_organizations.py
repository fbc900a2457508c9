"""A list of organizations in whatever order founds each once, under the one above it."""

import pytest
from django.utils.translation import gettext, override

from yuanba.kernel.sheets import open_table
from yuanba.people.importing import write_organizations_template
from yuanba.people.models import Organization, OrganizationKind
from yuanba.people.tests.conftest import Town
from yuanba.people.tests.importing.conftest import Taking, balance, made


def office(name: str, kind: str = "", parent: str = "", **more: str) -> dict[str, str]:
    return {"单位名称": name, "类别": kind, "上级单位": parent, **more}


def test_children_may_stand_before_their_parents_and_twice_adds_nothing(take: Taking, town: Town) -> None:
    rows = [
        office("江岸业委会志愿队", "志愿队", "江岸业委会"),
        office("江岸业委会", "业委会", "江岸物业"),
        office("江岸物业", "物业公司", "t-community"),
        office("区公安局", "区级部门"),
        office("西街街道党工委", "党组织", "", 代表区域="西街街道"),
    ]
    dry = take.organizations(*rows, dry_run=True)
    assert not take.new(Organization).exists()
    report = take.organizations(*rows)
    assert balance(report) == balance(dry) == (5, 0, 0, 0)
    assert take.new(Organization).get(name="江岸业委会志愿队").path.startswith(town.offices["community"].path)
    assert take.new(Organization).get(name="区公安局").code == "police"
    party = take.new(Organization).get(kind=OrganizationKind.PARTY)
    assert (party.place, party.parent) == (town.places["other_street"], town.offices["other_street"])
    assert balance(take.organizations(*rows)) == (0, 5, 0, 0)


def test_a_loop_is_refused_and_says_who_lies_under_whom(take: Taking) -> None:
    report = take.organizations(
        office("甲物业", "物业公司", "乙物业"),
        office("乙物业", "物业公司", "甲物业"),
        office("丙物业", "物业公司", "丙物业"),
        office("丁物业", "物业公司", "无此单位"),
        office("戊物业", "物业公司", "丁物业"),
    )
    assert balance(report) == (0, 0, 0, 5)
    told = [str(line[2]) for line in take.told(report)]
    assert all("lie under each other" in reason for reason in told[:3])
    assert all("no organization called" in reason for reason in told[3:])


def test_a_party_committee_is_not_taken_for_the_office_of_its_place(take: Taking, town: Town) -> None:
    row = office("东街街道办事处", "街道", "t-district", 代表区域="东街街道")
    assert balance(take.organizations(row)) == (0, 0, 0, 1)
    party = office("西街街道党工委", "党组织", "t-other-street", 代表区域="西街街道")
    assert balance(take.organizations(party)) == (1, 0, 0, 0)
    assert balance(take.organizations(office("西街街道", "", "", 单位代码="", 代表区域=""))) == (0, 0, 0, 1)


def test_what_stands_otherwise_is_told(take: Taking) -> None:
    take.organizations(office("江岸物业", "物业公司", "t-community", 办公电话="023-58000001"))
    report = take.organizations(office("江岸物业", "业委会", "t-street", 办公电话="023-58000002"))
    assert balance(report) == (0, 0, 1, 0)
    assert [line[1] for line in take.differing(report)] == ["类别", "上级单位", "办公电话"]
    assert take.new(Organization).get(name="江岸物业").phone == "023-58000001"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (office("", "部门"), "单位名称"),
        (office("新部门", "部们"), "类别"),
        (office("新部门", ""), "单位名称"),
        (office("东二社区居委会", "社区", "t-street"), "代表区域"),
        (office("东一居民委员会", "社区", "t-street", 单位代码="second", 代表区域="东一社区"), "代表区域"),
        (office("东一社区站", "社区", "t-other-street", 代表区域="东一社区"), "代表区域"),
        (office("东街办", "街道", "t-district", 代表区域="东一社区"), "代表区域"),
        (office("新部门", "部门", "t-district", 单位代码="新部门"), "单位代码"),
        (office("新" * 121, "部门"), "单位名称"),
    ],
)
def test_a_wrong_cell_is_named(take: Taking, row: dict[str, str], column: str) -> None:
    before = made()
    row = {"代表区域": "", "单位代码": "", **row}
    report = take.organizations(row)
    assert balance(report) == (0, 0, 0, 1)
    assert take.told(report)[0][:2] == (2, column)
    assert made() == before


def test_the_same_organization_twice_is_taken_once(take: Taking) -> None:
    report = take.organizations(office("江岸物业", "物业公司"), office(" 江岸 物业", "物业公司"))
    assert balance(report) == (1, 0, 0, 1)
    assert "row 2 again" in str(take.told(report)[0][2])


def test_kinds_are_listed_as_the_empty_form_lists_them(take: Taking) -> None:
    with override("zh-hans"):
        form = take.folder / "form.xlsx"
        write_organizations_template(form)
        with open_table(form, sheet=str(gettext("Explanation"))) as table:
            listed = [row.cells[1] for row in table if row.cells[2] in set(OrganizationKind)]
        report = take.organizations(office("新机构", "qqqq"))
        reason = str(take.told(report)[0][2])
    assert len(listed) == len(OrganizationKind)
    assert all(str(kind) in reason for kind in listed)
