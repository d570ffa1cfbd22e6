"""Rows brought together by number, on disk, since a table may scatter them and holds more than belongs in memory."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from directory.domain.errors import DirectoryError

_MAKE = "CREATE TABLE item (npi TEXT, name TEXT, value BLOB, PRIMARY KEY (npi, name)) WITHOUT ROWID"
_ADD = "INSERT OR IGNORE INTO item VALUES (?, ?, ?)"
_ALL = "SELECT npi, value FROM item ORDER BY npi, name"
Item = tuple[str, str, bytes | None]
"""NPI, a name that tells its values apart, and the value; None where a number is only named."""


class NoRoom(DirectoryError):
    """The folder for temporary files is full or cannot be written."""


class Groups:
    """Values by number, each of its names once: the first counts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.count = 0

    def add(self, items: Iterable[Item]) -> int:
        """How many of these were there already."""
        rows = list(items)
        before = self._connection.total_changes
        self._connection.executemany(_ADD, rows)
        added = self._connection.total_changes - before
        self.count += added
        return len(rows) - added

    def __iter__(self) -> Iterator[tuple[str, list[bytes]]]:
        """Each number with its values, in order of both; without any where it is only named."""
        for npi, rows in groupby(self._connection.execute(_ALL), key=itemgetter(0)):
            yield npi, [value for _, value in rows if value is not None]


@contextmanager
def grouping() -> Iterator[Groups]:
    """Groups in a file that goes afterwards. Raises NoRoom where its folder cannot take it."""
    try:
        with _opened() as groups:
            yield groups
    except (sqlite3.Error, OSError) as error:
        folder = tempfile.gettempdir()
        raise NoRoom(f"Rows cannot be gathered in {folder} ({error}): free it, or set TMPDIR to another.") from error


@contextmanager
def _opened() -> Iterator[Groups]:
    with tempfile.TemporaryDirectory(prefix="registry-") as folder:
        connection = sqlite3.connect(Path(folder) / "groups.sqlite", isolation_level=None)
        try:
            # What is here is made anew after any crash.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_MAKE)
            yield Groups(connection)
        finally:
            connection.close()
