"""Telling a database that can't be reached from a statement that it refused."""

import logging
import sqlite3

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError

# PostgreSQL's appendix A: an administrator or a crash ended the connection, the server is starting or
# stopping, it has no connection left. Class 08 is the connection itself.
_STATES = frozenset({"57P01", "57P02", "57P03", "53300"})
# https://sqlite.org/rescode.html: another process holds the file past the time we wait, or it can't be opened.
_NAMES = ("SQLITE_BUSY", "SQLITE_CANTOPEN")


def is_away(error: BaseException | None) -> bool:
    """True when the same work may succeed later without any change: the database was not there for it."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "").startswith(_NAMES)
    # A connection that broke, or never came about, leaves no state: the server had no time to say one.
    state = getattr(cause, "sqlstate", None)
    return state is None or state in _STATES or state.startswith("08")


def first_line(error: BaseException) -> str:
    """What the driver said, as one line of a log."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


class OneLine(logging.Filter):
    """Shortens records about a database that is away, where a traceback for every request would bury the reason, and
    about a page that was refused, where nothing is broken that a traceback could show.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_away(error):
            record.msg, record.args = f"{record.getMessage()} ({first_line(error)})", ()
            record.exc_info = record.exc_text = None
        elif isinstance(error, PermissionDenied):
            record.exc_info = record.exc_text = None
        return True
