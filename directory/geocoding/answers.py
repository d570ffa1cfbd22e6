"""What a geocoding service answered, kept in a file, so that no address is asked for twice."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from directory.domain.place import Point

_TABLE = "CREATE TABLE IF NOT EXISTS answer (query TEXT PRIMARY KEY, lat REAL, lon REAL, label TEXT NOT NULL)"
_BUSY_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A service's point and the address it gave with it; `point` is None where it found nothing."""

    point: Point | None
    label: str


class AnswerCache:
    """Answers by query in an SQLite file, or in memory for the path ":memory:". Several processes may share a file.

    A file that cannot be read or written is done without: a cache must not stop a load.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        self._connection = _open(path)

    def get(self, query: str) -> Answer | None:
        """The answer given before, or None."""
        try:
            with self._lock, closing(self._connection.cursor()) as cursor:
                row = cursor.execute("SELECT lat, lon, label FROM answer WHERE query = ?", (query,)).fetchone()
        except sqlite3.Error:
            return None
        if row is None:
            return None
        lat, lon, label = row
        return Answer(None if lat is None else Point(lat, lon), label)

    def put(self, query: str, answer: Answer) -> None:
        """Keep an answer, in place of an older one."""
        lat, lon = (answer.point.lat, answer.point.lon) if answer.point else (None, None)
        try:
            with self._lock, self._connection:
                self._connection.execute(
                    "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", (query, lat, lon, answer.label)
                )
        except sqlite3.Error:
            return

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _open(path: Path | str) -> sqlite3.Connection:
    """The cache's connection; one in memory where the file is damaged or its folder cannot be written."""
    try:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        return _prepared(sqlite3.connect(path, timeout=_BUSY_S, check_same_thread=False))
    except (sqlite3.Error, OSError):
        return _prepared(sqlite3.connect(":memory:", check_same_thread=False))


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(_TABLE)
    return connection
