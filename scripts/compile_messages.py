"""Compiles src/yuanba/locale/zh_Hans/LC_MESSAGES/django.po to the .mo beside it, and the same in traditional
characters to zh_Hant, when it is newer.

Babel does it, so no gettext tools are needed. Run: `.venv/bin/python scripts/compile_messages.py`.
"""

import os
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from traditional import traditional

LOCALE = Path(__file__).resolve().parent.parent / "src" / "yuanba" / "locale"
SOURCE = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
CONVERTED = LOCALE / "zh_Hant" / "LC_MESSAGES" / "django.mo"


def is_fresh(target: Path) -> bool:
    newest = max(path.stat().st_mtime_ns for path in (SOURCE, *Path(__file__).parent.glob("*.py")))
    return target.exists() and target.stat().st_mtime_ns >= newest


def convert(catalogue: Catalog) -> None:
    """Put every Chinese text of `catalogue` into traditional characters."""
    for message in catalogue:
        if message.id:
            message.string = _converted(message)


def _converted(message: Message) -> str | tuple[str, ...]:
    if isinstance(message.string, str):
        return traditional(message.string)
    return tuple(traditional(text) for text in message.string)


def write(catalogue: Catalog, target: Path) -> None:
    """Write `target` whole or not at all; a running server may be reading it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    with os.fdopen(descriptor, "wb") as file:
        write_mo(file, catalogue)
    Path(beside).chmod(0o644)
    Path(beside).replace(target)


def main() -> None:
    if is_fresh(SOURCE.with_suffix(".mo")) and is_fresh(CONVERTED):
        return
    try:
        with SOURCE.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
    except PoFileError as error:
        sys.exit(f"{SOURCE}: {error}")
    write(catalogue, SOURCE.with_suffix(".mo"))
    convert(catalogue)
    write(catalogue, CONVERTED)


if __name__ == "__main__":
    main()
