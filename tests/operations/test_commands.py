"""What scripts rely on: exit codes, JSON as the last line of stdout, plain words on stderr."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations.conftest import Empty
from tests.operations.installation import ROOT, Installation

CHECKER = ROOT / "docs" / "check_proof.py"


def first_entry(installation: Installation) -> str:
    return installation.python(
        "import django; django.setup()\n"
        "from yuanba.kernel.journal.models import Entry\n"
        "print(Entry.objects.filter(subject_kind='matter').order_by('id')[0].pk)"
    ).strip()


def checked(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """The proof checker as a stranger runs it: isolated from everything of ours."""
    command = [sys.executable, "-I", str(CHECKER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_verify_counts_entries_and_breaks(reading: Installation) -> None:
    found = reading.answer("verify")
    assert found["broken"] == 0
    assert found["entries"] > 20
    assert found["days"] > 0


def test_verify_fails_when_an_entry_was_changed(district: Installation) -> None:
    district.python(
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "cursor = connection.cursor()\n"
        "postgres = connection.vendor == 'postgresql'\n"
        "cursor.execute('SET session_replication_role = replica' if postgres"
        " else 'DROP TRIGGER kernel_entry_refuse_update')\n"
        "cursor.execute(\"UPDATE kernel_entry SET actor = 'nobody' WHERE id = 3\")"
    )
    done = district.run("verify", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["broken"] >= 1
    assert "does not match its hash" in done.stderr


def test_audit_counts_records_and_breaches(reading: Installation) -> None:
    found = reading.answer("audit")
    assert found["breaches"] == 0
    assert found["checked"] > 5


def test_a_proof_is_checked_by_a_stranger_offline(reading: Installation, tmp_path: Path) -> None:
    proof = reading.answer("prove", first_entry(reading))
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proof), encoding="utf-8")
    assert checked(path).returncode == 0
    assert checked(path, proof["root"].upper()).returncode == 0
    other_root = checked(path, "0" * 64)
    assert other_root.returncode != 0
    assert "not the published one" in other_root.stderr


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("document", lambda text: text.replace("received", "refused")),
        ("hash", lambda text: "0" * 64),
        ("index", lambda index: index + 1),
        ("entries", lambda count: count * 4),
        ("siblings", lambda siblings: siblings[:-1]),
        ("root", lambda text: text[::-1]),
        ("index", lambda index: "first"),
        ("siblings", lambda siblings: None),
    ],
)
def test_a_changed_proof_does_not_hold(
    reading: Installation, tmp_path: Path, name: str, change: object
) -> None:
    proof = reading.answer("prove", first_entry(reading))
    assert proof["siblings"], "a tree of one leaf proves little"
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proof | {name: change(proof[name])}), encoding="utf-8")  # type: ignore[operator]
    done = checked(path)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_the_checker_is_short_and_needs_nothing_of_ours() -> None:
    lines = CHECKER.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
    assert not [line for line in lines if line.startswith(("import yuanba", "from yuanba", "import django"))]


def test_proving_what_is_not_there_fails_plainly(reading: Installation) -> None:
    done = reading.run("prove", "999999999")
    assert done.returncode == 1
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_works_until_it_is_revoked(district: Installation) -> None:
    made = district.answer("apikey", "create", "--scope", "admin", "--scope", "read")
    assert made["scopes"] == ["admin", "read"]
    assert made["key"].startswith(f"yb_{made['prefix']}_")
    assert district.answer("apikey", "revoke", made["prefix"]) == {"revoked": made["prefix"]}


def test_a_key_alone_on_stdout_for_people(district: Installation) -> None:
    done = district.run("apikey", "create", "--scope", "read")
    assert done.stdout.strip().startswith("yb_")
    assert len(done.stdout.splitlines()) == 1


def test_an_unknown_scope_fails_plainly(reading: Installation) -> None:
    done = reading.run("apikey", "create", "--scope", "everything")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_backup_and_restore_say_what_they_did(district: Installation, empty: Empty, tmp_path: Path) -> None:
    archive = tmp_path / "district.tar.gz"
    kept = district.answer("backup", str(archive))
    assert kept["missing"] == 0
    assert kept["bytes"] == archive.stat().st_size
    other = empty()
    restored = other.answer("restore", str(archive), "--without-key")
    assert (restored["rows"], restored["tables"]) == (kept["rows"], kept["tables"])
    assert (restored["broken"], restored["breaches"]) == (0, 0)
    assert restored["same_key"] is False  # another installation has other secrets
    assert restored["entries"] == district.answer("verify")["entries"]


def test_a_restore_whose_names_cannot_be_read_fails_and_says_so(
    district: Installation, empty: Empty, tmp_path: Path
) -> None:
    archive = tmp_path / "district.tar.gz"
    district.answer("backup", str(archive))
    done = empty().run("restore", str(archive), "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["same_key"], told["broken"], told["breaches"]) == (False, 0, 0)
    assert "personal_data_key" in told["error"]


def test_publishing_a_faulty_playbook_reports_as_checking_it_does(
    reading: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text("code: ours\nname: 1\n", "utf-8")
    checked = reading.run("playbook", "check", str(file), "--json")
    published = reading.run("playbook", "publish", str(file), "--json")
    assert published.returncode == checked.returncode == 1
    assert json.loads(published.stdout) == json.loads(checked.stdout)
    assert published.stderr == checked.stderr
    assert len(published.stderr.splitlines()) > 1
    assert all(line.startswith(file.name) for line in published.stderr.splitlines())


def test_a_restore_into_a_living_district_is_refused(district: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "district.tar.gz"
    district.answer("backup", str(archive))
    done = district.run("restore", str(archive), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]
    assert "Traceback" not in done.stderr
    assert district.answer("verify")["broken"] == 0


def test_a_damaged_archive_is_refused_plainly(district: Installation, empty: Empty, tmp_path: Path) -> None:
    archive = tmp_path / "district.tar.gz"
    district.answer("backup", str(archive))
    archive.write_bytes(archive.read_bytes()[:-1000])
    other = empty()
    done = other.run("restore", str(archive))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert other.answer("verify")["entries"] == 0


def test_a_key_is_changed_without_losing_a_name(district: Installation) -> None:
    names = (
        "import django; django.setup()\n"
        "from yuanba.people.models import Person\n"
        "print(sorted(person.name for person in Person.objects.all()))"
    )
    before = district.python(names)
    secret = district.var / "personal_data_key"
    old = secret.read_text()
    secret.write_text("a new secret of the operator's own choosing")
    district.more = {"PERSONAL_DATA_KEYS_OLD": old}
    assert district.answer("rekey")["persons"] > 10
    district.more = {}
    assert district.python(names) == before


def test_the_drawn_flow_is_current(reading: Installation, tmp_path: Path) -> None:
    reading.answer("docs", "flow", str(tmp_path / "flow.md"))
    drawn = (tmp_path / "flow.md").read_text(encoding="utf-8")
    assert drawn == (ROOT / "docs" / "matter-flow.md").read_text(encoding="utf-8")


LABELLED = "subject,text,category\n" + "！,。,甲\n！,。,乙\n" * 20


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("intake", "{here}/there-is-none.csv"), 2),
        (("intake", "{here}"), 2),
        (("intake", "{here}/empty.csv"), 1),
        (("intake", "{here}/junk.npz", "--sheet", "一"), 1),
        (("triage", "train", "{here}/empty.csv"), 1),
        (("triage", "train", "{here}/labelled.csv", "--out", "{here}/m.npz"), 1),
        (("triage", "evaluate", "{here}/labelled.csv", "--model", "{here}/junk.npz"), 1),
        (("playbook", "check", "{here}/junk.npz"), 1),
        (("backup", "{here}/empty.csv/archive.tar.gz"), 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_what_can_not_be_used_is_said_plainly(
    reading: Installation, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "labelled.csv").write_text(LABELLED, encoding="utf-8")
    (tmp_path / "junk.npz").write_bytes(b"junk" * 100)
    done = reading.run(*(argument.format(here=tmp_path) for argument in arguments))
    assert done.returncode == code
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "m.npz").exists()


def test_an_unknown_command_fails(reading: Installation) -> None:
    done = reading.run("conjure")
    assert done.returncode == 2
    assert "conjure" in done.stderr


def test_what_an_english_terminal_takes_in_is_explained_in_the_districts_language(
    district: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "messages.csv"
    file.write_text("留言编号,留言详情,留言时间\n1,玉城家园3栋的路灯坏了,2026-03-01\n", "utf-8")
    district.more["LANG"] = "en_US.UTF-8"
    assert district.answer("intake", str(file), "--source", "mailbox")["created"] == 1
    reasons = district.python(
        "import django; django.setup()\n"
        "from yuanba.matters.models import Suggestion\n"
        "made = Suggestion.objects.get(matter__source='mailbox')\n"
        "print('\\n'.join(why for row in made.proposals for why in row['why']))"
    ).splitlines()
    assert reasons
    assert not [why for why in reasons if re.search("[a-z]{3}", why)]
