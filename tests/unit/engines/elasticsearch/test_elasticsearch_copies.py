"""A generation that is to have copies goes live only with all of them."""

from collections.abc import Iterable
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any, cast

import pytest
from elasticsearch import Elasticsearch

from directory.domain.errors import EngineUnavailable
from directory.engines.elasticsearch.bulk import Bulk
from directory.engines.elasticsearch.generations import Generations
from directory.engines.elasticsearch.index import ElasticsearchDraft
from directory.engines.elasticsearch.layout import Layout

GREEN = {"status": "green", "initializing_shards": 0, "unassigned_shards": 0}
COPYING = {"status": "yellow", "initializing_shards": 1, "unassigned_shards": 0}
UNPLACED = {"status": "yellow", "initializing_shards": 0, "unassigned_shards": 2}


def waited(layout: Layout, health: Iterable[dict[str, Any]]) -> int:
    """How often the draft paused before it was content; `health` is what the cluster says, one look after the other."""
    answers, pauses = iter(health), list[float]()
    stub = SimpleNamespace(cluster=SimpleNamespace(health=lambda index: next(answers)))
    client = cast("Elasticsearch", stub)
    bulk = Bulk(client, "alias", pauses.append)
    draft = ElasticsearchDraft("generation", bulk, Generations(client, "alias"), layout, lambda: None)
    draft._await_copies(client)
    return len(pauses)


def test_without_copies_nobody_is_asked() -> None:
    assert waited(Layout(), []) == 0


def test_copies_are_waited_for_as_long_as_they_are_being_made() -> None:
    assert waited(Layout(replicas=1), [*[COPYING] * 500, GREEN]) == 500


def test_a_moment_without_a_place_is_waited_out() -> None:
    assert waited(Layout(replicas=2), [*[UNPLACED, COPYING] * 100, UNPLACED, GREEN]) == 201


def test_copies_that_are_placed_nowhere_say_where_to_look() -> None:
    with pytest.raises(EngineUnavailable, match=r"places 2 copies nowhere.*ELASTICSEARCH_REPLICAS"):
        waited(Layout(replicas=1), chain([COPYING], repeat(UNPLACED)))
