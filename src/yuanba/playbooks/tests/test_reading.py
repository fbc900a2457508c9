"""Each kind of slip is named at its line, in a plain sentence; all slips of a file are told at once."""

from dataclasses import dataclass

import pytest
from django.utils import translation

from yuanba.kernel.errors import SeveralInvalid
from yuanba.playbooks.problems import PlaybookInvalid
from yuanba.playbooks.reading import read, read_playbook
from yuanba.playbooks.schema import Playbook


@dataclass(frozen=True)
class Slip:
    """`old` becomes `new`; the problem must stand in the line that then holds `at`, and say `says`."""

    name: str
    old: str
    new: str
    at: str
    says: str


SLIPS = (
    Slip(
        "misspelt key",
        "warn_at: 0.8\n    max_ext",
        "warn_add: 0.8\n    max_ext",
        "warn_add",
        "Did you mean “warn_at”",
    ),
    Slip("strange key", "code: xinhe", "code: xinhe\nzzz: 1", "zzz", "The key “zzz” is not known here"),
    Slip("missing key", "    leads: street\n", "", "- code: heavy", "The key “leads” is missing"),
    Slip(
        "missing section",
        "merge: {source: made-up, confirm_share: 0.5, suggest_within_days: 30}",
        "",
        "code: xinhe",
        "The key “merge” is missing",
    ),
    Slip(
        "key twice",
        "name: 新禾区院坝议事",
        "name: 新禾区院坝议事\nname: 又一个",
        "name: 又一个",
        "stands here twice",
    ),
    Slip("unreadable limit", "handling: 15wd", "handling: 15天", "15天", "A limit is a number and a unit"),
    Slip(
        "limit without unit",
        "handling: 15wd",
        "handling: 15",
        "handling: 15,",
        "A limit is a number and a unit",
    ),
    Slip("bare division code", '"990101"', "990101", "990101", "Text belongs here"),
    Slip("short division code", '"990101"', '"9901"', "9901", "six digits"),
    Slip("choice that is none", "leads: street", "leads: sreet", "sreet", "Did you mean “street”"),
    Slip(
        "power that is none",
        "own: [see, receive, triage",
        "own: [see, recieve, triage",
        "recieve",
        "Did you mean “receive”",
    ),
    Slip(
        "tier that is not there",
        "{tier: heavy, plus: 3wd}",
        "{tier: havy, plus: 3wd}",
        "havy",
        "There is no tier “havy”. Did you mean “heavy”",
    ),
    Slip(
        "department that is not there",
        "department: works",
        "department: work",
        "department: work\n",
        "There is no department “work”. Did you mean “works”",
    ),
    Slip(
        "dispatch to no department",
        "department:inspection",
        "department:inspecton",
        "inspecton",
        "There is no department “inspecton”",
    ),
    Slip(
        "category that is not there",
        "category: [watch]",
        "category: [wach]",
        "wach",
        "There is no category or group",
    ),
    Slip(
        "source that is not there",
        "merge: {source: made-up",
        "merge: {source: madeup",
        "madeup",
        "There is no source “madeup”",
    ),
    Slip(
        "post that is not there",
        "supervised_by: town_head",
        "supervised_by: mayor",
        "mayor",
        "There is no post",
    ),
    Slip("duty that is not there", "duties: [report]", "duties: [reprot]", "reprot", "There is no duty"),
    Slip("code twice", "code: neighbours", "code: roofs", "code: roofs\n        name: 邻里", "stands twice"),
    Slip("word twice", "[邻居, 邻里,", "[邻居, 邻居,", "[邻居, 邻居,", "stands twice"),
    Slip("words run together", "[邻居, 邻里,", "[邻居，邻里,", "邻居，邻里", "plain comma"),
    Slip("code with capitals", "- code: heavy", "- code: Heavy", "Heavy", "small Latin letters"),
    Slip(
        "nothing after the colon",
        "description: 镇里办",
        "description:",
        "description:\n    leads: street",
        "A value is missing",
    ),
    Slip("weights beside 1", "response: 0.2", "response: 0.3", "weights:", "add up to 1"),
    Slip(
        "scores upside down",
        "satisfied: 1, basically: 0.9",
        "satisfied: 0.5, basically: 0.9",
        "satisfaction_scores",
        "can't count less",
    ),
    Slip(
        "small numbers published",
        "publish_at_least: 5",
        "publish_at_least: 3",
        "publish_at_least: 3",
        "must be 5 or more",
    ),
    Slip(
        "share of one",
        "warn_at: 0.8\n    max_extensions: 0",
        "warn_at: 1\n    max_extensions: 0",
        "warn_at: 1\n",
        "must be below 1",
    ),
    Slip("day of no month", "on: 2026-08-15", "on: 2026-08-35", "2026-08-35", "A date belongs here"),
    Slip("yes for true", "working: false", "working: no", "working: no", "true or false"),
    Slip("hours that overlap", '"14:00-18:00"', '"11:00-18:00"', "working_hours", "must not overlap"),
    Slip("hours that are none", '"14:00-18:00"', '"14-18"', "14-18", "09:00-12:00"),
    Slip(
        "bounds that exclude all",
        "power: {at_most: community}",
        "power: {at_least: street, at_most: community}",
        "at_least: street",
        "nothing can ever fit",
    ),
    Slip(
        "extension without a length",
        "    extension_max: 2wd\n",
        "",
        "- code: light",
        "extension_max must say",
    ),
    Slip("lead without department", "        department: works\n", "", "- code: roofs", "must name one"),
    Slip(
        "open complaint about officials",
        "        confidential: true\n",
        "",
        "- code: conduct",
        "must also be confidential",
    ),
    Slip(
        "place no notice has",
        '"{number}：{answer} {link}"',
        '"{number}：{anser} {link}"',
        "{anser}",
        "Did you mean “answer”",
    ),
    Slip(
        "place that reaches into objects",
        '"{number}：{answer} {link}"',
        '"{number.__class__} {link}"',
        "__class__",
        "Braces take one plain name",
    ),
    Slip(
        "brace left open", '"{number}：{answer} {link}"', '"{number：{answer} {link}"', "{number：", "Braces"
    ),
    Slip(
        "logs kept too short",
        "keep: 1y, after: recorded",
        "keep: 3m, after: recorded",
        "keep: 3m",
        "six months",
    ),
    Slip(
        "data nobody forgets",
        "data: voice",
        "data: photo",
        "retention:",
        "Nothing is said about keeping: voice",
    ),
    Slip("steps out of order", "code: warning, name", "code: leader, name", "steps:", "in the order warning"),
    Slip(
        "ladder that goes down",
        "[community, street, district]",
        "[street, community]",
        "[street, community]",
        "The ladder goes up",
    ),
    Slip(
        "list where keys belong",
        "duties:\n  source",
        "duties: []\nspare:\n  source",
        "duties: []",
        "Keys with values belong here",
    ),
    Slip(
        "text where a list belongs",
        "empty_phrases: [高度重视]",
        "empty_phrases: 高度重视",
        "empty_phrases",
        "A list belongs",
    ),
    Slip(
        "five outcomes",
        "  - code: secret_or_privacy",
        "  - code: beyond_duty",
        "code: beyond_duty\n    name: 超出职责",
        "stands twice",
    ),
    Slip("tab", "    name: 大事", "\tname: 大事", "\tname: 大事", "indented with a tab"),
    Slip(
        "full-width colon",
        "name: 新禾区院坝议事",
        "name：新禾区院坝议事",
        "name：新禾区院坝议事",
        "full-width",
    ),
    Slip(
        "bracket left open",
        "[邻居, 邻里,",
        "[邻居, [邻里,",
        "  - code: watch",
        "What breaks off began in line",
    ),
    Slip("alias", "merge: {source: made-up", "merge: &m {source: made-up", "&m", "Anchors and aliases"),
    Slip("tag", "description: 镇里办", "description: !!python/object:os.system 镇里办", "os.system", "Tags"),
    Slip("second document", "\nlevels:", "\n---\nlevels:", "---", "A second document"),
    Slip("directive", "# 虚构的新禾区", "%YAML 1.1\n---\n# 虚构的新禾区", "---", "Directives"),
    Slip(
        "hidden character", "description: 镇里办", "description: 镇\x07里办", "镇\x07里", "control character"
    ),
)


