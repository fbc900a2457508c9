"""What `serve` and `up` keep running: the web server and, with the embedded database, its worker."""

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from gettext import gettext as _
from importlib import import_module

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from yuanba.cli.speaking import in_the_districts_words
from yuanba.kernel.errors import Away
from yuanba.kernel.files.store import file_store
from yuanba.kernel.following import lead
from yuanba.kernel.health import NOT_MIGRATED, not_migrated, not_ready

STOP_S = 30
WEB_STOP_S = 15
PAUSE_S = 1.0


def serve() -> None:
    """Serve until SIGTERM or SIGINT, on a port that was found free."""
    call_command("collectstatic", interactive=False, verbosity=0)
    embedded = connection.vendor == "sqlite"
    connection.close()
    lead()
    # Threads that each keep their own heap hold 10 MB more in every web process; read when a process starts.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    worker = _KeptWorker() if embedded else None
    _load_what_all_share()
    try:
        # Each request has a language of its own; what runs beside requests has the district's.
        with in_the_districts_words():
            _run_web(workers=1 if embedded else settings.WEB_WORKERS)
    finally:
        if worker is not None:
            worker.stop()


def _load_what_all_share() -> None:
    """Load the code of all pages before the web processes part from this one, so that it lies in memory once:
    32 MB less in each. What is frozen the collector never looks at, and so never copies.
    """
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()


class _KeptWorker:
    """A worker process that is started again when it dies."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, name="worker keeper", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Ask the worker to end after the turn under way; insist after half a minute."""
        self._stopping.set()
        self._keeper.join()
        self._process.terminate()
        try:
            self._process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()

    @staticmethod
    def _start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "yuanba", "worker"], process_group=0)

    def _keep(self) -> None:
        while not self._stopping.wait(PAUSE_S):
            if self._process.poll() is not None:
                words = _("The worker ended with %(code)s; starting another.")
                click.echo(words % {"code": self._process.returncode}, err=True)
                self._process = self._start()


def check_migrated() -> None:
    """Raises `NotAllowed` for a database of another shape; one that is away is waited for."""
    if not_ready() == NOT_MIGRATED:
        raise not_migrated()


def check_files() -> None:
    """Raises `NotAllowed` where stored files are another database's or anybody's to read; a store that is away
    is said in the log and waited for.
    """
    if not not_ready():
        with suppress(Away):
            file_store().claim()


def check_port_free() -> None:
    """Raises ClickException when another program answers where this one shall listen."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((_host(), settings.PORT)) == 0:
            raise click.ClickException(
                _("Port %(port)s is taken by another program; choose another with PORT=8001.")
                % {"port": settings.PORT}
            )


def _host() -> str:
    return os.environ.get("HOST", "127.0.0.1")


def _run_web(workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    # Ctrl-C in a terminal reaches this process alone, which then stops the others: a web process that gets both
    # that and its parent's signal may miss both.
    os.register_at_fork(after_in_child=os.setpgrp)
    detached = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    server = Granian(
        "yuanba.wsgi:application",
        address=_host(),
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=settings.WEB_THREADS,
        backlog=2048,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
        # One that was told before it could listen does not hear; it has nothing under way.
        workers_kill_timeout=WEB_STOP_S,
    )

    @server.on_startup
    def end_with_the_terminal() -> None:
        """Granian would start its processes anew, in a terminal that is gone."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN if detached else server.signal_handler_interrupt)

    server.serve()
