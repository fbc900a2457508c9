"""A database that is away is told from one that refuses, and waited for without shouting."""

import logging
import sqlite3
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, Error, OperationalError, connection
from django.test import Client

from yuanba.demo.cast import Cast
from yuanba.kernel.away import OneLine, is_away
from yuanba.kernel.worker import IDLE_S, LONGEST_WAIT_S, REMIND_S, Absence


def lost(statement: str, address: str = "") -> Error:
    """What Django makes of a statement that fails on a PostgreSQL session of its own."""
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL server")
    parameters = {
        name: connection.settings_dict[name.upper()] for name in ("host", "port", "user", "password")
    }
    own = address or psycopg.conninfo.make_conninfo(
        **{key: value for key, value in parameters.items() if value}
    )
    with pytest.raises(Error) as caught, connection.wrap_database_errors:
        psycopg.connect(own, autocommit=True).execute(statement)
    return caught.value


def test_an_ended_session_is_a_database_away() -> None:
    assert is_away(lost("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_server_that_is_not_there_is_a_database_away() -> None:
    assert is_away(lost("SELECT 1", "host=127.0.0.1 port=1 user=nobody"))


def test_a_statement_that_takes_too_long_is_refused_not_away() -> None:
    error = lost("SET statement_timeout = 10; SELECT pg_sleep(5)")
    assert isinstance(error, OperationalError)
    assert not is_away(error)


def test_a_file_that_another_holds_or_that_is_gone_is_away(tmp_path: Path) -> None:
    path = tmp_path / "held.sqlite3"
    with sqlite3.connect(path, isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        assert is_away(of_file(path, "CREATE TABLE t (x)"))
    assert is_away(of_file(tmp_path / "no" / "folder.sqlite3", "SELECT 1"))


def of_file(path: Path, statement: str) -> Error:
    """What Django makes of a statement that a file can't take now."""
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(path, timeout=0).execute(statement)
    error = OperationalError(*caught.value.args)
    error.__cause__ = caught.value
    return error


def test_a_statement_nobody_understands_is_refused_not_away(db: None) -> None:
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM there_is_no_such_table")
    assert not is_away(caught.value)


def test_the_worker_tells_once_a_minute_and_waits_longer(caplog: pytest.LogCaptureFixture) -> None:
    now = 100.0
    absence, error = Absence(lambda: now), OperationalError("server closed\nmore\nlines")
    waits = []
    while now < 100 + REMIND_S + LONGEST_WAIT_S:
        waits.append(absence.noticed(error))
        now += waits[-1]
    absence.over()
    absence.over()
    assert waits[:7] == [IDLE_S, 1, 2, 4, 8, LONGEST_WAIT_S, LONGEST_WAIT_S]
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 3
    assert told[0] == told[1] == "the database is away, waiting for it: server closed"
    assert told[2].startswith("the database is back after ")
    assert absence.noticed(error) == IDLE_S


@pytest.mark.parametrize(("error", "whole"), [(OperationalError("gone"), False), (ValueError("bad"), True)])
def test_only_an_absence_is_logged_without_its_traceback(error: Exception, whole: bool) -> None:
    try:
        raise error
    except Exception as raised:
        seen = (type(raised), raised, raised.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "%s failed", ("/desk",), seen)
    assert OneLine().filter(record)
    assert bool(record.exc_info) is whole
    assert record.getMessage() == ("/desk failed" if whole else "/desk failed (gone)")


@pytest.mark.django_db
def test_a_refusal_of_the_back_office_is_one_line(client: Client, cast: Cast) -> None:
    client.force_login(
        cast.seats["street_officer"].account, "allauth.account.auth_backends.AuthenticationBackend"
    )
    log = logging.StreamHandler(said := StringIO())
    log.addFilter(OneLine())
    logging.getLogger("django.request").addHandler(log)
    try:
        assert client.get("/backoffice/login/").status_code == 403
    finally:
        logging.getLogger("django.request").removeHandler(log)
    assert said.getvalue().splitlines() == ["Forbidden (Permission denied): /backoffice/login/"]


def test_what_is_our_own_fault_stays_500(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/")  # without the database fixture every query fails, and not as one that is away
    assert (answer.status_code, answer.has_header("Retry-After")) == (500, False)
