"""Rules that hold for every template of every room."""

import json
import re
from pathlib import Path

import pytest

from yuanba.web.samples import STATES

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
COMPONENTS = [path for path in TEMPLATES if "cotton" in path.parts]
ICONS = json.loads((PACKAGE / "web" / "frontend" / "icons.json").read_text(encoding="utf8"))

INLINE = re.compile(
    r"""\sstyle=|<style|<script(?![^>]*\s(?:src=|type="application/json"))|\son[a-z]+=|javascript:""",
    re.IGNORECASE,
)
ICON_TAG = re.compile(r"""\{%\s*icon\s+["']([\w-]+)["']""")
ICON_ATTRIBUTE = re.compile(r"""<c-[^>]*?\sicon(?:_after)?=["']([\w-]+)["']""", re.DOTALL)
NAME_ATTRIBUTE = re.compile(r"""<c-icon[^>]*?\sname=["']([\w-]+)["']""", re.DOTALL)


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_carries_style_or_script_of_its_own(path: Path) -> None:
    found = INLINE.search(re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf8")))
    assert found is None, found


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_every_icon_named_is_in_the_set(path: Path) -> None:
    source = path.read_text(encoding="utf8")
    named = {name for rule in (ICON_TAG, ICON_ATTRIBUTE, NAME_ATTRIBUTE) for name in rule.findall(source)}
    assert named <= set(ICONS)


def test_every_state_of_a_matter_has_a_drawing() -> None:
    assert {f"state-{state}" for state, _label in STATES} <= set(ICONS)


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "web" / "templates" / "cotton").rglob("*.html")), ids=relative
)
def test_every_component_says_how_it_is_used(path: Path) -> None:
    assert "{#" in path.read_text(encoding="utf8")[:200]
