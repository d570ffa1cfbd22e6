"""The first load of an SQLite file goes on without the indices that nobody needs meanwhile.

A sorted pass over whole tables makes them in a third of the time that keeping them up takes, in random order and row by
row. Whoever goes on where such a load was killed makes them first. Queries are right without them, only slow: until
then there is nothing to find, and searches read no table.
"""

from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine

from directory.records.database import reading, writing
from directory.records.tables import clinic_site, evidence, role

_DEFERRED = tuple(
    index
    for column in (role.c.npi, role.c.location_id, clinic_site.c.location_id, evidence.c.role_id, evidence.c.site_id)
    for index in column.table.indexes
    if list(index.columns) == [column]
)
_ENDING_S = 3
"""Longest that what is left of a killed load takes to end."""


class Unindexed:
    """The indices are missing as long as this is held, and nobody else makes them."""

    def __init__(self, lock: FileLock) -> None:
        self._lock = lock

    @staticmethod
    def begin(connection: Connection) -> "Unindexed | None":
        """Drops them where tables are empty; None where another load holds them dropped, and for other databases."""
        lock = _lock(connection.engine)
        if lock is None:
            return None
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        for index in _DEFERRED:
            index.drop(connection, checkfirst=True)
        return Unindexed(lock)

    def end(self, engine: Engine) -> None:
        """Makes them, each in a change of its own, so that others who write wait for one at most."""
        _make(engine)
        self._lock.release()

    def end_within(self, connection: Connection) -> None:
        """Makes them in a change that needs them. Should it fail, they are missing still, and the load with it."""
        for index in _DEFERRED:
            index.create(connection, checkfirst=True)
        self._lock.release()


def make_missing(engine: Engine) -> None:
    """Makes indices that a killed load has left out, unless a load is at work without them."""
    lock = _lock(engine)
    if lock is None or not _any_missing(engine):
        return
    try:
        with lock.acquire(timeout=_ENDING_S):
            _make(engine)
    except Timeout:
        return


def _make(engine: Engine) -> None:
    for index in _DEFERRED:
        with writing(engine) as connection:
            index.create(connection, checkfirst=True)


def _any_missing(engine: Engine) -> bool:
    """False, too, where there is no table yet."""
    with reading(engine) as connection:
        held = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    return role.name in held and any(index.name not in held for index in _DEFERRED)


def _lock(engine: Engine) -> FileLock | None:
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return None
    file = Path(engine.url.database)
    return FileLock(file.with_name(f"{file.name}.loading"), thread_local=False)
