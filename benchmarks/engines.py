"""The embedded engine against Elasticsearch and against reading everything, on the same listings in the same run.

Every query is asked of every engine before the next one, in an order that changes, so that what disturbs the
machine disturbs all alike. Every answer is compared: a faster wrong answer would be worth nothing.
"""

import argparse
import gc
import os
import platform
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import orjson

from benchmarks.generate import KINDS, World, query
from benchmarks.scan import Scan
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.engines.elasticsearch.query import body
from directory.engines.embedded import EmbeddedEngine, EmbeddedIndex
from directory.search.engine import Engine
from directory.search.index import Index
from directory.search.listing import Listing
from directory.search.query import Query

RESULTS = Path(__file__).parent / "results"
WHAT = {
    "Q1": "25 miles + specialty, by distance, 4 facets",
    "Q2": "words within 50 miles, all points, 4 facets",
    "Q3": "words nationwide, 4 facets",
    "Q4": "a condition, nearest 20, no radius",
    "Q5": "a name with a typo",
    "Q6": "a name as it is typed",
}
TARGETS: Mapping[str, tuple[float, float | None]] = {
    "Q1": (0.1, 0.25),
    "Q2": (0.25, None),
    "Q3": (0.5, None),
    "Q4": (0.1, None),
    "Q5": (0.25, None),
    "Q6": (0.25, None),
}
"""At most these shares of Elasticsearch's client time, at p50 and p99."""
OURS, CLIENT, ADAPTER, SCAN = "embedded", "elasticsearch, client", "elasticsearch, adapter", "scan"
_WARM_UP = 150
"""Queries of each mix before any is timed, so that Java has compiled what it runs."""
Answer = tuple[int, list[str]]
Ask = Callable[[Query], Answer]
Make = Callable[[], Iterator[Listing]]


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float]) -> "Spread":
        return cls(*np.percentile(times, (50, 95, 99)).tolist())


@dataclass(frozen=True, slots=True)
class Row:
    """One query mix against one peer. `least` and `most` are the extremes over the rounds of the ratio of medians."""

    name: str
    what: str
    size: int
    peer: str
    ours: Spread
    theirs: Spread
    least: float
    most: float
    target_p50: float | None
    target_p99: float | None

    def as_json(self) -> dict[str, object]:
        """Ratios are ours divided by the peer's."""
        times = {f"ours_ms_{name}": value for name, value in asdict(self.ours).items()}
        times |= {f"peer_ms_{name}": value for name, value in asdict(self.theirs).items()}
        ratios = {f"ratio_{name}": self.ratio(name) for name in ("p50", "p95", "p99")}
        spread = {"ratio_p50_least": self.least, "ratio_p50_most": self.most}
        measured = {name: round(value, 4) for name, value in (times | ratios | spread).items()}
        about = {"name": self.name, "what": self.what, "size": self.size, "peer": self.peer}
        return {**about, **measured, "target_p50": self.target_p50, "target_p99": self.target_p99}

    def ratio(self, name: str) -> float:
        mine: float = getattr(self.ours, name)
        other: float = getattr(self.theirs, name)
        return mine / other


def main() -> None:
    options = _options()
    world = World(options.seed)
    print(f"Loading {options.size:,} listings", flush=True)
    make = partial(world.listings, options.size)
    with tempfile.TemporaryDirectory() as folder, _peers(make, Path(folder), options.url) as (asks, loads):
        # Millions of live objects would make every collection a pause in the middle of somebody's measurement.
        gc.freeze()
        times = {kind: _measured(world, kind, asks, options.rounds, options.queries) for kind in KINDS}
        gc.unfreeze()
    rows = [row for kind in KINDS for row in _rows(kind, options.size, times[kind])]
    _report(rows, loads, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="listings (default 100000)")
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds (default 5)")
    parser.add_argument("--queries", type=int, default=60, help="distinct queries of each mix a round (default 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", default=os.environ.get("ELASTICSEARCH_URL", ""), help="default $ELASTICSEARCH_URL")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder for engines.json and engines.md")
    return parser.parse_args()


