"""The playbook's pages over HTTP: read, written, checked, compared, looked ahead, published."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from yuanba.demo.cast import Cast
from yuanba.kernel.authority import system
from yuanba.kernel.sheets import open_table
from yuanba.matters.drafted import Drafted
from yuanba.matters.tests.test_sort_page import signed_in
from yuanba.playbooks.actions import publish_playbook
from yuanba.playbooks.check import CheckReport
from yuanba.playbooks.models import PlaybookVersion
from yuanba.playbooks.queries import current_playbook, the_draft
from yuanba.playbooks.shipped import shipped_source

SOURCE = shipped_source("wanzhou")
CHANGED = SOURCE.replace("handling: 15wd, total: 20wd", "handling: 12wd, total: 20wd")
DRAFT, PREVIEW, PUBLISH = "/playbook/draft/", "/playbook/draft/preview/", "/playbook/draft/publish/"


def page(client: Client, address: str) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def save(client: Client, source: str, version: int, status: int = 302) -> str:
    answer = client.post(DRAFT, {"version": version, "source": source}, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def arbiter(cast: Cast) -> Client:
    return signed_in(cast, "centre_arbiter")


@pytest.fixture
def operator(cast: Cast) -> Client:
    return signed_in(cast, "operator")


def test_the_same_text_is_checked_once_in_each_language() -> None:
    def checked(language: str) -> CheckReport:
        with override(language):
            return Drafted(1, "code: x", None).report

    assert checked("en") is checked("en")
    assert checked("en").errors[0].message != checked("zh-hans").errors[0].message


def test_the_rules_in_force_are_read_and_taken_away(cast: Cast) -> None:
    client = signed_in(cast, "street_officer")
    shown = page(client, "/playbook/")
    for text in (
        "万州区楼栋工作日",
        "15 working days",
        "要两个以上部门一起办",
        "物业管理与业委会",
        "agree to what is off",
    ):
        assert text in shown
    assert "/playbook/draft/" not in shown
    key = current_playbook().pk
    file = client.get(f"/playbook/editions/{key}/playbook.yaml")
    assert file.content.decode() == SOURCE
    assert 'filename="wanzhou-1.yaml"' in file["Content-Disposition"]
    workbook = client.get(f"/playbook/editions/{key}/playbook.xlsx")
    with open_table(io.BytesIO(b"".join(workbook))) as table:
        assert any("大事" in row.cells for row in table)
    assert client.get("/playbook/editions/999999/").status_code == 404


def test_only_those_who_may_have_the_entry_in_their_navigation(cast: Cast, arbiter: Client) -> None:
    assert 'href="/playbook/"' in page(arbiter, "/desk/")
    assert 'href="/playbook/"' not in page(signed_in(cast, "street_leader"), "/desk/")


def test_whoever_keeps_the_system_finds_no_desk_there(operator: Client) -> None:
    shown = page(operator, DRAFT)
    assert 'href="/playbook/"' in shown
    assert 'href="/desk/"' not in shown


def test_every_finding_leads_to_its_line(arbiter: Client) -> None:
    faulty = SOURCE.replace("department: housing", "department: hosing", 1)
    save(arbiter, faulty, 0)
    shown = page(arbiter, DRAFT)
    line = faulty[: faulty.index("department: hosing")].count("\n") + 1
    assert f'data-line="{line}"' in shown
    assert "There is no department “hosing”. Did you mean “housing”" in shown
    assert "1 fault: it can" in shown
    assert "The draft has faults" in page(arbiter, PREVIEW)
    assert "The draft has faults, so only its lines can be compared." in page(arbiter, f"{DRAFT}changes/")


def test_what_was_typed_on_an_older_version_comes_back_beside_the_other(
    arbiter: Client, operator: Client
) -> None:
    save(operator, CHANGED, 0)
    mine = SOURCE.replace("handling: 5wd", "handling: 4wd", 1)
    shown = save(arbiter, mine, 0, 412)
    assert "handling: 4wd" in shown
    assert "Somebody saved meanwhile" in shown
    assert 'name="version" value="1"' in shown
    draft = the_draft()
    assert draft is not None
    assert draft.source == CHANGED
    save(arbiter, mine, 1)
    draft = the_draft()
    assert draft is not None
    assert draft.source == mine


def test_line_ends_of_browsers_change_nothing(arbiter: Client) -> None:
    save(arbiter, SOURCE.replace("\n", "\r\n"), 0)
    assert "It says the same as the playbook in force." in page(arbiter, DRAFT)
    assert "Nothing changes" in page(arbiter, PREVIEW)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("名字：新禾".encode("gb18030"), "not in UTF-8"),
        (b"x" * 2_000_000, "larger than 1 MB"),
    ],
    ids=["gb18030", "large"],
)
def test_a_file_that_is_none_is_refused_at_its_field(arbiter: Client, content: bytes, says: str) -> None:
    file = SimpleUploadedFile("mine.yaml", content)
    sent = {"version": 0, "source": CHANGED, "file": file}
    answer = arbiter.post(DRAFT, sent, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "handling: 12wd" in answer.content.decode()
    assert the_draft() is None


def test_a_file_takes_the_place_of_the_text(arbiter: Client) -> None:
    file = SimpleUploadedFile("mine.yaml", b"\xef\xbb\xbf" + CHANGED.encode())
    assert arbiter.post(DRAFT, {"version": 0, "source": "x", "file": file}).status_code == 302
    draft = the_draft()
    assert draft is not None
    assert draft.source == CHANGED


@pytest.mark.parametrize(
    "source", ["", "a: &a [x]\nb: *a\n", "\t：\n", "𠮷: 𡈽\n", "<script>alert(1)</script>"]
)
def test_whatever_is_typed_is_kept_and_checked(arbiter: Client, source: str) -> None:
    save(arbiter, source, 0)
    shown = page(arbiter, DRAFT)
    assert "be published yet" in shown
    assert "<script>alert" not in shown


def test_a_sign_that_no_database_keeps_is_refused(arbiter: Client) -> None:
    assert "code: x" in save(arbiter, "code: x\0", 0, 422)
    assert arbiter.post(DRAFT, {"source": "x"}).status_code == 422
    assert arbiter.post(DRAFT, {"version": "²", "source": "x"}).status_code == 422
    assert arbiter.post(f"{DRAFT}anew/", {"version": "x"}).status_code == 412


def test_from_the_draft_to_the_rules_in_force(cast: Cast, arbiter: Client, operator: Client) -> None:
    save(arbiter, CHANGED, 0)
    changes = page(arbiter, f"{DRAFT}changes/")
    assert "<del>15 working days</del>" in changes
    assert "<ins>12 working days</ins>" in changes
    assert "Look at the open matters" in page(arbiter, PREVIEW)
    assert arbiter.post(PREVIEW, {"version": 1}).status_code == 302
    seen = page(arbiter, PREVIEW)
    assert "Publishing is for whoever keeps the playbook" in seen
    assert 'name="reason"' not in seen
    assert 'name="reason"' in page(operator, PREVIEW)
    before = current_playbook()
    assert operator.post(PUBLISH, {"version": 1, "reason": " "}).status_code == 422
    asked = operator.post(PUBLISH, {"version": 1, "reason": "部门说办得到。"})
    assert asked.status_code == 200
    assert current_playbook() == before
    for _twice in range(2):
        done = operator.post(PUBLISH, {"version": 1, "reason": "部门说办得到。", "sure": "yes"})
        assert (done.status_code, done["Location"]) == (302, "/playbook/")
    assert str(current_playbook().playbook.tier("big").limits.handling) == "12wd"
    assert PlaybookVersion.objects.filter(code="wanzhou").count() == 2
    shown = page(arbiter, "/playbook/")
    assert "部门说办得到。" in shown
    assert "运维员" in shown
    what = page(arbiter, f"/playbook/editions/{current_playbook().pk}/")
    assert "<ins>12 working days</ins>" in what


def test_who_publishes_what_somebody_changed_meanwhile_looks_again_and_keeps_the_reason(
    operator: Client,
) -> None:
    save(operator, CHANGED, 0)
    save(operator, CHANGED + "\n", 1)
    answer = operator.post(PUBLISH, {"version": 1, "reason": "部门说办得到。", "sure": "yes"})
    assert answer.status_code == 412
    assert operator.post(PREVIEW, {"version": 2}).status_code == 302
    shown = page(operator, PREVIEW)
    assert 'name="version" value="2"' in shown
    published = operator.post(PUBLISH, {"version": 2, "reason": "部门说办得到。", "sure": "yes"})
    assert published.status_code == 302


def test_publishing_without_looking_ahead_is_refused(operator: Client) -> None:
    save(operator, CHANGED, 0)
    answer = operator.post(PUBLISH, {"version": 1, "reason": "快点", "sure": "yes"})
    assert answer.status_code == 409
    assert current_playbook().edition == 1


def test_an_edition_from_the_command_line_is_told_to_who_is_writing(arbiter: Client) -> None:
    save(arbiter, CHANGED, 0)
    publish_playbook(SOURCE + "# 从命令行\n", actor=system("cli"), at=timezone.now())
    assert "Another edition came into force since this draft was begun" in page(arbiter, DRAFT)


def test_another_district_s_playbook_is_refused_before_it_is_published(arbiter: Client) -> None:
    save(arbiter, shipped_source("haidian"), 0)
    assert "It does not belong here" in page(arbiter, DRAFT)
    arbiter.post(PREVIEW, {"version": 1})
    assert "It does not belong here" in page(arbiter, PREVIEW)


def test_a_draft_is_thrown_away_for_the_text_in_force(arbiter: Client) -> None:
    save(arbiter, CHANGED, 0)
    assert arbiter.post(f"{DRAFT}anew/", {"version": 1}).status_code == 302
    draft = the_draft()
    assert draft is not None
    assert (draft.version, draft.source) == (2, SOURCE)
