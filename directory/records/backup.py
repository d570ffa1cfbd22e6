"""Backup and restore in a form of its own, the same for every database: lines of JSON, compressed.

First line: what this is. Then, for each table in order of dependence, a line with its columns and a line for each
row in order of its key. Last line: how many rows, and the SHA-256 of all lines between. So a backup made on SQLite
can be restored into PostgreSQL, and equal records have equal checksums wherever they are.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, cast

import orjson
from sqlalchemy import Connection, Date, Engine, Table, delete, func, insert, select

from directory.domain.errors import InvalidInput, RecordsUnavailable
from directory.records.database import reading, writing
from directory.records.schema import SchemaStatus, schema_status, upgrade
from directory.records.tables import METADATA, UtcDateTime, dataset

_FORMAT = "directory-records"
_AT_ONCE = 2_000
_NAMES = {table.name: table for table in METADATA.sorted_tables}


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds. `sha256` (hex) names its rows; `schema` is the migration they fit."""

    rows: int
    sha256: str
    schema: str


def back_up(engine: Engine, path: Path) -> Backup:
    """Writes all records as of one moment; nobody has to stop meanwhile. The file appears only when it is whole.

    Raises InvalidInput when the file exists or cannot be written, RecordsUnavailable when the records cannot be read.
    """
    if path.exists():
        raise InvalidInput(f"{path} exists: choose another name, a backup is never overwritten.", "file")
    schema = _current(schema_status(engine)).current
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _created(draft) as raw, reading(engine) as connection, gzip.open(raw, "wb", compresslevel=6) as out:
            made = _write(connection, cast("IO[bytes]", out), schema)
            out.close()
            _settle_file(raw)
        draft.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.", "file") from error
    finally:
        draft.unlink(missing_ok=True)
    return made


def restore(engine: Engine, path: Path) -> Backup:
    """Fills an empty database from a backup: all of it, or nothing. Indices are to be rebuilt afterwards.

    Raises InvalidInput when the file is damaged or of another version, or the database holds anything.
    """
    found = _verified(path)
    upgrade(engine)
    head = _current(schema_status(engine)).head
    if found.schema != head:
        message = f"This backup is of version {found.schema}, this program of {head}: restore it with its own version."
        raise InvalidInput(message, "file")
    with writing(engine) as connection:
        _check_empty(connection)
        connection.execute(delete(dataset))
        _read(connection, path)
        _continue_numbering(connection)
        if checksum(connection)[0] != found.sha256:
            raise RecordsUnavailable("The database did not keep what was written: nothing was restored.", 600)
    return found


def checksum(connection: Connection) -> tuple[str, int]:
    """SHA-256 (hex) over every row of every table, and their number. Equal records have equal checksums."""
    digest, rows = hashlib.sha256(), 0
    for line, is_row in _lines(connection):
        digest.update(line)
        rows += is_row
    return digest.hexdigest(), rows


def _created(path: Path) -> IO[bytes]:
    # A backup holds what people asked to have hidden: nobody else on the machine reads it.
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _settle_file(raw: IO[bytes]) -> None:
    raw.flush()
    os.fsync(raw.fileno())


def _write(connection: Connection, out: IO[bytes], schema: str) -> Backup:
    header = {"format": _FORMAT, "schema": schema, "created_at": datetime.now(UTC)}
    out.write(orjson.dumps(header) + b"\n")
    digest, rows = hashlib.sha256(), 0
    for line, is_row in _lines(connection):
        digest.update(line)
        out.write(line)
        rows += is_row
    out.write(orjson.dumps({"rows": rows, "sha256": digest.hexdigest()}) + b"\n")
    return Backup(rows, digest.hexdigest(), schema)


def _lines(connection: Connection) -> Iterator[tuple[bytes, bool]]:
    """Each line, and whether it is a row."""
    streaming = connection.execution_options(yield_per=_AT_ONCE)
    for table in METADATA.sorted_tables:
        yield orjson.dumps({"table": table.name, "columns": table.columns.keys()}) + b"\n", False
        for row in streaming.execute(select(table).order_by(*table.primary_key.columns)):
            yield orjson.dumps(list(row), option=orjson.OPT_SORT_KEYS) + b"\n", True


def _verified(path: Path) -> Backup:
    """What a backup says of itself, once every line of it was read and its checksum found right."""
    digest, rows, lines = hashlib.sha256(), 0, _file_lines(path)
    header = _parsed(next(lines, b""))
    if header.get("format") != _FORMAT:
        raise InvalidInput(f"{path} is not a backup of these records.", "file")
    last = b""
    for line in lines:
        if last:
            digest.update(last)
            rows += last.startswith(b"[")
        last = line
    if _parsed(last) != {"rows": rows, "sha256": digest.hexdigest()}:
        raise InvalidInput(f"{path} is damaged or cut off: use another backup.", "file")
    return Backup(rows, digest.hexdigest(), str(header["schema"]))


def _file_lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as lines:
            yield from lines
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{path} cannot be read to its end: {error}.", "file") from error


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _read(connection: Connection, path: Path) -> None:
    table, rows = dataset, list[dict[str, Any]]()
    for line in _file_lines(path):
        value = orjson.loads(line)
        if isinstance(value, list):
            rows.append({column.name: _typed(column.type, item) for column, item in zip(table.c, value, strict=True)})
        if rows and (isinstance(value, dict) or len(rows) == _AT_ONCE):
            connection.execute(insert(table), rows)
            rows = []
        if isinstance(value, dict):
            table = _NAMES.get(value.get("table", ""), table)


def _typed(kind: Any, value: Any) -> Any:
    if value is not None and isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(kind, Date):
        return date.fromisoformat(value)
    return value


def _check_empty(connection: Connection) -> None:
    for table in METADATA.sorted_tables:
        if table is not dataset and connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise InvalidInput("This database holds records: restore into an empty one.", "database_url")


def _continue_numbering(connection: Connection) -> None:
    """PostgreSQL's counters do not follow rows that bring their number along."""
    if connection.dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        counter = _counter(connection, table)
        if counter is not None:
            highest = func.coalesce(func.max(table.c.id), 0) + 1
            connection.execute(select(func.setval(counter, highest, False)).select_from(table))


def _counter(connection: Connection, table: Table) -> str | None:
    if table.autoincrement_column is None:
        return None
    name = table.autoincrement_column.name
    return cast("str | None", connection.execute(select(func.pg_get_serial_sequence(table.name, name))).scalar_one())


def _current(status: SchemaStatus) -> SchemaStatus:
    if not status.up_to_date:
        raise RecordsUnavailable("The database is not set up or out of date: run `directory database upgrade`.", 60)
    return status
