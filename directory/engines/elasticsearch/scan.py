"""Reads all documents of an index that match, without their sources."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

LISTED = {"exists": {"field": "expires_on"}}
"""Matches what is a listing, and not the tombstone of one."""
_AT_ONCE = 5_000


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
