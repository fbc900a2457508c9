"""Draws docs/help/<language>/*.md into src/yuanba/web/help/<language>.json, which ships inside the package.

The running product needs no Markdown library that way. Raw HTML in a page stays text. Traditional Chinese is made from
the simplified. Run: `.venv/bin/python scripts/compile_help.py`.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

from markdown_it import MarkdownIt
from traditional import traditional

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "docs" / "help"
DRAWN = ROOT / "src" / "yuanba" / "web" / "help"
# What is drawn -> what it is made from, and how.
LANGUAGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "en": ("en", str),
    "zh_Hans": ("zh_Hans", str),
    "zh_Hant": ("zh_Hans", traditional),
}
TITLE = re.compile(r"# (.+)\n")
MARKS = re.compile(r"[*`#|]|\]\([^)]*\)|\[")


def draw(source: str) -> dict[str, str]:
    """A page's title, its body as HTML, and its words alone, for searching."""
    first = TITLE.match(source)
    if first is None:
        sys.exit("A help page begins with a line “# Title”.")
    body = source[first.end() :]
    words = " ".join(MARKS.sub(" ", source).split()).casefold()
    return {"title": first[1], "html": _html(body), "words": words}


def _html(body: str) -> str:
    """Links to another page's file become links to its address."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(body)
    for token in tokens:
        for part in token.children or ():
            if part.type == "link_open" and (target := str(part.attrs["href"])).endswith(".md"):
                part.attrs["href"] = f"../{target.removesuffix('.md')}/"
    return reader.renderer.render(tokens, reader.options, {})


def is_fresh(target: Path) -> bool:
    inputs = (*SOURCES.glob("*/*.md"), *Path(__file__).parent.glob("*.py"))
    return target.exists() and target.stat().st_mtime_ns >= max(path.stat().st_mtime_ns for path in inputs)


def main() -> None:
    DRAWN.mkdir(exist_ok=True)
    for language, (source, change) in LANGUAGES.items():
        target = DRAWN / f"{language}.json"
        if is_fresh(target):
            continue
        pages = {
            path.stem: draw(change(path.read_text(encoding="utf-8")))
            for path in sorted((SOURCES / source).glob("*.md"))
        }
        aside = target.with_suffix(".part")
        aside.write_text(json.dumps(pages, ensure_ascii=False, indent=0), encoding="utf-8")
        aside.replace(target)


if __name__ == "__main__":
    main()
