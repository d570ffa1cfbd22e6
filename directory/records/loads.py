"""The book of loads: which file was loaded when, and whether another may be."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from directory.domain.errors import InvalidInput
from directory.records.keyed import AnyRow
from directory.records.tables import dataset, load
from directory.registration.loading import AlreadyLoaded, Dataset, LoadFile, LoadRecord, OutOfOrder


def latest_loads(connection: Connection, limit: int) -> tuple[LoadRecord, ...]:
    """The latest loads, newest first."""
    rows = connection.execute(select(load).order_by(load.c.id.desc()).limit(limit))
    return tuple(_record(row) for row in rows)


def open_load(
    connection: Connection,
    held: Dataset,
    file: LoadFile,
    options: Mapping[str, str],
    *,
    allow_older: bool,
    repeat: bool,
) -> LoadRecord:
    """A new load, or the one of this very file that was cut off. Raises as `Loading.begin` says."""
    _claim(connection, held)
    before = tuple(_loads_of(connection, file.source))
    of_file = [item for item in before if (item.file.sha256, item.file.date) == (file.sha256, file.date)]
    # With other options in between, what these would leave is not what is held.
    same = of_file[-1] if of_file and of_file[-1].options == options else None
    if same and same.finished_at is None:
        return same
    if same and not repeat:
        raise AlreadyLoaded(same)
    if not allow_older:
        _check_order(file, (*before, *_with_its_table(connection, file)))
    return _insert(connection, file, options)


def note_progress(connection: Connection, load_id: int, counts: Mapping[str, int]) -> None:
    """Notes how far a load is, and that it is alive."""
    seen = {"seen_at": datetime.now(UTC), "counts": dict(counts)}
    connection.execute(update(load).where(load.c.id == load_id).values(seen))


def close_load(connection: Connection, load_id: int, counts: Mapping[str, int]) -> LoadRecord:
    """Notes the end of a load and what it counted."""
    ended = {"finished_at": datetime.now(UTC), "counts": dict(counts)}
    connection.execute(update(load).where(load.c.id == load_id).values(ended))
    return _record(connection.execute(select(load).where(load.c.id == load_id)).one())


def _claim(connection: Connection, wanted: Dataset) -> None:
    held = connection.execute(select(dataset.c.kind).with_for_update()).scalar_one()
    if held is None:
        connection.execute(update(dataset).values(kind=wanted.value))
    elif held != wanted:
        message = (
            f"This database holds {held} records, and {wanted.value} records never join them: "
            "give another database by DIRECTORY_DATABASE_URL."
        )
        raise InvalidInput(message, field="database_url")


def _with_its_table(connection: Connection, file: LoadFile) -> Iterator[LoadRecord]:
    """Loads of whole archives that brought the table of which the file holds nothing else. What a newer one took back
    left no day behind by which an older row would be seen to be older."""
    table = file.table
    for record in _loads_of(connection, file.origin) if table else ():
        if any(name.startswith(f"{table}: ") for name in record.counts):
            yield record


def _check_order(file: LoadFile, before: Sequence[LoadRecord]) -> None:
    finished = [item.file for item in before if item.finished_at is not None]
    newest = max(finished, key=lambda item: item.date, default=None)
    if newest is not None and file.date < newest.date:
        same = "" if newest.source == file.source else f" with a newer {file.table}"
        message = (
            f"{file.name} is of {file.date}, but {newest.name} of {newest.date} was loaded before{same}: "
            "load files in the order of their dates."
        )
        raise OutOfOrder(message, field="file")


def _loads_of(connection: Connection, source: str) -> Iterator[LoadRecord]:
    for row in connection.execute(select(load).where(load.c.source == source).order_by(load.c.id)):
        yield _record(row)


def _insert(connection: Connection, file: LoadFile, options: Mapping[str, str]) -> LoadRecord:
    now = datetime.now(UTC)
    values = {
        "source": file.source,
        "file_name": file.name,
        "sha256": file.sha256,
        "file_date": file.date,
        "started_at": now,
        "seen_at": now,
        "counts": {},
        "options": dict(options),
    }
    return _record(connection.execute(insert(load).values(values).returning(load)).one())


def _record(row: AnyRow) -> LoadRecord:
    file = LoadFile(row.source, row.file_name, row.sha256, row.file_date)
    return LoadRecord(
        row.id, file, row.started_at, row.finished_at, row.counts, row.options or {}, row.seen_at or row.started_at
    )
