"""A registry file from the disk to searchable listings, against a bare `csv.reader` pass over the same file.

Rounds alternate between the two. Ours is `indexer load nppes` and `indexer rebuild` as processes of their own, on an
empty database; then the week after goes in with `indexer sync` while another process's searches go on. Processor time
is given beside elapsed time, since it says more where a machine has other work.

    python -m benchmarks.loading --rows 300000                      a few minutes
    python -m benchmarks.loading --rows 9000000 --changes 50000 --rounds 5 --into FOLDER        about 11 GB there
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import report
from benchmarks.registry import FULL_NAME, WEEK_NAME, Registry, header, write
from benchmarks.report import Row
from directory.bootstrap import compose
from directory.domain.errors import DirectoryError
from directory.search.query import Query

PEER, TARGET, WEEK_TARGET_MS = "csv.reader, one pass", 2.5, 5_000.0
INDEXER = (sys.executable, "-c", "from indexer.cli import main; main()")
# A bare interpreter: with our imports it would be slower, and we look faster than we are.
_PASS = "import csv, sys\nfor _ in csv.reader(open(sys.argv[1], encoding='utf-8', newline='')): pass"
BARE = (sys.executable, "-I", "-S", "-c", _PASS)
_PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class Cost:
    """What processes took: elapsed and processor seconds, summed, and the most memory that one of them had."""

    elapsed_s: float = 0.0
    processor_s: float = 0.0
    peak_mb: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.elapsed_s + other.elapsed_s,
            self.processor_s + other.processor_s,
            max(self.peak_mb, other.peak_mb),
        )


@dataclass(slots=True)
class Reads:
    """Searches made while something else went on, and those that failed."""

    answered: int = 0
    failed: list[str] = field(default_factory=list)


def cost(command: Sequence[str], environment: dict[str, str]) -> Cost:
    """Runs a command to its end. Raises SystemExit where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[-4:])} ended with exit code {process.returncode}.")
    return Cost(elapsed, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: the bare pass, the load of the whole file, its index, and the week after with its index."""

    peer: Cost
    load: Cost
    rebuild: Cost
    week: Cost
    reads: Reads

    @property
    def ours(self) -> Cost:
        return self.load + self.rebuild


def measured(full: Path, week: Path) -> Round:
    """One round on an empty database."""
    with tempfile.TemporaryDirectory(dir=full.parent) as folder:
        environment = os.environ | {"DIRECTORY_DATA_DIR": folder, "DIRECTORY_ENGINE": "embedded"}
        compose(environment).maintenance.upgrade()
        bare = cost((*BARE, str(full)), environment)
        load = cost((*INDEXER, "load", "nppes", "--accept-old", str(full)), environment)
        rebuild = cost((*INDEXER, "rebuild"), environment)
        with searching(environment) as reads:
            later = cost((*INDEXER, "load", "nppes", "--accept-old", str(week)), environment)
            later += cost((*INDEXER, "sync"), environment)
        return Round(bare, load, rebuild, later, reads)


@contextmanager
def searching(environment: dict[str, str]) -> Iterator[Reads]:
    """Searches all the while, as a site beside the indexer does."""
    engine, reads, stop = compose(environment).engine, Reads(), threading.Event()
    query = Query(datetime.now(UTC).date())

    def search() -> None:
        while not stop.wait(_PAUSE_S):
            try:
                engine.search(query)
            except DirectoryError as error:
                reads.failed.append(str(error))
            else:
                reads.answered += 1

    thread = threading.Thread(target=search)
    thread.start()
    try:
        yield reads
    finally:
        stop.set()
        thread.join()


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
        row("load and index, taxonomies of ours", rows, [item.ours for item in rounds], bare, TARGET),
        row("load only", rows, [item.load for item in rounds], bare),
        row("index only", rows, [item.rebuild for item in rounds], bare),
        report.budget(
            "the week after", changes, [[1e3 * item.week.elapsed_s] for item in rounds], WEEK_TARGET_MS, week
        ),
    ]


def _made(folder: Path, rows: int, changes: int) -> tuple[Path, Path]:
    registry, full, week = Registry(rows), folder / FULL_NAME, folder / WEEK_NAME
    write(full, header(), registry.full())
    write(week, header(), registry.week(changes))
    return full, week


def _measure(folder: Path, rows: int, changes: int, count: int) -> list[Row]:
    full, week = _made(folder, rows, changes)
    return rows_of([measured(full, week) for _ in range(count)], rows, changes)


def main() -> None:
    parser = report.options("loading", __doc__, rounds=3)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--into", type=Path, help="Where files and databases go meanwhile; else a temporary folder.")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=chosen.into))
    try:
        found = _measure(folder, chosen.rows, chosen.changes, chosen.rounds)
    finally:
        shutil.rmtree(folder)
    notes = ["The size is rows of the file, or changed rows of the week after."]
    report.write("loading", found, notes, chosen.output, report.about(report.command("loading", chosen)))


if __name__ == "__main__":
    main()
