"""How commands speak: one JSON object as the last line for scripts, plain words for people, errors on stderr.

A failing command's object holds ``error``, whatever else it holds.
"""

import errno
import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import gettext as _
from typing import Any, NoReturn, TypeVar

import click

# What SQLite and PostgreSQL say of a table or column that is not there.
_SHAPELESS = re.compile(r"no such (table|column)|(relation|column) .* does not exist|has no column")
F = TypeVar("F", bound=Callable[..., Any])
json_option: Callable[[F], F] = click.option(
    "--json", "as_json", is_flag=True, help=_("Print one JSON object as the last line.")
)


def emit(as_json: bool, data: dict[str, Any], words: str) -> None:
    """Print a command's result: `data` for scripts, `words` for people."""
    click.echo(json.dumps(data, ensure_ascii=False) if as_json else words)


def headings(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """What ``--map FIELD=HEADING`` says, as a mapping. Raises click.BadParameter for anything else."""
    pairs = [value.partition("=") for value in values]
    for field, equals, heading in pairs:
        if not (field.strip() and equals and heading.strip()):
            said = f"{field}{equals}{heading}"
            raise click.BadParameter(_("%(said)s: write FIELD=HEADING, as in text=留言详情") % {"said": said})
    return {field.strip(): heading.strip() for field, _equals, heading in pairs}


def fail(as_json: bool, data: dict[str, Any], words: str) -> NoReturn:
    """Print the result of a command that did its work and found fault, and end with exit code 1."""
    emit(as_json, {"error": words, **data}, words)
    sys.exit(1)


def see(file: object) -> str:
    """A line that leads to a file with more; nothing where there is none."""
    return "\n" + _("See %(file)s") % {"file": file} if file else ""


@contextmanager
def failing_plainly() -> Iterator[None]:
    """Turn every failure into one plain line on stderr, an object with ``error`` for scripts and a non-zero
    exit code.

    What nobody foresaw is told in one line too; with LOG_LEVEL=DEBUG its traceback stands before that.
    """
    try:
        yield
    except BrokenPipeError:
        # Whoever read our output has enough, as in `yuanba … | head`; Python must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        _end({"error": error.format_message()}, error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped."), err=True)
        _end({"error": _("Stopped.")}, 130)
    except Exception as error:
        found = _failure(error)
        click.echo(found["error"], err=True)
        _end(found, 1)


def _end(failure: dict[str, str], code: int) -> NoReturn:
    # Looked for by itself: a command line that can't be read, or settings that can't, leave no other way.
    if "--json" in sys.argv[1:]:
        click.echo(json.dumps(failure, ensure_ascii=False))
    sys.exit(code)


def _failure(error: Exception) -> dict[str, str]:
    """What to say of an exception: ``error`` in one line and, where it is known, ``code`` and ``field``."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import Error

    from yuanba.kernel.errors import DomainError

    if isinstance(error, DomainError):
        return {
            "error": error.message,
            "code": error.code,
            **({"field": error.field} if error.field else {}),
        }
    if isinstance(error, Error):
        return _database_failure(error)
    if isinstance(error, ImproperlyConfigured | CommandError):
        return {"error": _first_line(error)}
    if isinstance(error, OSError) and (error.filename is not None or error.errno == errno.ENOSPC):
        return {"error": ": ".join(filter(None, (str(error.filename or ""), error.strerror)))}
    return _unforeseen(error)


def _database_failure(error: Exception) -> dict[str, str]:
    from yuanba.kernel.away import is_away
    from yuanba.kernel.health import NOT_MIGRATED, not_migrated, not_ready

    if is_away(error):
        words = _("The database does not answer: %(why)s") % {"why": _first_line(error)}
        return {"error": words, "code": "away"}
    if _SHAPELESS.search(str(error)) and not_ready() == NOT_MIGRATED:
        return {"error": not_migrated().message, "code": not_migrated().code}
    return _unforeseen(error)


def _unforeseen(error: Exception) -> dict[str, str]:
    if os.environ.get("LOG_LEVEL") == "DEBUG":
        traceback.print_exception(error)
    what = f"{type(error).__name__}: {_first_line(error)}"
    words = _("Unexpected: %(what)s (LOG_LEVEL=DEBUG shows where)") % {"what": what}
    return {"error": words, "code": "unexpected"}


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


@contextmanager
def progress(label: str, length: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr; yields a function that takes the total done so far."""
    with click.progressbar(length=length or 0, label=label, file=sys.stderr, show_pos=True) as bar:

        def show(done: int) -> None:
            if length is None:
                bar.length = done
            bar.update(done - bar.pos)

        yield show
