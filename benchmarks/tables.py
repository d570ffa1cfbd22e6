"""The registry's further tables and its whole main table into the records, against a bare `csv.reader` pass.

Rounds alternate between the two. Ours are `indexer load nppes` for secondary locations, other names and endpoints, on a
copy of records that hold the main table already; and, on an empty database, `--taxonomies all` with `indexer rebuild`.
Each is a process of its own, so that at small sizes most of ours is the time in which it starts.

    python -m benchmarks.tables --rows 50000                         about a minute
    python -m benchmarks.tables --rows 1000000 --into FOLDER
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.loading import BARE, INDEXER, row
from benchmarks.processes import Cost, cost
from benchmarks.registry import FULL_NAME, Registry, header, write
from benchmarks.report import Row
from directory.bootstrap import compose

SPAN = FULL_NAME.partition("npidata_pfile")[2]
WHOLE = "load and index, taxonomies all"


@dataclass(frozen=True, slots=True)
class Files:
    """The main table and, by name, the further ones with their number of rows."""

    main: Path
    rows: int
    further: Mapping[Path, int]


@dataclass(frozen=True, slots=True)
class Round:
    """What the further tables cost, by file, and the whole main table; ours and the bare pass."""

    ours: Mapping[str, Cost]
    bare: Mapping[str, Cost]


def made(folder: Path, rows: int, seed: int) -> Files:
    """A registry's four tables."""
    registry, main = Registry(rows, seed), folder / FULL_NAME
    write(main, header(), registry.full())
    further = {}
    for name, columns, found in registry.other_tables(np.arange(rows)):
        path = folder / f"{name}{SPAN}"
        further[path] = write(path, columns, [found])
    return Files(main, rows, further)


def environment(folder: Path) -> dict[str, str]:
    """Settings of an indexer that keeps everything in the folder."""
    found = os.environ | {
        "DIRECTORY_DATA_DIR": str(folder),
        "DIRECTORY_DATABASE_URL": "",
        "DIRECTORY_ENGINE": "embedded",
    }
    compose(found).maintenance.upgrade()
    return found


def held(files: Files, folder: Path) -> Path:
    """A database with the main table in it."""
    cost((*INDEXER, "load", "nppes", "--accept-old", str(files.main)), environment(folder))
    return folder / "directory.sqlite"


def measured(files: Files, database: Path, folder: Path) -> Round:
    """One round: each further table beside what is held, then the whole main table from nothing."""
    ours, bare = {}, {}
    with tempfile.TemporaryDirectory(dir=folder) as beside, tempfile.TemporaryDirectory(dir=folder) as empty:
        _copy(database, Path(beside) / "directory.sqlite")
        settings = environment(Path(beside))
        for path in files.further:
            bare[path.name] = cost((*BARE, str(path)), settings)
            ours[path.name] = cost((*INDEXER, "load", "nppes", "--accept-old", str(path)), settings)
        settings = environment(Path(empty))
        bare[WHOLE] = cost((*BARE, str(files.main)), settings)
        whole = ("load", "nppes", "--accept-old", "--taxonomies", "all", str(files.main))
        ours[WHOLE] = cost((*INDEXER, *whole), settings) + cost((*INDEXER, "rebuild"), settings)
    return Round(ours, bare)


def rows_of(rounds: Sequence[Round], files: Files) -> list[Row]:
    """A row for each further table, and one for the whole main table."""
    sizes = {path.name: count for path, count in files.further.items()} | {WHOLE: files.rows}
    return [
        row(_titled(name), size, [item.ours[name] for item in rounds], [item.bare[name] for item in rounds])
        for name, size in sizes.items()
    ]


def _titled(name: str) -> str:
    return name if name == WHOLE else f"load of {name.removesuffix(SPAN)}"


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


def main() -> None:
    parser = report.options("tables", __doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="of the main table (default 20,000)")
    parser.add_argument("--into", type=Path, help="Where files and databases go meanwhile; else a temporary folder.")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=chosen.into))
    try:
        files = made(folder, chosen.rows, chosen.seed)
        database = held(files, folder)
        rounds = [measured(files, database, folder) for _ in range(chosen.rounds)]
    finally:
        shutil.rmtree(folder)
    notes = ["The size is rows of the table. Further tables join records that hold the main one, taxonomies of ours."]
    report.write("tables", rows_of(rounds, files), notes, chosen.output, report.about(report.command("tables", chosen)))


if __name__ == "__main__":
    main()
