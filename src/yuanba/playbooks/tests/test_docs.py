"""The page on writing a playbook lists every key, as the schema has it."""

from pathlib import Path

import pytest

from yuanba.playbooks.describing import key_tables
from yuanba.playbooks.schema import PLACEHOLDERS

PAGE = Path(__file__).resolve().parents[4] / "docs" / "playbooks.md"


@pytest.fixture(scope="module")
def page() -> str:
    if not PAGE.exists():
        pytest.skip("the docs are not beside this installation")
    return PAGE.read_text(encoding="utf-8")


def test_the_page_has_every_key(page: str) -> None:
    """To renew it: put what `python -m yuanba.playbooks.describing` prints under "All keys"."""
    assert page.partition("## All keys\n\n")[2] == key_tables()


def test_the_page_names_every_place_that_a_notice_can_use(page: str) -> None:
    used = {name for places in PLACEHOLDERS.values() for name in places}
    assert [name for name in sorted(used) if f"`{{{name}}}`" not in page] == []
