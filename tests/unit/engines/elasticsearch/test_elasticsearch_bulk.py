"""How writes are grouped, counted and bounded."""

from dataclasses import replace
from random import Random
from typing import Any, cast

import orjson
import pytest
from elasticsearch import Elasticsearch

from directory.domain.errors import EngineUnavailable
from directory.engines.elasticsearch.bulk import (
    ATTEMPTS,
    MOST_BYTES,
    MOST_DOCUMENTS,
    Bulk,
    chunks,
    delete,
    mark,
    upsert,
)
from directory.search.index import Applied
from directory.search.listing import Listing
from tests.factories.listings import Sampler

LISTINGS = Sampler(Random(3)).listings(40)


class Answering:
    """A client whose bulk requests are answered with these statuses, one per document, again and again."""

    def __init__(self, *statuses: int, kind: str = "some_exception") -> None:
        self.statuses = statuses
        self.kind = kind
        self.requests: list[list[bytes]] = []

    def options(self, max_retries: int) -> "Answering":
        assert max_retries == 0, "the client would repeat whole requests unseen"
        return self

    def bulk(self, operations: list[bytes], **_: Any) -> dict[str, Any]:
        self.requests.append(operations)
        return {"items": [{"index": self._item(at)} for at in range(len(operations) // 2)]}

    def _item(self, at: int) -> dict[str, Any]:
        status = self.statuses[at % len(self.statuses)]
        error = {"error": {"type": self.kind, "reason": "because"}} if status >= 400 else {}
        return {"status": status, **error}


def writing(client: Answering, pauses: list[float] | None = None) -> Bulk:
    return Bulk(cast("Elasticsearch", client), "alias", ([] if pauses is None else pauses).append)


def test_groups_are_bounded_by_number_and_keep_order() -> None:
    small = [delete(f"p{number}.0", 1) for number in range(2 * MOST_DOCUMENTS + 1)]
    groups = list(chunks(small))
    assert [len(group) for group in groups] == [MOST_DOCUMENTS, MOST_DOCUMENTS, 1]
    assert [write for group in groups for write in group] == small


def test_groups_are_bounded_by_bytes_and_one_large_write_stands_alone() -> None:
    large = upsert(replace(LISTINGS[0], name="n" * MOST_BYTES))
    groups = list(chunks([delete("p1.0", 1), large, delete("p2.0", 1)]))
    assert [len(group) for group in groups] == [1, 1, 1]
    assert large.size > MOST_BYTES
    assert list(chunks([])) == []


def test_a_write_is_the_two_lines_of_a_versioned_index_action() -> None:
    action, source = map(orjson.loads, upsert(LISTINGS[0]).lines)
    assert action == {"index": {"_id": LISTINGS[0].id, "version": LISTINGS[0].version, "version_type": "external"}}
    assert Listing.decode(source["document"]) == LISTINGS[0]


def test_every_write_is_counted_as_what_it_was() -> None:
    writes = [upsert(LISTINGS[0]), upsert(LISTINGS[1]), delete("p1.0", 2), mark("p1", 2)]
    assert writing(Answering(201)).write(writes) == Applied(upserted=2, deleted=1)
    assert writing(Answering(409)).write(writes) == Applied(stale=3)


def test_refusals_are_named_and_counted_as_nothing_else() -> None:
    applied = writing(Answering(201, 400)).write([upsert(listing) for listing in LISTINGS[:4]])
    assert applied.upserted == 2
    assert [refused.id for refused in applied.refused] == [LISTINGS[1].id, LISTINGS[3].id]
    assert applied.refused[0].reason == "400 some_exception: because"


@pytest.mark.parametrize("status", [429, 503])
def test_patience_with_a_busy_server_ends(status: int) -> None:
    client, pauses = Answering(status), list[float]()
    with pytest.raises(EngineUnavailable, match="overloaded"):
        writing(client, pauses).write([upsert(LISTINGS[0])])
    assert len(client.requests) == ATTEMPTS
    assert pauses == sorted(set(pauses))
    assert len(pauses) == ATTEMPTS - 1


@pytest.mark.parametrize(
    ("status", "kind"), [(403, "cluster_block_exception"), (429, "cluster_block_exception"), (500, "x")]
)
def test_what_no_repetition_mends_stops_the_load_at_once(status: int, kind: str) -> None:
    client, pauses = Answering(status, kind=kind), list[float]()
    with pytest.raises(EngineUnavailable):
        writing(client, pauses).write([upsert(LISTINGS[0])])
    assert (len(client.requests), pauses) == (1, [])
