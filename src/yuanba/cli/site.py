"""``up``, ``migrate``, ``serve``, ``worker``, ``demo``: a running district."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from yuanba.cli.output import emit, json_option


@click.command("migrate", help="Bring the database to this version's shape.")
@json_option
def migrate_command(as_json: bool) -> None:
    _migrate()
    emit(as_json, {"migrated": True}, "the database is up to date")


def _migrate() -> None:
    Path(settings.VAR).mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)


@click.command("makemigrations-check", help="Fail when a model has changed without a migration.")
def makemigrations_check_command() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@click.command("demo", help="Build the demo district in an empty database.")
@click.option("--reset", is_flag=True, help="Remove the embedded database first and start over.")
@json_option
def demo_command(reset: bool, as_json: bool) -> None:
    from yuanba.demo.district import build_demo

    if reset:
        _remove_embedded()
    _migrate()
    built = build_demo()
    emit(as_json, {"matters": built.matters, "people": len(built.people)}, built.words)


def _remove_embedded() -> None:
    if connection.vendor != "sqlite":
        raise click.UsageError("--reset removes the embedded database only; empty another one yourself")
    connection.close()
    path = Path(settings.DATABASES["default"]["NAME"])
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@click.command("up", help="Everything for a first look: database, demo district, web server and worker.")
def up_command() -> None:
    from yuanba.people.models import Account

    _migrate()
    call_command("collectstatic", interactive=False, verbosity=0)
    if not Account.objects.exists():
        _populate()
    _greet()
    _serve()


def _populate() -> None:
    if settings.DEMO:
        from yuanba.demo.district import build_demo

        click.echo("building the demo district …", err=True)
        click.echo(build_demo().words, err=True)
    else:
        from yuanba.demo.empty import build_empty

        click.echo(build_empty(), err=True)


def _greet() -> None:
    click.echo(f"\nyuanba is at {settings.BASE_URL}\n")
    if settings.DEMO:
        from yuanba.demo.district import introduction

        click.echo(introduction())


@click.command("serve", help="Run the web server; with the embedded database, its worker as well.")
def serve_command() -> None:
    _serve()


def _serve() -> None:
    _check_port_free()
    embedded = connection.vendor == "sqlite"
    connection.close()
    worker = subprocess.Popen([sys.executable, "-m", "yuanba", "worker"]) if embedded else None
    try:
        _run_web(workers=1 if embedded else int(os.environ.get("WEB_WORKERS", "2")))
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=30)


def _check_port_free() -> None:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((_host(), settings.PORT)) == 0:
            raise click.ClickException(
                f"port {settings.PORT} is taken by another program; choose one with PORT=8001 make run"
            )


def _host() -> str:
    return os.environ.get("HOST", "127.0.0.1")


def _run_web(workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "yuanba.wsgi:application",
        address=_host(),
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=int(os.environ.get("WEB_THREADS", "4")),
        backlog=2048,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


@click.command("worker", help="Deliver notices, make suggestions, watch the clocks, until stopped.")
def worker_command() -> None:
    from yuanba.kernel.worker import run_worker

    run_worker()
