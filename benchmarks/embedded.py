"""The embedded engine by itself: building, opening, searching beside a rebuild, changes, and several processes.

Rounds alternate between the two sides of each ratio. Searches are the mixes of `benchmarks.engines`, all in turn. What
writes works on hard links of the index, so that one that was kept by `benchmarks.engines --keep` stays as it is.

    python -m benchmarks.embedded                                       about a minute
    python -m benchmarks.embedded --size 9000000 --builds 1000000 3000000 9000000
    python -m benchmarks.embedded --size 9000000 --reuse FOLDER         without building
"""

import argparse
import gc
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import numpy as np

from benchmarks import report
from benchmarks.generate import KINDS, World, query
from benchmarks.processes import memory_mb
from benchmarks.report import Curve, Row
from directory.engines.embedded import EmbeddedEngine, EmbeddedIndex
from directory.search.index import Change
from directory.search.listing import Listing
from directory.search.query import Query
from indexer.garbage import rarely_collected

MEMORY_MB = 4_096
OPEN_MS = 200.0
CHANGED = 1.25
"""What is still "without losing speed" after the changes."""
_SPAWN = get_context("spawn")
_ENCODED = 20_000
"""Listings of the bare pass that a build is measured against."""
_OFTEN = 100_000
"""Builds of more listings than this are made once, not every round."""
_OPENINGS = 20
_SECONDS = 1.0
"""How long each round of throughput lasts."""
NOTES = (
    "One thread a process, answers whole, listings decoded; the mixes Q1 to Q7 of `benchmarks.engines` in turn.",
    "A rebuild makes its listings from nothing in a process of its own, and goes on all through its rounds.",
    "Opening is from files that the system has in memory; each one proves 32 blocks of a segment by checksum.",
    "Memory that a process has alone is Private_Clean + Private_Dirty of its smaps_rollup, Python itself included.",
)


def main() -> None:
    options = _options()
    world = World(options.seed)
    with _index(options) as folder:
        rows, curve = _builds(folder / "index", options)
        gc.freeze()
        rows.append(_opening(folder / "index", options))
        rows.append(_while_rebuilding(world, folder, options))
        rows.append(_after_changes(world, folder, options))
        rows += _processes(folder / "index", options)
    about = report.about(report.command("embedded", options), **report.versions("numpy", "msgspec"))
    report.write("embedded", rows, NOTES, options.output, about, curve)


