"""A registry file from the disk to searchable listings, against a bare `csv.reader` pass over the same file.

Rounds alternate between the two. Ours is `indexer load nppes --rebuild` as a process of its own, on an empty database,
and then once more its index alone by `indexer rebuild`; then the week after goes in by a load and `indexer sync` while
another process's searches go on. Processor time is given beside elapsed time, since it says more where a machine has
other work.

    python -m benchmarks.loading --rows 300000                      a few minutes
    python -m benchmarks.loading --rows 9000000 --changes 50000 --rounds 5 --into FOLDER        about 11 GB there
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import report
from benchmarks.processes import Cost, cost, repeated, running
from benchmarks.registry import FULL_NAME, WEEK_NAME, Registry, header, write
from benchmarks.report import Curve, Row
from directory.bootstrap import compose
from directory.domain.errors import DirectoryError
from directory.search.query import Query

PEER, TARGET, WEEK_TARGET_MS = "csv.reader, one pass", 2.5, 5_000.0
INDEXER = (sys.executable, "-c", "from indexer.cli import main; main()")
# A bare interpreter: with our imports it would be slower, and we look faster than we are.
_PASS = "import csv, sys\nfor _ in csv.reader(open(sys.argv[1], encoding='utf-8', newline='')): pass"
BARE = (sys.executable, "-I", "-S", "-c", _PASS)
LOAD = (*INDEXER, "load", "nppes", "--accept-old")
_PAUSE_S = 0.01
_SETTLED_S = 5.0
"""A follower has started by then."""


@dataclass(slots=True)
class Reads:
    """Searches made while something else went on, and those that failed."""

    answered: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: the bare pass, the load of the whole file with its index, the index once more from the records, and
    the week after, by a load and a sync and, in seconds, by a load while a sync follows."""

    peer: Cost
    first: Cost
    rebuild: Cost
    week: Cost
    followed_s: float
    reads: Reads


def measured(full: Path, week: Path) -> Round:
    """One round on an empty database."""
    with tempfile.TemporaryDirectory(dir=full.parent) as folder:
        environment = settings(Path(folder) / "first")
        bare = cost((*BARE, str(full)), environment)
        first = cost((*LOAD, "--rebuild", str(full)), environment)
        rebuild = cost((*INDEXER, "rebuild"), environment)
        shutil.copytree(Path(folder) / "first", Path(folder) / "again")
        with searching(environment) as reads:
            later = cost((*LOAD, str(week)), environment) + cost((*INDEXER, "sync"), environment)
        followed = followed_s(week, settings(Path(folder) / "again"))
        return Round(bare, first, rebuild, later, followed, reads)


def settings(folder: Path) -> dict[str, str]:
    """The environment of an indexer that keeps everything in the folder."""
    environment = os.environ | {"DIRECTORY_DATA_DIR": str(folder), "DIRECTORY_ENGINE": "embedded"}
    compose(environment).maintenance.upgrade()
    return environment


def followed_s(week: Path, environment: dict[str, str]) -> float:
    """Seconds from the start of the load of a week to its last change in the index, which a process keeps in step."""
    here = compose(environment)
    with running((*INDEXER, "sync", "--follow"), environment):
        time.sleep(_SETTLED_S)
        began = time.perf_counter()
        cost((*LOAD, str(week)), environment)
        index, until = here.index("embedded"), here.source.position()
        while (live := index.live()) is None or live.position < until:
            time.sleep(_PAUSE_S)
        return time.perf_counter() - began


@contextmanager
def searching(environment: dict[str, str]) -> Iterator[Reads]:
    """Searches all the while, as a site beside the indexer does."""
    engine, reads = compose(environment).engine, Reads()
    query = Query(datetime.now(UTC).date())

    def search() -> None:
        try:
            engine.search(query)
        except DirectoryError as error:
            reads.failed.append(str(error))
        else:
            reads.answered += 1

    with repeated(search, _PAUSE_S):
        yield reads


def row(name: str, size: int, ours: Sequence[Cost], bare: Sequence[Cost], target: float | None = None) -> Row:
    """Elapsed milliseconds against the bare pass of the same round."""
    processor = [mine.processor_s / theirs.processor_s for mine, theirs in zip(ours, bare, strict=True)]
    details = {
        "processor_ratio_p50": statistics.median(processor),
        "peak_mb": round(max(item.peak_mb for item in ours)),
    }
    sides = [[[1e3 * item.elapsed_s] for item in side] for side in (ours, bare)]
    return report.paired(name, size, PEER, *sides, targets=(target, None), details=details)


def rows_of(rounds: Sequence[Round], rows: int, changes: int) -> list[Row]:
    """The whole and its parts against the bare pass, and the week after against its budget."""
    bare = [item.peer for item in rounds]
    week = {
        "processor_s_p50": statistics.median(item.week.processor_s for item in rounds),
        "reads": sum(item.reads.answered for item in rounds),
        "failed_reads": sum(len(item.reads.failed) for item in rounds),
    }
    return [
        row("load and index, taxonomies of ours", rows, [item.first for item in rounds], bare, TARGET),
        row("index only", rows, [item.rebuild for item in rounds], bare),
        report.budget(
            "the week after, load and sync", changes, [[1e3 * item.week.elapsed_s] for item in rounds], WEEK_TARGET_MS,
            week,
        ),
        report.budget(
            "the week after, load beside sync --follow", changes, [[1e3 * item.followed_s] for item in rounds],
            WEEK_TARGET_MS,
        ),
    ]  # fmt: skip


def _made(folder: Path, chosen: Namespace) -> tuple[Path, Path]:
    registry, full, week = Registry(chosen.rows, chosen.seed), folder / FULL_NAME, folder / WEEK_NAME
    write(full, header(), registry.full())
    write(week, header(), registry.week(chosen.changes))
    return full, week


def memory(rounds: Sequence[Round], rows: int) -> list[Curve]:
    """Memory over time of the first round's load and rebuild."""
    return [
        Curve(f"memory of the {name}, {rows:,} rows", "seconds", "MB", found.memory)
        for name, found in (("load", rounds[0].first), ("rebuild", rounds[0].rebuild))
        if found.memory
    ]


def main() -> None:
    parser = report.options("loading", __doc__, rounds=3)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--into", type=Path, help="Where files and databases go meanwhile; else a temporary folder.")
    parser.add_argument("--files", type=Path, help="Folder of files of that size made by benchmarks.registry before.")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=chosen.into))
    try:
        files = (chosen.files / FULL_NAME, chosen.files / WEEK_NAME) if chosen.files else _made(folder, chosen)
        rounds = [measured(*files) for _ in range(chosen.rounds)]
    finally:
        shutil.rmtree(folder)
    notes = [
        "The size is rows of the file, or changed rows of the week after.",
        "The loader uses two processors, the bare pass one: processor_ratio_p50 compares what both use in all.",
    ]
    found, made_by = rows_of(rounds, chosen.rows, chosen.changes), report.about(report.command("loading", chosen))
    report.write("loading", found, notes, chosen.output, made_by, memory(rounds, chosen.rows))


if __name__ == "__main__":
    main()
