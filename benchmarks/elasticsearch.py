"""Elasticsearch through our adapter against its bare self: filling an index, searching it, and how it is laid out.

Filling starts from listings on our side, and from finished documents on the side of the client's own bulk helpers. A
search through the adapter ends with listings in the exact order; its peer sends the same body on a connection that
stays open, and leaves the bytes that come back as they are.

    export ELASTICSEARCH_URL=http://127.0.0.1:9200
    python -m benchmarks.elasticsearch
    python -m benchmarks.elasticsearch --size 9000000 --without-layouts --reuse FOLDER
"""

import argparse
import http.client
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import TypeVar
from urllib.parse import urlsplit

import orjson
import urllib3
from elasticsearch import Elasticsearch, helpers

from benchmarks import report
from benchmarks.filling import Kept
from benchmarks.generate import KINDS, World, query
from benchmarks.report import HIGHER, Row
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.distances import borders
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.engines.elasticsearch.layout import Layout
from directory.engines.elasticsearch.mapping import building, document, mapping
from directory.engines.elasticsearch.query import body
from directory.search.listing import Listing
from directory.search.query import Query

T = TypeVar("T")
OURS = "ours"
PATIENCE_S = 60.0
FILL, SEARCH = 0.8, 1.3
"""The least share of the helper's rate, and the most of the bare request's time."""
HELPERS: Mapping[str, Callable[..., object]] = {
    "helpers.bulk": helpers.bulk,
    "helpers.parallel_bulk": lambda client, actions: sum(1 for _ in helpers.parallel_bulk(client, actions)),
}
BASE = "1 shard, merged"
LAYOUTS: Mapping[str, Layout] = {
    BASE: Layout(),
    "1 shard, not merged": Layout(segments=0),
    "1 shard, sorted by place": Layout(sort_by=("place",)),
    "2 shards": Layout(shards=2),
    "4 shards": Layout(shards=4),
}
_WARM_UP = 60
"""Queries of each mix before any is timed, so that Java has compiled what it runs."""
NOTES = (
    "Filling: the same mapping and settings on both sides: one shard, no refresh, no replicas; the merge is not in it.",
    "Ours is filled from listings, the helpers are given finished documents.",
    "Searching: one thread, distinct queries, sides in random order; the peers keep their connection, decode nothing.",
    "The adapter builds the body, decodes the listings, puts them in exact order and asks again about doubtful places.",
    "Layouts: all mixes together, through the adapter, each against the same listings in one shard of one segment.",
)


def main() -> None:
    options = _options()
    if not options.url:
        sys.exit("There is no Elasticsearch to measure: set ELASTICSEARCH_URL, or give --url.")
    world = World(options.seed)
    with connect(options.url) as client:
        rows = [*_filling(client, world, options), *_searching(client, world, options)]
        if options.layouts:
            rows += _laid_out(client, world, options)
        facts = report.about(
            report.command("elasticsearch", options),
            **report.versions("elasticsearch", "elastic-transport", "urllib3", "orjson", "msgspec"),
            elasticsearch_server=server(client),
        )
    report.write("elasticsearch", rows, NOTES, options.output, facts)


def _options() -> argparse.Namespace:
    parser = report.options("elasticsearch", __doc__)
    parser.add_argument("--size", type=int, default=10_000, help="listings that are searched (default 10000)")
    parser.add_argument("--filled", type=int, default=8_000, help="documents of each round of filling (default 8000)")
    parser.add_argument("--queries", type=int, default=20, help="queries of each mix a round (default 20)")
    parser.add_argument(
        "--without-layouts", dest="layouts", action="store_false", help="leave out shards, sorting and merging"
    )
    parser.add_argument("--reuse", type=Path, help="folder of benchmarks.engines --keep: search what that loaded")
    parser.add_argument("--url", default=os.environ.get("ELASTICSEARCH_URL", ""), help="default $ELASTICSEARCH_URL")
    return parser.parse_args()


def server(client: Elasticsearch) -> str:
    """Version and Java options of one node: small heaps and half a compiler make it slow."""
    node = next(iter(client.nodes.info(metric="jvm")["nodes"].values()))
    tuned = " ".join(item for item in node["jvm"]["input_arguments"] if item.startswith("-X"))
    return f"{node['version']}, Java {node['jvm']['version']}, {tuned or 'default Java options'}"


def _filling(client: Elasticsearch, world: World, options: argparse.Namespace) -> Iterator[Row]:
    """Documents a second, ours from listings, the helpers' from what we would have made of them."""
    listings = list(world.listings(options.filled))
    documents = [document(listing) for listing in listings]
    ways: dict[str, Callable[[], float]] = {OURS: partial(filled, client, listings)}
    for name, helper in HELPERS.items():
        ways[name] = partial(helped, client, helper, documents)
    rates: dict[str, list[list[float]]] = {name: [] for name in ways}
    order = Random(options.seed)
    for number in range(options.rounds + 1):
        for name in order.sample(list(ways), len(ways)):
            rate = options.filled / ways[name]()
            if number:
                rates[name].append([rate])
    for name in HELPERS:
        yield report.paired(
            "filling, documents per s",
            options.filled,
            f"{name}, documents ready",
            rates[OURS],
            rates[name],
            targets=(FILL, None),
            unit="per s",
            better=HIGHER,
        )


