"""Answers queries from the live generation of an Elasticsearch index."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from elasticsearch import ApiError, ConnectionError, ConnectionTimeout, Elasticsearch  # noqa: A004

from directory.domain.errors import EngineUnavailable
from directory.engines.elasticsearch.client import check_version
from directory.engines.elasticsearch.distances import borders, judge
from directory.engines.elasticsearch.errors import LATE, MISSING, NOTHING_LIVE, translated
from directory.engines.elasticsearch.generations import Generations
from directory.engines.elasticsearch.mapping import decoded
from directory.engines.elasticsearch.paging import Found, Response, fetched, page
from directory.engines.elasticsearch.query import BORDER, alive, body
from directory.search.engine import Readiness
from directory.search.listing import Listing
from directory.search.query import Cursor, Query, Sort
from directory.search.result import Hit, Result

T = TypeVar("T")
NAME = "elasticsearch"
PATIENCE_S = 1.9
"""A little less than the two seconds that the port allows."""
_AT_ONCE = 1_000
_STEPS = 100
_VANISHED = frozenset({MISSING, 503})
"""A search that meets the old generation while it is deleted fails like this; asked again it finds the new one."""


class _Limited:
    """The client with a limit for each request. Making one costs as long as a small search, so each is kept."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client
        self._made: dict[int, Elasticsearch] = {}

    @property
    def knows_others(self) -> bool:
        """Whether there is more than one node to ask. One that failed or was too slow is left alone for a while."""
        return len(self._client.transport.node_pool) > 1

    def to(self, seconds: float) -> Elasticsearch:
        """Rounded down to a hundredth of a second."""
        steps = max(1, int(seconds * _STEPS))
        made = self._made.get(steps)
        if made is None:
            limit = steps / _STEPS
            made = self._client.options(request_timeout=limit, max_retries=0, retry_on_timeout=False)
            self._made[steps] = made
        return made


