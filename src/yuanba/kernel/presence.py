"""Who is at work on the embedded database, so that nobody takes it away from under them.

A lock on a file beside the database says so: shared by every server and worker, alone for who removes it. The
system itself takes the lock from a process that dies, however it dies. Not on the database file: closing
that would also give up the locks of SQLite (https://sqlite.org/howtocorrupt.html, 2.2).
"""

import fcntl
import os
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from yuanba.kernel.errors import NotAllowed

_held: list[int] = []


def embedded_path() -> Path | None:
    """Where the embedded database lies; None with a database server or one in memory."""
    name = str(settings.DATABASES["default"]["NAME"])
    return Path(name) if connection.vendor == "sqlite" and not name.startswith(":") else None


def be_present() -> None:
    """This process works on the database until it ends. Raises `NotAllowed` while somebody removes it."""
    if not _taken(fcntl.LOCK_SH):
        raise NotAllowed(_("The demo is being built anew just now. Try again soon."), code="resetting")


def be_alone() -> None:
    """Nobody else works on the database until this process ends. Raises `NotAllowed` while somebody does."""
    if not _taken(fcntl.LOCK_EX):
        raise NotAllowed(
            _("A server or worker of this district is running. Stop it first. Nothing was changed."),
            code="running",
        )


def _taken(how: int) -> bool:
    path = embedded_path()
    if path is None:
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(path.name + "-inuse"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    _held.append(descriptor)
    return True


def keep_private() -> None:
    """Make the embedded database, or what stands of it, readable by its owner only; the rest follows it."""
    path = embedded_path()
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.chmod(0o600)
