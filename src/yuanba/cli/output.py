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


def headings(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """What ``--map FIELD=HEADING`` says, as a mapping. Raises click.BadParameter for anything else."""
    pairs = [value.partition("=") for value in values]
    for field, equals, heading in pairs:
        if not (field.strip() and equals and heading.strip()):
            raise click.BadParameter(f"{field}{equals}{heading}: write FIELD=HEADING, as in text=留言详情")
    return {field.strip(): heading.strip() for field, _equals, heading in pairs}


@contextmanager
def failing_plainly() -> Iterator[None]:
    """Turn every expected failure into one plain line on stderr and a non-zero exit code."""
    from django.db import Error

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
        _say_what_ails(error)
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


def _say_what_ails(error: Exception) -> None:
    """One line about a database that is away or not migrated; raises any other error again."""
    from yuanba.kernel.away import first_line, is_away

    if is_away(error):
        click.echo(f"the database does not answer: {first_line(error)}", err=True)
    elif _unmigrated():
        click.echo("the database is not of this version's shape: run yuanba migrate", err=True)
    else:
        raise error


def _unmigrated() -> bool:
    """Whether a table may be missing because migrations have not been run."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def progress(label: str, length: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr; yields a function that takes the total done so far."""
    with click.progressbar(length=length or 0, label=label, file=sys.stderr, show_pos=True) as bar:

        def show(done: int) -> None:
            if length is None:
                bar.length = done
            bar.update(done - bar.pos)

        yield show
