"""Reads all documents of an index that match."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

LISTED = {"exists": {"field": "expires_on"}}
"""Matches what is a listing, and not the tombstone of one."""
_AT_ONCE = 5_000
_SOURCES_AT_ONCE = 1_000
_KEEP_ALIVE = "5m"


@contextmanager
def moment(client: Elasticsearch, index: str) -> Iterator[dict[str, Any]]:
    """A point in time of an index, as a search names it."""
    opened = client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)["id"]
    try:
        yield {"pit": {"id": opened, "keep_alive": _KEEP_ALIVE}}
    finally:
        # It ends by itself when nobody asks any more: that it could not be ended now, or was gone, spoils nothing.
        with suppress(ApiError, TransportError):
            client.close_point_in_time(id=opened)


def scan(
    client: Elasticsearch,
    clause: Mapping[str, Any],
    fields: Sequence[str],
    index: str | None = None,
    snapshot: Mapping[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """Field values of everything that matches, in order of id: in an index, or in a point in time."""
    request: dict[str, Any] = {
        "query": {"bool": {"filter": [clause]}},
        "sort": [{"id": "asc"}],
        "size": _AT_ONCE,
        "_source": False,
        "docvalue_fields": list(fields),
        "track_total_hits": False,
        **(snapshot or {}),
    }
    while True:
        hits = client.search(index=index, body=request, allow_partial_search_results=False)["hits"]["hits"]
        yield from (hit["fields"] for hit in hits)
        if len(hits) < _AT_ONCE:
            return
        request["search_after"] = hits[-1]["sort"]


def documents(client: Elasticsearch, clause: Mapping[str, Any], snapshot: Mapping[str, Any]) -> Iterator[str]:
    """The `document` of everything that matches, in the order in which it lies."""
    request: dict[str, Any] = {
        "query": {"bool": {"filter": [clause]}},
        "sort": [{"_shard_doc": "asc"}],
        "size": _SOURCES_AT_ONCE,
        "_source": ["document"],
        "track_total_hits": False,
        **snapshot,
    }
    while True:
        hits = client.search(body=request, allow_partial_search_results=False)["hits"]["hits"]
        yield from (hit["_source"]["document"] for hit in hits)
        if len(hits) < _SOURCES_AT_ONCE:
            return
        request["search_after"] = hits[-1]["sort"]