def filled(client: Elasticsearch, listings: Sequence[Listing]) -> float:
    """Seconds in which a draft takes the listings; leaves nothing."""
    with _alias(client) as alias:
        index = ElasticsearchIndex(client, alias)
        with index.lock():
            draft = index.draft("benchmark")
            start = time.perf_counter()
            applied = draft.add(iter(listings))
            spent = time.perf_counter() - start
    if applied.upserted != len(listings):
        sys.exit(f"The draft took {applied.upserted} of {len(listings)} listings.")
    return spent


def helped(client: Elasticsearch, helper: Callable[..., object], documents: Sequence[Mapping[str, object]]) -> float:
    """Seconds in which a helper of the client writes the documents; leaves nothing."""
    patient = client.options(request_timeout=PATIENCE_S)
    with _alias(client) as alias:
        name = f"{alias}-helped"
        patient.indices.create(index=name, settings=building(1), mappings=mapping("benchmark", "now"))
        actions = ({"_index": name, "_id": item["id"], "_source": item} for item in documents)
        start = time.perf_counter()
        helper(patient, actions)
        spent = time.perf_counter() - start
        patient.indices.refresh(index=name)
        counted = patient.count(index=name)["count"]
    if counted != len(documents):
        sys.exit(f"The helper wrote {counted} of {len(documents)} documents.")
    return spent


@contextmanager
def _alias(client: Elasticsearch) -> Iterator[str]:
    """A prefix for indices; what carries it is deleted in the end."""
    alias = f"bench-{uuid.uuid4().hex[:12]}"
    patient = client.options(request_timeout=PATIENCE_S, max_retries=5, retry_on_status=(429, 503))
    try:
        yield alias
    finally:
        for name in patient.indices.get(index=f"{alias}-*", expand_wildcards="all"):
            patient.indices.delete(index=name)


@dataclass(frozen=True, slots=True)
class Built:
    """An index that is live under an alias, and what it took."""

    alias: str
    load_s: float
    finish_s: float
    megabytes: float
    segments: int


def build(client: Elasticsearch, alias: str, listings: Iterable[Listing], layout: Layout) -> Built:
    """`load_s` has the making of the listings in it, `finish_s` the merge."""
    index = ElasticsearchIndex(client, alias, layout)
    with index.lock():
        draft = index.draft("benchmark")
        start = time.perf_counter()
        draft.add(listings)
        loaded = time.perf_counter()
        draft.finish(1)
        finished = time.perf_counter()
        live = index.promote(draft)
    shards = client.indices.segments(index=live.name)["indices"][live.name]["shards"].values()
    segments = [segment for shard in shards for copy in shard for segment in copy["segments"].values()]
    megabytes = sum(segment["size_in_bytes"] for segment in segments) / 1e6
    return Built(alias, loaded - start, finished - loaded, megabytes, len(segments))


Post = Callable[[bytes], bytes]
"""The body of a search goes in, the bytes of the answer come out."""