@dataclass(frozen=True, slots=True)
class _Conversation:
    """The requests that belong to one answer and share its time."""

    client: _Limited
    alias: str
    ends_at: float

    def ask(self, request: dict[str, Any]) -> Response:
        return self._insisting(lambda: self._search(request))

    def live(self) -> str:
        name = self._insisting(lambda: self.generations().live_name())
        if name is None:
            raise EngineUnavailable(NOTHING_LIVE)
        return name

    def generations(self) -> Generations:
        return Generations(self.patient(), self.alias)

    def _insisting(self, request: Callable[[], T]) -> T:
        """Asks once more where another node, or the generation that has just gone live, may answer."""
        try:
            return request()
        except ApiError as error:
            if error.meta.status not in _VANISHED:
                raise
        except ConnectionError:
            pass
        except ConnectionTimeout:
            # A single server that is overloaded would only have twice as much to do.
            if not self.client.knows_others:
                raise
        return request()

    def patient(self) -> Elasticsearch:
        """The client with half of the time that is left: connecting and reading may each take as long."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise EngineUnavailable(LATE)
        return self.client.to(left / 2)

    def _search(self, request: dict[str, Any]) -> Response:
        response = self.patient().search(index=self.alias, body=request, allow_partial_search_results=False)
        if response["timed_out"]:
            raise EngineUnavailable(LATE)
        return response


class ElasticsearchEngine:
    """Implements `directory.search.engine.Engine` over the generation that `alias` names.

    Every answer comes within `patience_s` seconds, or EngineUnavailable is raised.
    """

    def __init__(self, client: Elasticsearch, alias: str, patience_s: float = PATIENCE_S) -> None:
        self._client = _Limited(client)
        self._alias = alias
        self._patience_s = patience_s

    def search(self, query: Query) -> Result:
        return self._within_patience(lambda talk: _search(talk, query))

    def of_subject(self, subject: str, today: date) -> tuple[Listing, ...]:
        return self._within_patience(lambda talk: tuple(_listings(talk, {"term": {"subject": subject}}, today)))

    def get(self, ids: Sequence[str], today: date) -> tuple[Listing, ...]:
        found = self._within_patience(lambda talk: _by_id(talk, ids, today))
        return tuple(found[item] for item in ids if item in found)

    def readiness(self) -> Readiness:
        try:
            return self._within_patience(_readiness)
        except EngineUnavailable as error:
            return Readiness(ready=False, engine=NAME, detail=str(error))

    def _within_patience(self, work: Callable[[_Conversation], T]) -> T:
        talk = _Conversation(self._client, self._alias, time.monotonic() + self._patience_s)
        with translated():
            return work(talk)


def _search(talk: _Conversation, query: Query) -> Result:
    request, response = _decided(talk, query, fetched(query, talk.ask))
    shown = page(query, response, {**request, "aggs": {}, "track_total_hits": False}, talk.ask)
    hits = response["hits"]["hits"]
    generation = hits[0]["_index"] if hits else talk.live()
    return Result(
        hits=tuple(Hit(decoded(hit.document), hit.points, hit.distance_m) for hit in shown.hits),
        total=response["hits"]["total"]["value"],
        facets={field: _counts(response["aggregations"][field.value]) for field in query.facets},
        next=_cursor(query, shown.hits[-1], generation) if shown.more else None,
        generation=generation,
    )


def _decided(talk: _Conversation, query: Query, part: dict[str, Any]) -> tuple[dict[str, Any], Response]:
    """The search and its answer, asked once more where something lies on a border."""
    steps = borders(query)
    request = body(query, steps)
    response = talk.ask(request | part)
    rings = response["aggregations"][BORDER]["buckets"] if steps else ()
    doubtful = {place for ring in rings for place in _counts(ring)}
    if query.near is None or not doubtful:
        return request, response
    request = body(query, (), judge(query.near, doubtful, steps))
    return request, talk.ask(request | part)


def _counts(aggregation: Mapping[str, Any]) -> dict[str, int]:
    """Every token of a facet with its count. Raises EngineUnavailable rather than leave some out."""
    counted = aggregation.get("tokens", aggregation)
    if counted["sum_other_doc_count"]:
        raise EngineUnavailable("A facet has more values than Elasticsearch was asked for.")
    return {bucket["key"]: bucket["doc_count"] for bucket in counted["buckets"]}


def _cursor(query: Query, last: Found, generation: str) -> Cursor:
    by_name = query.sort is Sort.NAME
    return Cursor(
        id=last.id,
        query=query.fingerprint(),
        today=query.today,
        generation=generation,
        points=last.points if query.sort is Sort.BEST else None,
        distance_m=None if by_name else last.distance_m,
        sort_name=last.after[0] if by_name else None,
    )


def _by_id(talk: _Conversation, ids: Sequence[str], today: date) -> dict[str, Listing]:
    found: dict[str, Listing] = {}
    for at in range(0, len(ids), _AT_ONCE):
        asked = {"terms": {"id": list(ids[at : at + _AT_ONCE])}}
        found |= {listing.id: listing for listing in _listings(talk, asked, today)}
    return found


def _listings(talk: _Conversation, clause: dict[str, Any], today: date) -> list[Listing]:
    """All unexpired listings that match, by id."""
    request: dict[str, Any] = {
        "query": {"bool": {"filter": [clause, alive(today)]}},
        "sort": [{"id": "asc"}],
        "size": _AT_ONCE,
        "_source": ["document"],
        "track_total_hits": False,
    }
    found: list[Listing] = []
    while True:
        hits = talk.ask(request)["hits"]["hits"]
        found += [decoded(hit["_source"]["document"]) for hit in hits]
        if len(hits) < _AT_ONCE:
            return found
        request["search_after"] = hits[-1]["sort"]


def _readiness(talk: _Conversation) -> Readiness:
    check_version(talk.patient())
    live = talk.live()
    return Readiness(ready=True, engine=NAME, generation=live, listings=talk.generations().count(live))
