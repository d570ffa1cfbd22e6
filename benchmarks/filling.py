"""Fills Elasticsearch with a benchmark's listings from several processes, since one alone cannot make them fast enough,
and notes what was kept for the next run."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import msgspec
from elasticsearch import Elasticsearch

from benchmarks.generate import World
from directory.engines.elasticsearch.bulk import Bulk, upsert
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.generations import Generations
from directory.engines.elasticsearch.index import PATIENCE_S, ElasticsearchIndex

_SHARE = 50_000
"""Listings that a process makes and sends before it takes the next."""
_MERGED_WITHIN_S = 4 * 3_600
KEPT = "kept.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """What `benchmarks.engines --keep` left, for `--reuse`: how many, under which alias, and in how many seconds."""

    size: int
    seed: int
    alias: str
    loads: Mapping[str, float]

    def write(self, folder: Path) -> None:
        (folder / KEPT).write_bytes(msgspec.json.encode(self))

    @classmethod
    def read(cls, folder: Path, size: int, seed: int) -> "Kept":
        """Raises SystemExit where nothing, or something else, was kept."""
        try:
            kept = msgspec.json.decode((folder / KEPT).read_bytes(), type=cls)
        except FileNotFoundError:
            raise SystemExit(f"{folder} holds nothing to use again: load it with --keep first.") from None
        if (kept.size, kept.seed) != (size, seed):
            raise SystemExit(f"{folder} holds {kept.size} listings of seed {kept.seed}: ask for those.")
        return kept


def fill(url: str, alias: str, world: World, size: int, processes: int) -> float:
    """A live generation of one merged segment behind the alias, as `indexer rebuild` makes it.

    Returns the seconds that it took, making the listings included.
    """
    start = time.perf_counter()
    with connect(url) as client:
        index = ElasticsearchIndex(client, alias)
        with index.lock():
            draft = index.draft("benchmark")
            _send_all(url, Generations(client, alias).draft_alias(draft.name), world.seed, size, processes)
            draft.finish(1)
            index.promote(draft)
        client.options(request_timeout=_MERGED_WITHIN_S).indices.forcemerge(index=alias, max_num_segments=1)
    return time.perf_counter() - start


def remove(client: Elasticsearch, alias: str) -> None:
    """Deletes every index of the alias."""
    for name in client.indices.get(index=f"{alias}-*", expand_wildcards="all"):
        client.indices.delete(index=name)


def _send_all(url: str, draft: str, seed: int, size: int, processes: int) -> None:
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        shares = [pool.submit(_send, url, draft, seed, first, count) for first, count in _shares(size)]
        sent = 0
        for number, share in enumerate(as_completed(shares), 1):
            sent += share.result()
            if number % 10 == 0 or number == len(shares):
                print(f"{sent:,} of {size:,} listings are in Elasticsearch", flush=True)


def _shares(size: int) -> Iterator[tuple[int, int]]:
    """First listing and number of listings of each share."""
    for first in range(0, size, _SHARE):
        yield first, min(_SHARE, size - first)


def _send(url: str, draft: str, seed: int, first: int, count: int) -> int:
    """Sends one share. Raises SystemExit where the server refuses any of it."""
    with connect(url) as client:
        bulk = Bulk(client.options(request_timeout=PATIENCE_S), draft)
        written = bulk.write(upsert(listing) for listing in World(seed).listings(count, first))
    if written.upserted != count:
        raise SystemExit(f"Elasticsearch took {written.upserted} of {count} listings: {written.refused[:3]}")
    return count