@contextmanager
def bare(url: str, alias: str) -> Iterator[dict[str, Post]]:
    """Two ways to send a body on a connection that stays open: Python's own, which one thread may use, and the pool of
    the library under the client, which all threads share."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection, pool = kind(parts.netloc, timeout=PATIENCE_S), urllib3.connection_from_url(url, maxsize=1)
    path, headers = f"/{alias}/_search?allow_partial_search_results=false", {"Content-Type": "application/json"}

    def alone(data: bytes) -> bytes:
        connection.request("POST", path, data, headers)
        answer = connection.getresponse()
        return _good(answer.status, answer.read())

    def pooled(data: bytes) -> bytes:
        answer = pool.urlopen("POST", path, data, headers)
        return _good(answer.status, answer.data)

    yield {"urllib3": pooled, "http.client": alone}
    connection.close()
    pool.close()


def _good(status: int, answer: bytes) -> bytes:
    if status != http.client.OK:
        sys.exit(f"Elasticsearch answered {status}: {answer[:200]!r}")
    return answer


def asked(of: Query) -> bytes:
    """The body that the adapter sends first for the first page of a query."""
    return orjson.dumps(body(of, borders(of)) | {"size": of.limit + 1})


def _searching(client: Elasticsearch, world: World, options: argparse.Namespace) -> Iterator[Row]:
    with _searched(client, world, options) as (alias, facts), bare(options.url, alias) as posts:
        engine = ElasticsearchEngine(client, alias, PATIENCE_S)
        for kind in KINDS:
            times = _compared(engine, posts, _queries(world, kind, options), options)
            for name in posts:
                yield report.paired(
                    f"{kind} through the adapter",
                    options.size,
                    f"{name}, the same body",
                    times[OURS],
                    times[name],
                    targets=(SEARCH, None),
                    details=facts,
                )


@contextmanager
def _searched(
    client: Elasticsearch, world: World, options: argparse.Namespace
) -> Iterator[tuple[str, dict[str, float]]]:
    """The alias of an index with the listings, and what making it took, where it is made now."""
    if options.reuse:
        yield Kept.read(options.reuse, options.size, options.seed).alias, {}
        return
    with _alias(client) as alias:
        print(f"Loading {options.size:,} listings", flush=True)
        built = build(client, alias, world.listings(options.size), Layout())
        facts = {"segments": built.segments, "megabytes": built.megabytes}
        yield alias, {**facts, "load_s": built.load_s, "finish_s": built.finish_s}


def _queries(world: World, kind: str, options: argparse.Namespace) -> Iterator[Query]:
    random = Random(f"{options.seed}-{kind}")
    while True:
        yield query(world, kind, random)


def _compared(
    engine: ElasticsearchEngine, posts: Mapping[str, Post], queries: Iterator[Query], options: argparse.Namespace
) -> dict[str, list[list[float]]]:
    """Milliseconds of every side, round by round."""
    order = Random(options.seed)
    for item in islice(queries, _WARM_UP):
        once(engine, posts, item, order)
    times: dict[str, list[list[float]]] = {name: [] for name in (OURS, *posts)}
    for _ in range(options.rounds):
        found = [once(engine, posts, item, order) for item in islice(queries, options.queries)]
        for name, rounds in times.items():
            rounds.append([times_of[name] for times_of in found])
    return times


def once(engine: ElasticsearchEngine, posts: Mapping[str, Post], item: Query, order: Random) -> dict[str, float]:
    """Milliseconds of each side, in random order: who comes later finds the server's caches warm."""
    data, total, answers = asked(item), 0, list[bytes]()
    times = {}
    for name in order.sample([OURS, *posts], 1 + len(posts)):
        if name == OURS:
            times[name], result = _timed(partial(engine.search, item))
            total = result.total
        else:
            times[name], answer = _timed(partial(posts[name], data))
            answers.append(answer)
    for answer in answers:
        _same(item, total, orjson.loads(answer)["hits"]["total"]["value"])
    return times


def _same(item: Query, total: int, counted: int) -> None:
    """Before what lies on a border is decided, the circle is a little wider."""
    if total > counted or (total != counted and not borders(item)):
        sys.exit(f"The adapter finds {total}, the same body {counted}: {item}")


def _timed(act: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    found = act()
    return (time.perf_counter() - start) * 1_000, found


def _laid_out(client: Elasticsearch, world: World, options: argparse.Namespace) -> Iterator[Row]:
    """Each layout against one merged shard of the same listings."""
    with _alias(client) as prefix:
        built: dict[str, Built] = {}
        for name, layout in LAYOUTS.items():
            print(f"Loading {options.size:,} listings: {name}", flush=True)
            alias = f"{prefix}-{len(built)}"
            built[name] = build(client, alias, world.listings(options.size), layout)
        engines = {name: ElasticsearchEngine(client, made.alias, PATIENCE_S) for name, made in built.items()}
        times = _rounds(engines, world, options)
    for name, made in built.items():
        if name != BASE:
            details = {
                "load_s": made.load_s,
                "finish_s": made.finish_s,
                "megabytes": made.megabytes,
                "segments": made.segments,
                "peer_load_s": built[BASE].load_s,
                "peer_finish_s": built[BASE].finish_s,
                "peer_megabytes": built[BASE].megabytes,
            }
            yield report.paired(f"layout: {name}", options.size, BASE, times[name], times[BASE], details=details)


def _rounds(
    engines: Mapping[str, ElasticsearchEngine], world: World, options: argparse.Namespace
) -> dict[str, list[list[float]]]:
    order = Random(options.seed)
    mixes = [_queries(world, kind, options) for kind in KINDS]
    times: dict[str, list[list[float]]] = {name: [[] for _ in range(options.rounds)] for name in engines}
    for number in range(-1, options.rounds):
        for item in (item for mix in mixes for item in islice(mix, options.queries)):
            totals = set()
            for name in order.sample(list(engines), len(engines)):
                spent, found = _timed(partial(engines[name].search, item))
                totals.add(found.total)
                if number >= 0:
                    times[name][number].append(spent)
            if len(totals) > 1:
                sys.exit(f"Layouts answer differently: {item}")
    return times


if __name__ == "__main__":
    main()
