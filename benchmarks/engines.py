"""The embedded engine against Elasticsearch and against reading everything, on the same listings in the same run.

Every query is asked of every engine before the next one, in an order that changes. Every answer is compared: a faster
wrong answer would be worth nothing. Measure at rest: a busy machine slows a server more than what runs in this process.

    python -m benchmarks.engines                                                 a few minutes
    python -m benchmarks.engines --size 9000000 --without-scan --keep FOLDER     loads, measures and keeps
    python -m benchmarks.engines --size 9000000 --without-scan --reuse FOLDER    measures again
"""

import argparse
import gc
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks import filling, report
from benchmarks.filling import KEPT, Kept
from benchmarks.generate import KINDS, World, query
from benchmarks.report import Row
from benchmarks.scan import Scan
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.query import body
from directory.engines.embedded import EmbeddedEngine, EmbeddedIndex
from directory.search.engine import Engine
from directory.search.query import Query

WHAT = {
    "Q1": "25 miles + specialty, by distance, 4 facets",
    "Q2": "words within 50 miles, all points, 4 facets",
    "Q3": "words nationwide, 4 facets",
    "Q4": "a condition, nearest 20, no radius",
    "Q5": "a name with a typo",
    "Q6": "a name as it is typed",
    "Q7": "suggestions of names as one types",
}
TARGETS: Mapping[str, tuple[float, float | None]] = {
    "Q1": (0.1, 0.25),
    "Q2": (0.25, None),
    "Q3": (0.5, None),
    "Q4": (0.1, None),
    "Q5": (0.25, None),
    "Q6": (0.25, None),
    "Q7": (0.25, None),
}
"""At most these shares of Elasticsearch's client time, at p50 and p99, from a million listings on."""
_AIMED_FROM = 1_000_000
NOTES = (
    "One thread, distinct queries, each asked of every engine in turn; every total and page was compared and equal.",
    "`embedded` and `elasticsearch, adapter` are whole answers through the port, listings decoded.",
    "`elasticsearch, client` is one bare search by the Python client with our adapter's body, hits left undecoded.",
    "`scan` reads every listing for every query (numpy, no index).",
    "No answer is remembered by anybody.",
    "The targets are for a million listings and more: below, fixed costs decide.",
)
OURS, CLIENT, ADAPTER, SCAN = "embedded", "elasticsearch, client", "elasticsearch, adapter", "scan"
_WARM_UP = 150
"""Queries of each mix before any is timed, so that Java has compiled what it runs."""
_PATIENCE_S = 120
"""What a search of the peer may take at most: a slow answer is a result too."""
Answer = tuple[int, list[str]]
Ask = Callable[[Query], Answer]


def main() -> None:
    options = _options()
    world = World(options.seed)
    with _folder(options) as folder, _peers(world, folder, options) as (asks, loads):
        # Millions of live objects would make every collection a pause in the middle of somebody's measurement.
        gc.freeze()
        times = {kind: _measured(world, kind, asks, options.rounds, options.queries) for kind in options.mixes}
        gc.unfreeze()
    rows = [row for kind in options.mixes for row in _rows(kind, options.size, times[kind])]
    _report(rows, loads, options)


def _options() -> argparse.Namespace:
    parser = report.options("engines", __doc__)
    parser.add_argument("--size", type=int, default=100_000, help="listings (default 100000)")
    parser.add_argument("--queries", type=int, default=60, help="distinct queries of each mix a round (default 60)")
    parser.add_argument("--mixes", nargs="+", choices=KINDS, default=list(KINDS), help="query mixes (default all)")
    parser.add_argument("--without-scan", action="store_true", help="leave out the peer that holds all in memory")
    parser.add_argument("--url", default=os.environ.get("ELASTICSEARCH_URL", ""), help="default $ELASTICSEARCH_URL")
    parser.add_argument("--loaders", type=int, default=2, help="processes that fill Elasticsearch (default 2)")
    parser.add_argument("--keep", type=Path, help="folder for what is loaded, which stays there and in Elasticsearch")
    parser.add_argument("--reuse", type=Path, help="folder of an earlier --keep; without index/ ours is made anew")
    parser.add_argument("--drop", action="store_true", help="remove afterwards what --reuse found")
    chosen = parser.parse_args()
    if chosen.keep and chosen.reuse:
        parser.error("Either keep what is loaded now, or use again what was kept.")
    if chosen.keep and (chosen.keep / KEPT).exists():
        parser.error(f"{chosen.keep} holds what was kept earlier: --reuse it, with --drop if it may go.")
    return chosen


@contextmanager
def _folder(options: argparse.Namespace) -> Iterator[Path]:
    """Where the embedded index is; what nobody asked to keep goes."""
    if kept := options.keep or options.reuse:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        if options.drop:
            shutil.rmtree(kept)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def _peers(
    world: World, folder: Path, options: argparse.Namespace
) -> Iterator[tuple[dict[str, Ask], dict[str, float]]]:
    """Ways to ask each engine, and how many seconds each took to load, making the listings included."""
    kept = Kept.read(folder, options.size, options.seed) if options.reuse else None
    loads = dict(kept.loads) if kept else {}
    if not (folder / "index").exists():
        loads[OURS] = _loaded(world, folder, options.size)
    asks = {OURS: _through_port(EmbeddedEngine(folder / "index"))}
    if not options.without_scan:
        scan = Scan(world.listings(options.size))
        asks[SCAN] = lambda query: scan.search(query)[:2]
    alias = kept.alias if kept else f"bench-{uuid.uuid4().hex[:12]}"
    with _elasticsearch(world, alias, options, loads, filled=kept is not None) as others:
        if options.keep:
            Kept(options.size, options.seed, alias, loads).write(folder)
        yield asks | others, loads


