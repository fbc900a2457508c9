"""What docs/people.md prints for an empty district works there, command by command."""

import re
from pathlib import Path

from tests.operations.conftest import Empty
from tests.operations.installation import ROOT

PAGE = (ROOT / "docs" / "people.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"cat > (\S+) <<'END'\n(.*?)END\n", PAGE, re.DOTALL))
COMMANDS = re.findall(r"^yuanba (import \S+) (\S+\.csv)$", PAGE, re.MULTILINE)
PEOPLE, ORGANIZATIONS = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
BUILD = "import django; django.setup()\nfrom yuanba.demo.empty import build_empty\nbuild_empty('wanzhou')"


def test_an_empty_district_gets_its_places_offices_and_people_from_the_page(
    empty: Empty, tmp_path: Path
) -> None:
    district = empty()
    district.python(BUILD)
    tables = FILES | {"organizations.csv": ORGANIZATIONS, "people.csv": PEOPLE}
    for name, text in tables.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(COMMANDS) == 2
    after = [("import organizations", "organizations.csv"), ("import people", "people.csv")]
    for command, file in (*COMMANDS, *after):
        told = district.answer(*command.split(), str(tmp_path / file))
        assert (told["created"], told["rejected"]) == (told["rows"], 0), (file, told)
    assert district.answer("audit")["breaches"] == 0