def _options() -> argparse.Namespace:
    parser = report.options("embedded", __doc__)
    parser.add_argument("--size", type=int, default=100_000, help="listings (default 100000)")
    parser.add_argument("--builds", type=int, nargs="*", help="sizes that are built, for memory (default a third, all)")
    parser.add_argument("--queries", type=int, default=700, help="searches a round (default 700)")
    parser.add_argument("--changes", type=int, default=50_000, help="changes of the delta (default 50000)")
    parser.add_argument("--processes", type=int, default=2, help="workers against one (default 2)")
    parser.add_argument("--into", type=Path, help="folder for what is built; else a temporary one")
    parser.add_argument("--reuse", type=Path, help="folder that `benchmarks.engines --keep` filled")
    chosen = parser.parse_args()
    if chosen.builds is None:
        chosen.builds = [] if chosen.reuse else [chosen.size // 3, chosen.size]
    if not chosen.reuse and chosen.builds[-1:] != [chosen.size]:
        parser.error("The last of --builds is measured: it has to be --size.")
    chosen.changes = min(chosen.changes, chosen.size // 2)
    return chosen


@contextmanager
def _index(options: argparse.Namespace) -> Iterator[Path]:
    """A folder for what is made, with the index that is to be used again where there is one."""
    with tempfile.TemporaryDirectory(dir=options.reuse or options.into) as name:
        folder = Path(name)
        if options.reuse:
            _linked(options.reuse / "index", folder / "index")
        yield folder


def _linked(index: Path, copy: Path) -> Path:
    """The index once more, without its bytes: segments never change, everything else is replaced by renaming."""
    shutil.copytree(index, copy, copy_function=os.link)
    return copy


@dataclass(frozen=True, slots=True)
class Build:
    """What a process that built an index took, and what writing down the same listings takes."""

    listings: int
    build_s: float
    making_s: float
    peak_mb: float
    bare_us: float

    @property
    def own_us(self) -> float:
        """Microseconds a listing, without making it."""
        return (self.build_s - self.making_s) / self.listings * 1e6


def built(folder: Path, seed: int, size: int) -> Build:
    """Builds an index, in a process of its own so that its memory can be told."""
    shutil.rmtree(folder, ignore_errors=True)
    making = _Timed(World(seed).listings(size))
    began = time.perf_counter()
    build(folder, making)
    elapsed, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Build(size, elapsed, making.seconds, peak, _bare_us(seed, min(size, _ENCODED), folder.with_name("bare")))


def build(folder: Path, listings: Iterable[Listing]) -> None:
    """One generation, live; older ones go as `indexer rebuild` lets them go."""
    index = EmbeddedIndex(folder, lambda: datetime.now(UTC))
    with index.lock(), rarely_collected():
        index.reap()
        draft = index.draft("benchmark")
        draft.add(listings)
        draft.finish(1)
        index.promote(draft)
        index.reap()


class _Timed:
    """Listings, and the seconds that making them took."""

    def __init__(self, listings: Iterator[Listing]) -> None:
        self._listings = listings
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Listing]:
        while True:
            began = time.perf_counter()
            listing = next(self._listings, None)
            self.seconds += time.perf_counter() - began
            if listing is None:
                return
            yield listing


def _bare_us(seed: int, count: int, path: Path) -> float:
    """Microseconds a listing for encoding it and writing it down, and nothing else."""
    listings = list(World(seed).listings(count))
    began = time.perf_counter()
    with path.open("wb") as file:
        for listing in listings:
            file.write(listing.encoded())
        file.flush()
        os.fsync(file.fileno())
    return (time.perf_counter() - began) / count * 1e6


def _builds(folder: Path, options: argparse.Namespace) -> tuple[list[Row], list[Curve]]:
    """The last of the sizes stays in the folder."""
    rows: list[Row] = []
    peaks: list[tuple[float, float]] = []
    for size in options.builds:
        found = [_built_apart(folder, options.seed, size) for _ in range(options.rounds if size <= _OFTEN else 1)]
        rows += _build_rows(found)
        peaks.append((size, max(item.peak_mb for item in found)))
    return rows, [Curve("peak of a build", "listings", "MB", peaks)] if peaks else []


def _built_apart(folder: Path, seed: int, size: int) -> Build:
    with ProcessPoolExecutor(1, _SPAWN) as pool:
        found = pool.submit(built, folder, seed, size).result()
    print(f"built {size:,}: {found.own_us:.1f} us a listing, {found.peak_mb:,.0f} MB at most", flush=True)
    return found


def _build_rows(found: Sequence[Build]) -> list[Row]:
    size, limit = found[0].listings, [[MEMORY_MB]] * len(found)
    peaks, own, bare = ([[getattr(item, of)] for item in found] for of in ("peak_mb", "own_us", "bare_us"))
    details = {"seconds_with_making_the_listings": round(found[-1].build_s, 1)}
    return [
        report.paired(
            "build, peak memory", size, f"limit of {MEMORY_MB:,} MB", peaks, limit, targets=(1.0, None), unit="MB"
        ),
        report.paired(
            "build, without making the listings", size, "encoding and writing the same listings", own, bare,
            unit="µs a listing", details=details,
        ),
    ]  # fmt: skip


def _opening(index: Path, options: argparse.Namespace) -> Row:
    times = [[_opened_ms(index) for _ in range(_OPENINGS)] for _ in range(options.rounds)]
    return report.budget("open", options.size, times, OPEN_MS)


def _opened_ms(index: Path) -> float:
    began = time.perf_counter()
    readiness = EmbeddedEngine(index).readiness()
    elapsed = (time.perf_counter() - began) * 1_000
    if not readiness.ready or readiness.detail:
        raise SystemExit(f"The index does not open: {readiness.detail}")
    return elapsed


def mixed(world: World, random: Random) -> Iterator[Query]:
    """Searches of every mix in turn, without end."""
    return (query(world, kind, random) for kind in cycle(KINDS))


def asked_ms(engine: EmbeddedEngine, queries: Iterable[Query]) -> list[float]:
    """Milliseconds of each search; one that fails ends the run."""
    times = []
    for asked in queries:
        began = time.perf_counter()
        engine.search(asked)
        times.append((time.perf_counter() - began) * 1_000)
    return times


def _while_rebuilding(world: World, folder: Path, options: argparse.Namespace) -> Row:
    index = _linked(folder / "index", folder / "rebuilt")
    engine, queries = EmbeddedEngine(index), mixed(world, Random(f"{options.seed}-rebuild"))
    asked_ms(engine, islice(queries, options.queries))
    idle, busy, seen = [], [], set()
    for _ in range(options.rounds):
        idle.append(asked_ms(engine, islice(queries, options.queries)))
        with _rebuilding(index, options):
            busy.append(asked_ms(engine, islice(queries, options.queries)))
        seen.add(engine.readiness().generation)
    shutil.rmtree(index)
    return report.paired(
        "search while an index is rebuilt", options.size, "the same with nothing beside it", busy, idle,
        targets=(None, 2.0), details={"failed": 0, "generations_seen": len(seen)} | _p99s(busy, idle),
    )  # fmt: skip


def _p99s(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> dict[str, object]:
    sides = (("ours_ms_p99", ours), ("peer_ms_p99", theirs))
    return {name: float(np.percentile(np.concatenate(times), 99)) for name, times in sides}


@contextmanager
def _rebuilding(index: Path, options: argparse.Namespace) -> Iterator[None]:
    """A process that rebuilds the index, again and again until it is no longer needed."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_rebuild, args=(theirs, index, options.seed, options.size), daemon=True)
    process.start()
    try:
        ours.recv()
        yield
    finally:
        process.terminate()
        process.join()


def _rebuild(pipe: Connection, index: Path, seed: int, size: int) -> None:
    listings = World(seed).listings(size)
    first = next(listings)
    pipe.send("begun")
    build(index, _chained(first, listings))
    while True:
        build(index, World(seed).listings(size))


def _chained(first: Listing, others: Iterator[Listing]) -> Iterator[Listing]:
    yield first
    yield from others


def _after_changes(world: World, folder: Path, options: argparse.Namespace) -> Row:
    changed = _linked(folder / "index", folder / "changed")
    seconds = _change(world, changed, options)
    ours, theirs = EmbeddedEngine(changed), EmbeddedEngine(folder / "index")
    random = Random(f"{options.seed}-changes")
    queries = mixed(world, random)
    after, before = [], []
    for warm in (True, *(False for _ in range(options.rounds))):
        times: dict[EmbeddedEngine, list[float]] = {ours: [], theirs: []}
        for asked in islice(queries, options.queries):
            for engine in random.sample((ours, theirs), 2):
                times[engine] += asked_ms(engine, (asked,))
        if not warm:
            after.append(times[ours])
            before.append(times[theirs])
    shutil.rmtree(changed)
    details = {"changes": options.changes, "seconds_to_apply": round(seconds, 1)} | _p99s(after, before)
    return report.paired(
        "search after changes", options.size, "the same without changes", after, before,
        targets=(CHANGED, None), details=details,
    )  # fmt: skip


def _change(world: World, index: Path, options: argparse.Namespace) -> float:
    """Listings move, get younger or go, some thousands at a time as `indexer sync` does it; returns the seconds."""
    random, writer = Random(options.seed), EmbeddedIndex(index, lambda: datetime.now(UTC))
    listings = world.listings(options.changes)
    began = time.perf_counter()
    while some := list(islice(listings, 5_000)):
        writer.apply([_changed(world, random, listing) for listing in some], 2)
    return time.perf_counter() - began


def _changed(world: World, random: Random, listing: Listing) -> Change:
    if random.random() < 0.1:
        return Change(listing.subject, 2)
    checked = listing.checked_on + timedelta(days=random.randrange(1, 20))
    moved = world.point(random) if random.random() < 0.3 else listing.point
    return Change(listing.subject, 2, (replace(listing, version=2, checked_on=checked, point=moved),))


def _processes(index: Path, options: argparse.Namespace) -> list[Row]:
    with _workers(index, options) as workers:
        _rates(workers)
        one, many = [], []
        for number in range(options.rounds):
            one.append(_rates(workers[number % len(workers) :][:1]))
            many.append([sum(_rates(workers))])
        memory = [worker.memory() for worker in workers]
    size_mb = sum(path.stat().st_size for path in index.rglob("*.seg")) / 2**20
    together = report.paired(
        f"searches per second, {options.processes} processes", options.size, "1 process", many, one,
        targets=(1.8, None), unit="per s", better=report.HIGHER,
    )  # fmt: skip
    further = memory[-1]
    alone = report.paired(
        "memory of a further process", options.size, "the files of the index",
        [[further["private_mb"]]], [[size_mb]], unit="MB", details=further,
    )  # fmt: skip
    return [together, alone]


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that serves the index."""

    pipe: Connection
    process: BaseProcess

    def memory(self) -> dict[str, float]:
        """MB: what the process has alone, its share of everything, and everything that it has mapped in."""
        found = memory_mb(self.process.pid or 0)
        private = found["Private_Clean"] + found["Private_Dirty"]
        return {"private_mb": private, "share_mb": found["Pss"], "resident_mb": found["Rss"]}


@contextmanager
def _workers(index: Path, options: argparse.Namespace) -> Iterator[list[Worker]]:
    workers = []
    for number in range(options.processes):
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_serve, args=(theirs, index, options.seed, number), daemon=True)
        process.start()
        workers.append(Worker(ours, process))
    try:
        for worker in workers:
            worker.pipe.recv()
        yield workers
    finally:
        for worker in workers:
            worker.process.terminate()
            worker.process.join()


def _rates(workers: Sequence[Worker]) -> list[float]:
    """Searches per second of each, all at the same time."""
    for worker in workers:
        worker.pipe.send(_SECONDS)
    return [worker.pipe.recv() for worker in workers]


def _serve(pipe: Connection, index: Path, seed: int, number: int) -> None:
    """Answers as many searches as it can in the seconds that are asked for. Making them is not counted."""
    engine, queries = EmbeddedEngine(index), mixed(World(seed), Random(f"{seed}-{number}"))
    engine.readiness()
    pipe.send("ready")
    with suppress(EOFError):
        while True:
            seconds, prepared = pipe.recv(), list(islice(queries, 100))
            began, count = time.perf_counter(), 0
            while (elapsed := time.perf_counter() - began) < seconds:
                engine.search(prepared[count % len(prepared)])
                count += 1
            pipe.send(count / elapsed)


if __name__ == "__main__":
    main()