@contextmanager
def _elasticsearch(
    world: World, alias: str, options: argparse.Namespace, loads: dict[str, float], *, filled: bool
) -> Iterator[dict[str, Ask]]:
    """Ways to ask Elasticsearch, where there is one. Adds to `loads` what filling it took."""
    if not options.url:
        print("No Elasticsearch: set ELASTICSEARCH_URL to measure against it")
        yield {}
        return
    client = connect(options.url).options(request_timeout=_PATIENCE_S)
    try:
        if not filled:
            loads[ADAPTER] = filling.fill(options.url, alias, world, options.size, options.loaders)
        yield {
            ADAPTER: _through_port(ElasticsearchEngine(client, alias, _PATIENCE_S)),
            CLIENT: lambda query: _bare(client.search(index=alias, body=body(query) | {"size": query.limit})),
        }
    finally:
        if options.drop or not (options.keep or options.reuse):
            filling.remove(client, alias)
        client.close()


def _loaded(world: World, folder: Path, size: int) -> float:
    """Builds our index; returns the seconds that it took, making the listings included."""
    print(f"Loading {size:,} listings into {OURS}", flush=True)
    start = time.perf_counter()
    index = EmbeddedIndex(folder / "index", lambda: datetime.now(UTC))
    with index.lock():
        draft = index.draft("benchmark")
        draft.add(world.listings(size))
        draft.finish(1)
        index.promote(draft)
    return time.perf_counter() - start


def _through_port(engine: Engine) -> Ask:
    def ask(query: Query) -> Answer:
        result = engine.search(query)
        return result.total, [hit.listing.id for hit in result.hits]

    return ask


def _bare(response: Any) -> Answer:
    """What the client returned, hits undecoded; the sort values end with the id."""
    hits = response["hits"]
    return hits["total"]["value"], [hit["sort"][-1] for hit in hits["hits"]]


def _measured(world: World, kind: str, asks: dict[str, Ask], rounds: int, amount: int) -> list[dict[str, list[float]]]:
    """Milliseconds of each query by engine, round by round."""
    random = Random(f"{world.seed}-{kind}")
    for asked in [query(world, kind, random) for _ in range(_WARM_UP)]:
        for name in asks.keys() - {SCAN}:
            asks[name](asked)
    found = []
    for number in range(rounds):
        print(f"{kind} round {number + 1} of {rounds}", flush=True)
        found.append(_round([query(world, kind, random) for _ in range(amount)], asks, random))
    return found


def _round(queries: Sequence[Query], asks: dict[str, Ask], random: Random) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in asks}
    for asked in queries:
        answers = {}
        for name in random.sample(list(asks), len(asks)):
            start = time.perf_counter()
            answers[name] = asks[name](asked)
            times[name].append((time.perf_counter() - start) * 1_000)
        for name, answer in answers.items():
            # Elasticsearch's own arithmetic may swap places that are equally far away; our adapter sets that right.
            if answer[0] != answers[OURS][0] or (name != CLIENT and answer != answers[OURS]):
                raise SystemExit(f"{name} and {OURS} answer differently: {asked}")
    return times


def _rows(kind: str, size: int, rounds: Sequence[Mapping[str, Sequence[float]]]) -> Iterator[Row]:
    for peer in (name for name in rounds[0] if name != OURS):
        ours, theirs = [item[OURS] for item in rounds], [item[peer] for item in rounds]
        targets = TARGETS[kind] if peer == CLIENT and size >= _AIMED_FROM else (None, None)
        p99s = {"ours_ms_p99": _p99(ours), "peer_ms_p99": _p99(theirs)}
        yield report.paired(kind, size, peer, ours, theirs, targets=targets, what=WHAT[kind], details=p99s)


def _p99(rounds: Sequence[Sequence[float]]) -> float:
    return float(np.percentile(np.concatenate(rounds), 99))


def _report(rows: Sequence[Row], loads: Mapping[str, float], options: argparse.Namespace) -> None:
    about = report.about(
        report.command("engines", options),
        **report.versions("numpy", "elasticsearch"),
        elasticsearch_server=_server(options.url),
        load_seconds_with_making_listings={name: round(seconds, 1) for name, seconds in loads.items()},
    )
    report.write("engines", rows, NOTES, options.output, about)


def _server(url: str) -> str:
    """Version and Java options of the one Elasticsearch node: small heaps and half a compiler make it slow."""
    if not url:
        return "none"
    with connect(url) as client:
        nodes = client.nodes.info(metric="jvm")["nodes"]
        node = next(iter(nodes.values()))
    tuned = " ".join(item for item in node["jvm"]["input_arguments"] if item.startswith("-X"))
    return f"{node['version']}, Java {node['jvm']['version']}, {tuned or 'default Java options'}"


if __name__ == "__main__":
    main()
