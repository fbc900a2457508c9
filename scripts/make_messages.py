"""Brings src/yuanba/locale/zh_Hans up to date with the texts in code and templates.

Django and xgettext collect the texts; Babel writes the catalogue back sorted and under a header that
never changes, so a diff shows only texts that were added, changed or removed. Nothing is guessed: a
new text comes in empty, and one that is no longer used goes away. Translate what it lists, then run
`scripts/compile_messages.py`. Run: `.venv/bin/python scripts/make_messages.py`; needs GNU gettext.
"""

import contextlib
import io
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "yuanba"
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
IGNORED = ["web/frontend/*", "*/tests/*", "node_modules/*", "*/static/*"]
HEADER = """\
# Simplified Chinese texts of Yuanba. The keys are plain English; scripts/make_messages.py keeps them current.
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def write_catalogue(catalogue: Catalog, target: Path) -> None:
    """Write every living entry, sorted by its English text, under the fixed header."""
    catalogue.obsolete.clear()
    body = io.BytesIO()
    write_po(body, catalogue, width=100, no_location=True, omit_header=True, sort_output=True)
    target.write_text(HEADER + body.getvalue().decode().strip() + "\n", encoding="utf-8")


def collect() -> None:
    """Let Django merge the texts it finds into the catalogue, in place."""
    import django
    from django.core.management import call_command
    from django.core.management.commands.makemessages import Command

    class Exact(Command):
        """Django's own, without guessing a translation from a text that looks alike."""

        def __init__(self) -> None:
            super().__init__()
            self.msgmerge_options = [*Command.msgmerge_options, "--no-fuzzy-matching"]

    django.setup()
    with contextlib.chdir(PACKAGE):
        call_command(
            Exact(),
            locale=["zh_Hans"],
            ignore_patterns=IGNORED,
            no_location=True,
            no_obsolete=True,
            verbosity=0,
        )


def main() -> None:
    if shutil.which("xgettext") is None:
        sys.exit("xgettext was not found. Install GNU gettext (on Debian: apt-get install gettext).")
    os.environ["DJANGO_SETTINGS_MODULE"] = "yuanba.settings"
    with TemporaryDirectory() as scratch:
        os.environ["YUANBA_VAR"] = scratch
        collect()
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans", abort_invalid=True)
    write_catalogue(catalogue, CATALOGUE)
    missing = [message.id for message in catalogue if message.id and not message.string]
    print(f"{len(catalogue)} texts, {len(missing)} without Chinese")
    for text in missing:
        print(f"  {text if isinstance(text, str) else text[0]!r}")


if __name__ == "__main__":
    main()
