"""Opening the database, and the two ways to use it: a read of one moment, and a write that others wait for."""

import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from directory.domain.errors import InvalidInput, RecordsUnavailable

WAIT_S = 5
"""Longest wait for a lock, a free connection or a server, in seconds; also when to try again."""
_STATEMENT_S = 120
_ABANDONED_S = 30
_BUSY_PAUSE_S = 0.01
_SQLITE_PRAGMAS = (
    # FULL: with NORMAL a power cut could take back a registration that had been acknowledged.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    # 32 MB, since locations are keyed by a hash: a load writes all over the file, and 2 MB would be read over and over.
    "PRAGMA cache_size = -32768",
    # 40 MB: a load writes the same pages again and again, and each check point writes them to the file once more.
    "PRAGMA wal_autocheckpoint = 10000",
)


def open_database(url: str, wait_s: float = WAIT_S) -> Engine:
    """The database that `url` names: `sqlite:///path/to/file` or `postgresql://user@host/name`.

    Nothing is connected yet. `wait_s` is the longest wait for a lock or a free connection. Raises InvalidInput for a
    URL that names neither.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _forkable(_open_sqlite(parsed, wait_s))
    return _forkable(_open_postgresql(parsed, wait_s))


def remember_more(connection: Connection) -> None:
    """For a load, which comes back to every page of the trees that it adds keys to in no order: 256 MB of an SQLite
    file are kept in memory by this process."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -262144")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        known = parsed.drivername.partition("+")[0] in {"sqlite", "postgresql", "postgres"}
    except exc.ArgumentError:
        known = False
    if not known:
        message = "The database URL is not understood: use sqlite:///path/to/file or postgresql://user@host/name."
        raise InvalidInput(message, field="database_url")
    if parsed.drivername.startswith("postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.database in {None, "", ":memory:"}:
        raise InvalidInput("SQLite needs a file: sqlite:///path/to/file.", field="database_url")
    return parsed


def _open_sqlite(url: URL, wait_s: float) -> Engine:
    # The driver sets SQLite's busy timeout from its own.
    engine = create_engine(
        url, connect_args={"timeout": wait_s}, pool_timeout=wait_s, hide_parameters=True, **_json_by_orjson()
    )
    event.listen(engine, "connect", lambda connection, _record: _configure_sqlite(connection, wait_s))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, wait_s: float) -> None:
    # The driver would begin transactions by itself, and only before writing: a read would span several moments.
    connection.isolation_level = None
    _write_ahead(connection, wait_s)
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _write_ahead(connection: sqlite3.Connection, wait_s: float) -> None:
    """SQLite does not wait for another connection where a new file changes its journal, whatever its busy timeout."""
    latest = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > latest:
                raise
            time.sleep(_BUSY_PAUSE_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgresql(url: URL, wait_s: float) -> Engine:
    limits = {"lock_timeout": int(wait_s * 1000), "statement_timeout": _STATEMENT_S * 1000, "timezone": "UTC"}
    arguments = {
        "connect_timeout": WAIT_S,
        "tcp_user_timeout": 2 * WAIT_S * 1000,
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
    }
    return create_engine(
        url,
        connect_args=arguments,
        pool_timeout=wait_s,
        pool_pre_ping=True,
        hide_parameters=True,
        **_json_by_orjson(),
    )


def _json_by_orjson() -> dict[str, Any]:
    return {"json_serializer": lambda value: orjson.dumps(value).decode(), "json_deserializer": orjson.loads}


def _forkable(engine: Engine) -> Engine:
    """A worker process must not use the connections of its parent."""
    held = weakref.ref(engine)

    def leave_to_parent() -> None:
        if (mine := held()) is not None:
            mine.dispose(close=False)

    os.register_at_fork(after_in_child=leave_to_parent)
    return engine


def make_room(engine: Engine) -> None:
    """Makes the folder of an SQLite file. Raises RecordsUnavailable when that is not allowed."""
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return
    try:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder of the database cannot be made: {error.strerror}. Check DIRECTORY_DATABASE_URL."
        raise RecordsUnavailable(message) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the records as of one moment, however long it is used."""
    options = {} if engine.dialect.name == "sqlite" else _SNAPSHOT
    with translated(), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


_SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are all kept when the block ends, and none of them when it raises."""
    with translated(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            limit = f"SET LOCAL idle_in_transaction_session_timeout = '{_ABANDONED_S}s'"
            connection.exec_driver_sql(limit)
        yield connection


@contextmanager
def translated() -> Iterator[None]:
    """Turns what a driver raises into RecordsUnavailable where the database is at fault.

    Other errors keep their type and lose the values that PostgreSQL quotes in them: they may end in a log.
    """
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error) as error:
        if (unavailable := _unavailable(error)) is not None:
            raise unavailable from error
        if isinstance(error, exc.DBAPIError) and (state := getattr(error.orig, "sqlstate", None)):
            kind = RuntimeError(f"{type(error.orig).__name__}, SQLSTATE {state}")
            raise type(error)(error.statement, None, kind, hide_parameters=True) from None
        raise
    except exc.TimeoutError as error:
        raise RecordsUnavailable("The database has no free connection now: try again shortly.") from error


def _unavailable(error: exc.DBAPIError | sqlite3.Error) -> RecordsUnavailable | None:
    original = error.orig if isinstance(error, exc.DBAPIError) else error
    text, state = str(original), getattr(original, "sqlstate", None)
    if state in {"42P01", "42703"} or "no such table" in text or "no such column" in text:
        return RecordsUnavailable("The database is not set up or out of date: run `directory database upgrade`.", 60)
    if state == "53100" or "disk is full" in text:
        return RecordsUnavailable("The disk of the database is full: free some space, then try again.", 60)
    if state in {"55P03", "57014"} or "locked" in text:
        return RecordsUnavailable("The database is busy with another change: try again shortly.", WAIT_S)
    if "malformed" in text or "not a database" in text:
        return RecordsUnavailable("The database file is damaged: restore it from a backup.", 600)
    if _is_outage(error):
        return RecordsUnavailable("The database does not answer: check that it runs and may be written.")
    return None


def _is_outage(error: exc.DBAPIError | sqlite3.Error) -> bool:
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError)
    return isinstance(error, sqlite3.OperationalError)
