"""How commands speak: one JSON object as the last line for scripts, plain words for people, errors on stderr."""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
json_option: Callable[[F], F] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object as the last line."
)


def emit(as_json: bool, data: dict[str, Any], words: str) -> None:
    """Print a command's result: `data` for scripts, `words` for people."""
    click.echo(json.dumps(data, ensure_ascii=False) if as_json else words)


@contextmanager
def failing_plainly() -> Iterator[None]:
    """Turn every expected failure into one plain line on stderr and a non-zero exit code."""
    from django.db import Error

    from yuanba.kernel.away import first_line, is_away
    from yuanba.kernel.errors import DomainError

    try:
        yield
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except DomainError as error:
        click.echo(f"{error.field}: {error.message}" if error.field else error.message, err=True)
        sys.exit(1)
    except Error as error:
        if not is_away(error):
            raise
        click.echo(f"the database does not answer: {first_line(error)}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has enough, as in `yuanba … | head`; Python must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.filename is None and error.errno != errno.ENOSPC:
            raise
        click.echo(": ".join(filter(None, (error.filename, error.strerror))), err=True)
        sys.exit(1)


@contextmanager
def progress(label: str, length: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr; yields a function that takes the total done so far."""
    with click.progressbar(length=length or 0, label=label, file=sys.stderr, show_pos=True) as bar:

        def show(done: int) -> None:
            if length is None:
                bar.length = done
            bar.update(done - bar.pos)

        yield show
