"""Where what is held comes from: every load with its file, how it was asked for, what became of each table's rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from directory.registration.loading import LoadFile, LoadRecord

SILENT = timedelta(minutes=2)
"""A load that runs gives a sign of life several times as often."""
_SUMS = ("loaded", "skipped", "deactivated", "rejected")
_CHANGES = ("added", "changed", "unchanged", "older", "withdrawn")
_MAIN = "npidata_pfile"


class State(StrEnum):
    FINISHED = "finished"
    RUNNING = "running"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class LoadStatus:
    """One load. `seconds` is how long it took, interruptions included; None before it is finished. `options` are those
    that were not the usual ones, and the vocabulary that rows were judged by. `tables` sums up the counts by table; for
    a load that is not finished, so far.
    """

    id: int
    file: LoadFile
    state: State
    started_at: datetime
    seen_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    options: Mapping[str, str]
    tables: Mapping[str, Mapping[str, int]]
    counts: Mapping[str, int]


def load_status(record: LoadRecord, now: datetime) -> LoadStatus:
    """How a load stands at this moment."""
    return LoadStatus(
        id=record.id,
        file=record.file,
        state=_state(record, now),
        started_at=record.started_at,
        seen_at=record.seen_at,
        finished_at=record.finished_at,
        seconds=round((record.finished_at - record.started_at).total_seconds(), 1) if record.finished_at else None,
        options=record.options,
        tables=_tables(record.counts),
        counts=record.counts,
    )


def load_lines(load: LoadStatus) -> Iterator[str]:
    """A load for people."""
    file = load.file
    yield f"Load {load.id}: {file.name} of {file.date} (sha256 {file.sha256[:12]}…), {_course(load)}"
    if options := ", ".join(f"{name} {value}" for name, value in load.options.items() if name != "vocabulary"):
        yield f"  with {options}"
    for table, counts in load.tables.items():
        yield f"  {table}: {_rows(counts)}"


def _state(record: LoadRecord, now: datetime) -> State:
    if record.finished_at is not None:
        return State.FINISHED
    return State.INTERRUPTED if now - (record.seen_at or record.started_at) > SILENT else State.RUNNING


def _course(load: LoadStatus) -> str:
    if load.finished_at is not None and load.seconds is not None:
        return f"finished {load.finished_at:%Y-%m-%d %H:%M} UTC after {_duration(load.seconds)}"
    seen = f"{load.seen_at or load.started_at:%Y-%m-%d %H:%M} UTC"
    if load.state is State.RUNNING:
        return f"running, so far as of {seen}:"
    return f"interrupted after {seen}: run the same command again, and it goes on where it was"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _tables(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The sums of each table, under its name; those without one are the main table's."""
    found: dict[str, dict[str, int]] = {}
    for key, count in counts.items():
        table, _, name = key.rpartition(": ")
        if name in ("rows", *_SUMS, *_CHANGES) and " " not in table and ":" not in table:
            found.setdefault(table or _MAIN, {})[name] = count
    return {table: sums for table, sums in found.items() if "rows" in sums}


def _rows(counts: Mapping[str, int]) -> str:
    sums = " + ".join(f"{counts[name]:,} {name}" for name in _SUMS if name in counts)
    changes = ", ".join(f"{counts[name]:,} {name}" for name in _CHANGES if counts.get(name))
    return f"{counts['rows']:,} rows = {sums}" + (f" ({changes})" if changes else "")
