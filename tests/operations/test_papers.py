"""Documents that must keep up with the code."""

import json
import re
import tomllib
from itertools import chain

import pytest

from tests.operations.installation import ROOT

DOCS = ROOT / "docs"
SOURCES = sorted((ROOT / "src" / "yuanba").rglob("*.py"))


def declared() -> list[str]:
    """Every dependency the project files name, runtime, development and front end."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [
        *project["project"].get("optional-dependencies", {}).values(),
        *project["dependency-groups"].values(),
    ]
    wanted = [*project["project"]["dependencies"], *chain.from_iterable(groups)]
    python = [re.match(r"[A-Za-z0-9_.-]+", line)[0] for line in wanted]  # type: ignore[index]
    frontend = json.loads((ROOT / "src/yuanba/web/frontend/package.json").read_text(encoding="utf-8"))
    return [*python, *frontend.get("dependencies", {}), *frontend.get("devDependencies", {})]


@pytest.mark.parametrize("name", declared())
def test_every_dependency_has_its_line(name: str) -> None:
    assert f"\n| {name} |" in (DOCS / "dependencies.md").read_text(encoding="utf-8")


def test_every_setting_is_explained() -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    read = re.compile(r"""(?:environ(?:\.get)?[(\[]|_flag\(|_list\()\s*["']([A-Z_]+)["']""")
    names = {
        name
        for path in SOURCES
        if "/tests/" not in str(path)
        for name in read.findall(path.read_text("utf-8"))
    }
    assert len(names) > 10
    assert not [name for name in names - {"DJANGO_SETTINGS_MODULE"} if f"`{name}`" not in text]


@pytest.mark.parametrize(
    "path", sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")]), ids=lambda path: path.name
)
def test_links_lead_somewhere(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    links = re.findall(r"\]\(([^)#\s]+)", text)
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert not [link for link in local if not (path.parent / link).exists()]  # type: ignore[attr-defined]


def test_every_decision_is_listed() -> None:
    listed = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert not [path.name for path in (DOCS / "decisions").glob("0*.md") if path.name not in listed]