def line_of(text: str, part: str) -> int:
    assert text.count(part) == 1, f"{part!r} stands {text.count(part)} times"
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_a_slip_is_named_at_its_line_in_a_plain_sentence(slip: Slip, made_up_source: str) -> None:
    assert slip.old in made_up_source
    source = made_up_source.replace(slip.old, slip.new, 1)
    with translation.override("en"):
        reading = read(source)
    assert reading.playbook is None
    found = [(problem.line, problem.message) for problem in reading.problems]
    assert any(line == line_of(source, slip.at) and slip.says in message for line, message in found), found
    assert all(message.rstrip(".").count("\n") == 0 and len(message) < 400 for _line, message in found)
    assert all(problem.column >= 1 for problem in reading.problems)


def test_one_slip_is_told_once(made_up_source: str) -> None:
    """A misspelt key is not told a second time as missing."""
    reading = read(made_up_source.replace("leads: street", "leds: street"))
    assert len(reading.problems) == 1


def test_every_slip_of_a_file_is_told_at_once(made_up_source: str) -> None:
    source = (
        made_up_source.replace("leads: street", "leads: sreet")
        .replace("supervised_by: town_head", "supervised_by: mayor")
        .replace("handling: 15wd", "handling: 15天")
        .replace("{anser}", "")
        .replace('"{number}：{answer} {link}"', '"{anser}"')
    )
    with pytest.raises(PlaybookInvalid) as caught:
        read_playbook(source, file="xinhe.yaml")
    lines = [problem.line for problem in caught.value.problems]
    assert len(lines) == 4
    assert lines == sorted(lines)
    assert isinstance(caught.value, SeveralInvalid)
    assert all(error.message.startswith("xinhe.yaml:") for error in caught.value.errors)
    assert caught.value.errors[0].field == "tiers[2].leads"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "empty"),
        (b"# nothing but a comment\n", "empty"),
        (b"[1, 2]", "starts with keys"),
        (b"just words", "starts with keys"),
        ("code: 万州".encode("gb18030"), "not in UTF-8"),
        (b"\xff\xfe\x00", "not in UTF-8"),
        (b"a: " + b"x" * 1_000_001, "larger than 1 MB"),
        (b"- " * 40 + b"1", "nested too deep"),
        (b"a: [" + b"1," * 30_000 + b"1]", "too many values"),
        (b"a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n", "Anchors and aliases"),
        (b'a: "\\ud800"', "control character"),
        (b"? [a]\n: b\n", "A key must be a word"),
    ],
)
def test_what_is_no_playbook_at_all_is_refused_kindly(source: bytes, says: str) -> None:
    with translation.override("en"):
        reading = read(source)
    assert reading.playbook is None
    assert any(says in problem.message for problem in reading.problems), reading.problems


def test_a_byte_order_mark_does_no_harm(made_up_source: str) -> None:
    assert read_playbook(made_up_source.encode("utf-8-sig")) == read_playbook("\ufeff" + made_up_source)


def test_a_playbook_can_not_be_changed(made_up: Playbook) -> None:
    with pytest.raises(ValueError, match="frozen"):
        made_up.tiers[0].name = "别的"  # type: ignore[misc]
