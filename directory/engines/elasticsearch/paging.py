"""One page in the exact order of the port, from an engine whose own distances are not exact.

Listings at one place have one distance, in Elasticsearch too, and stand in order of id: so its order is wrong only
among *different* places that are almost equally far. Inside a page that is mended by sorting. Where a page begins or
ends among listings of almost one distance, `sole` asks whether they share one place, which nearly always they do;
otherwise the whole cluster is read.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from directory.engines.elasticsearch.distances import distance_to, slack
from directory.engines.elasticsearch.query import BORDER, around
from directory.search.query import Cursor, Query, Sort

Response = Any
Ask = Callable[[dict[str, Any]], Response]
"""Sends the body of a search and returns the answer."""
_CHUNK = 500
"""Hits that are read at once where a cluster must be read whole."""


class Found(NamedTuple):
    """A hit. `believed` is Elasticsearch's own distance, infinite without a position; `distance_m` is the exact one."""

    id: str
    points: int
    place: str | None
    distance_m: float | None
    believed: float
    after: list[Any]
    document: str

    def key(self, query: Query) -> tuple[Any, ...]:
        return _key(query, self.points, self.distance_m, self.id)


@dataclass(frozen=True, slots=True)
class Page:
    hits: list[Found]
    more: bool


def fetched(query: Query, ask: Ask) -> dict[str, Any]:
    """The hits that a search fetches first. Where none is to be shown, any one tells the generation."""
    if query.limit:
        return {"size": query.limit + 1} | _start(query, ask)
    return {"size": 1, "sort": ["_doc"], "track_scores": False, "_source": False}


def _start(query: Query, ask: Ask) -> dict[str, Any]:
    """Where a page begins: `search_after`, or nothing on the first page."""
    cursor = query.after
    if cursor is None:
        return {}
    if query.sort is Sort.NAME:
        return {"search_after": [cursor.sort_name, cursor.id]}
    lead = [cursor.points] if query.sort is Sort.BEST else []
    return {"search_after": [*lead, *_start_distance(query, cursor, ask)]}


def _start_distance(query: Query, cursor: Cursor, ask: Ask) -> list[Any]:
    if query.near is None:
        return [cursor.id]
    if cursor.distance_m is None:
        return ["Infinity", cursor.id]
    believed = sole(query, cursor.distance_m, ask)
    if believed is None:
        return [cursor.distance_m - 2 * slack(cursor.distance_m), ""]
    return [believed, cursor.id]


def sole(query: Query, metres: float, ask: Ask) -> float | None:
    """Elasticsearch's own distance of the one place that is as far away as this; None where there are more places
    almost as far, or none."""
    response = ask(around(query, metres))
    places = [bucket["key"] for bucket in response["aggregations"][BORDER]["buckets"]]
    if len(places) != 1 or query.near is None or distance_to(query.near, places[0]) != metres:
        return None
    return float(response["hits"]["hits"][0]["sort"][0])


def page(query: Query, first: Response, further: dict[str, Any], ask: Ask) -> Page:
    """The page, from the answer to the search for `limit + 1` hits; `further` is the body that reads on."""
    if query.limit == 0:
        return Page([], more=False)
    batch = read(query, first)
    wanted = len(batch) == query.limit + 1
    found = _after_cursor(query, batch)
    while wanted and not _complete(query, found, batch[-1], ask):
        batch = read(query, ask({**further, "size": _CHUNK, "search_after": batch[-1].after}))
        wanted = len(batch) == _CHUNK
        found += _after_cursor(query, batch)
    if _by_distance(query):
        found.sort(key=lambda hit: hit.key(query))
    return Page(found[: query.limit], more=len(found) > query.limit)


def read(query: Query, response: Response) -> list[Found]:
    return [_found(query, hit) for hit in response["hits"]["hits"]]


def _found(query: Query, hit: dict[str, Any]) -> Found:
    place, distance, believed = None, None, math.inf
    if query.near is not None and "fields" in hit:
        place = hit["fields"]["place"][0]
        distance = distance_to(query.near, place)
        if query.sort is not Sort.NAME:
            believed = float(hit["sort"][-2])
    document = hit["_source"]["document"]
    return Found(hit["_id"], round(hit["_score"]), place, distance, believed, hit["sort"], document)


def _by_distance(query: Query) -> bool:
    return query.near is not None and query.sort is not Sort.NAME


def _after_cursor(query: Query, batch: list[Found]) -> list[Found]:
    cursor = query.after
    if cursor is None or not _by_distance(query):
        return batch
    seen = _key(query, cursor.points or 0, cursor.distance_m, cursor.id)
    return [hit for hit in batch if hit.key(query) > seen]


def _key(query: Query, points: int, distance: float | None, item: str) -> tuple[Any, ...]:
    lead = [-points] if query.sort is Sort.BEST else []
    return (*lead, math.inf if distance is None else distance, item)


def _complete(query: Query, found: list[Found], last: Found, ask: Ask) -> bool:
    """Whether nothing that was not read yet can belong on this page. `last` is the last hit that was read."""
    if len(found) <= query.limit:
        return False
    if not _by_distance(query) or last.distance_m is None:
        return True
    surely_after = _key(query, last.points, last.believed - 2 * slack(last.believed), "")
    settled = sum(hit.key(query) < surely_after for hit in found)
    return settled >= query.limit or sole(query, last.distance_m, ask) is not None
