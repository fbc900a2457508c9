"""Compiles every src/yuanba/locale/*/LC_MESSAGES/django.po to the .mo beside it, when it is newer.

Babel does it, so no gettext tools are needed. Run: `.venv/bin/python scripts/compile_messages.py`.
"""

import os
import sys
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

LOCALE = Path(__file__).resolve().parent.parent / "src" / "yuanba" / "locale"


def is_fresh(source: Path, target: Path) -> bool:
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns


def compile_catalogue(source: Path, target: Path) -> None:
    """Write `target` whole or not at all; a running server may be reading it."""
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    descriptor, beside = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    with os.fdopen(descriptor, "wb") as file:
        write_mo(file, catalogue)
    Path(beside).chmod(0o644)
    Path(beside).replace(target)


def main() -> None:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if is_fresh(source, target):
            continue
        try:
            compile_catalogue(source, target)
        except PoFileError as error:
            sys.exit(f"{source}: {error}")


if __name__ == "__main__":
    main()