@contextmanager
def _peers(make: Make, folder: Path, url: str) -> Iterator[tuple[dict[str, Ask], dict[str, float]]]:
    """Ways to ask each engine, and how many seconds each took to load, making the listings included."""
    loads = {OURS: _load(EmbeddedIndex(folder / "index", _now), make())}
    asks = {OURS: _through_port(EmbeddedEngine(folder / "index"))}
    scan = Scan(make())
    asks[SCAN] = lambda query: scan.search(query)[:2]
    if not url:
        print("No Elasticsearch: set ELASTICSEARCH_URL to measure against it")
        yield asks, loads
        return
    client, alias = connect(url), f"bench-{uuid.uuid4().hex[:12]}"
    try:
        loads[ADAPTER] = _load(ElasticsearchIndex(client, alias), make())
        client.options(request_timeout=600).indices.forcemerge(index=alias, max_num_segments=1)
        asks[ADAPTER] = _through_port(ElasticsearchEngine(client, alias))
        asks[CLIENT] = lambda query: _bare(client.search(index=alias, body=body(query) | {"size": query.limit}))
        yield asks, loads
    finally:
        for name in client.indices.get(index=f"{alias}-*", expand_wildcards="all"):
            client.indices.delete(index=name)
        client.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _load(index: Index, listings: Iterable[Listing]) -> float:
    start = time.perf_counter()
    with index.lock():
        draft = index.draft("benchmark")
        draft.add(listings)
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
    ours = [time for item in rounds for time in item[OURS]]
    for peer in rounds[0]:
        if peer == OURS:
            continue
        theirs = [time for item in rounds for time in item[peer]]
        ratios = [float(np.median(item[OURS]) / np.median(item[peer])) for item in rounds]
        target = TARGETS[kind] if peer == CLIENT else (None, None)
        yield Row(kind, WHAT[kind], size, peer, Spread.of(ours), Spread.of(theirs), min(ratios), max(ratios), *target)


def _report(rows: Sequence[Row], loads: Mapping[str, float], options: argparse.Namespace) -> None:
    machine = {
        "measured_at": _now().isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} CPUs, {platform.machine()}, {platform.system()}",
        "load_average_after": [round(value, 1) for value in os.getloadavg()],
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "elasticsearch")},
        "elasticsearch_server": _server(options.url),
        "command": f"python -m benchmarks.engines --size {options.size} --rounds {options.rounds} "
        f"--queries {options.queries} --seed {options.seed}",
        "load_seconds_with_making_listings": {name: round(seconds, 1) for name, seconds in loads.items()},
    }
    options.output.mkdir(parents=True, exist_ok=True)
    data = {"about": machine, "rows": [row.as_json() for row in rows]}
    (options.output / "engines.json").write_bytes(
        orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
    table = _table(rows)
    (options.output / "engines.md").write_text(_page(table, machine))
    print(table)


def _server(url: str) -> str:
    """Version and Java options of the one Elasticsearch node: small heaps and half a compiler make it slow."""
    if not url:
        return "none"
    with connect(url) as client:
        nodes = client.nodes.info(metric="jvm")["nodes"]
        node = next(iter(nodes.values()))
    tuned = " ".join(item for item in node["jvm"]["input_arguments"] if item.startswith("-X"))
    return f"{node['version']}, Java {node['jvm']['version']}, {tuned or 'default Java options'}"


def _table(rows: Sequence[Row]) -> str:
    lines = [
        "| | query | peer | ours p50 / p95 ms | peer p50 / p95 ms | ratio p50 (rounds) | p99 | target p50 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.name} | {row.what} | {row.peer} | {row.ours.p50:.2f} / {row.ours.p95:.2f} "
        f"| {row.theirs.p50:.2f} / {row.theirs.p95:.2f} "
        f"| {row.ratio('p50'):.3f} ({row.least:.3f} to {row.most:.3f}) | {row.ratio('p99'):.3f} "
        f"| {'' if row.target_p50 is None else row.target_p50} |"
        for row in rows
    ]
    return "\n".join(lines)


def _page(table: str, machine: Mapping[str, object]) -> str:
    facts = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    return f"""# Engines measured against each other

Made by `make bench`; the numbers are also in `engines.json`. One thread, distinct queries, each asked of every
engine in turn; every total and page was compared and equal (of the bare client, the totals).

- *embedded* and *elasticsearch, adapter* are whole answers through the port, listings decoded.
- *elasticsearch, client* is one bare search by the Python client with the body that our adapter sends, hits left
  as they came: the least that anybody pays for the same answer from Elasticsearch.
- *scan* reads every listing for every query (numpy, no index).

The targets are meant for a million listings and more. At a hundred thousand fixed costs decide: about half of our
time goes into decoding the listings shown, which the bare client leaves undone. The load average tells how busy the
machine was with other work; ratios bear that better than times do.

{table}

{facts}
"""


if __name__ == "__main__":
    main()
