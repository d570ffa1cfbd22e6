"""What every benchmark wrote, as one list of rows: of rows for the same thing, the newest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.report import Curve, Row

LAST_RUN = "suite.json"
"""How the last run of the suite went; it holds no rows."""
_PUBLISHED = (
    "name",
    "size",
    "peer",
    "ours_ms_p50",
    "peer_ms_p50",
    "ratio_p50",
    "ratio_p99",
    "target_p50",
    "target_p99",
    "ratio_p50_least",
    "ratio_p50_most",
    "unit",
    "better",
)


@dataclass(frozen=True, slots=True)
class Written:
    """The content of one file of results."""

    about: dict[str, Any]
    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of results."""

    benchmark: str
    file: str
    written: Written

    @property
    def measured_at(self) -> str:
        return str(self.written.about["measured_at"])


@dataclass(frozen=True, slots=True)
class Entry:
    """A row, and where it comes from."""

    source: Source
    row: Row

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.source.benchmark, self.row.name, self.row.size, self.row.peer


def read(folder: Path) -> tuple[list[Source], list[str]]:
    """Every result below a folder, and what is wrong with those that cannot be read."""
    found: list[Source] = []
    problems: list[str] = []
    for path in sorted(folder.rglob("*.json")):
        if path.name == LAST_RUN:
            continue
        try:
            found.append(_source(path, folder))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            problems.append(f"{path.relative_to(folder)} is not a result: {error}. Measure it again.")
    return found, problems


def _source(path: Path, folder: Path) -> Source:
    written = msgspec.json.decode(path.read_bytes(), type=Written)
    if "measured_at" not in written.about:
        raise msgspec.ValidationError("it does not say when it was measured")
    return Source(path.stem, str(path.relative_to(folder)), written)


def newest(sources: Iterable[Source], order: Sequence[str]) -> list[Entry]:
    """Of rows for the same benchmark, name, size and peer the newest: by benchmark in an order, then as written."""
    found: dict[tuple[str, str, int, str], Entry] = {}
    for source in sorted(sources, key=lambda source: source.measured_at, reverse=True):
        for row in source.written.rows:
            entry = Entry(source, row)
            found.setdefault(entry.key, entry)
    return sorted(found.values(), key=lambda entry: (_place(entry.source.benchmark, order), entry.row.size))


def _place(benchmark: str, order: Sequence[str]) -> tuple[int, str]:
    return (order.index(benchmark) if benchmark in order else len(order), benchmark)


def used(sources: Iterable[Source], entries: Sequence[Entry]) -> list[Source]:
    """The files that any row is taken from."""
    files = {entry.source.file for entry in entries}
    return [source for source in sources if source.file in files]


def published(entries: Sequence[Entry], sources: Iterable[Source]) -> dict[str, object]:
    """The content of `docs/benchmarks.json`."""
    return {
        "rows": [_row(entry) for entry in entries],
        "sources": {source.file: _about(source) for source in used(sources, entries)},
    }


def _row(entry: Entry) -> dict[str, object]:
    fields = {name: getattr(entry.row, name) for name in _PUBLISHED}
    return {"benchmark": entry.source.benchmark, **fields, "source": entry.source.file}


def _about(source: Source) -> Mapping[str, object]:
    return {**source.written.about, "notes": source.written.notes}
