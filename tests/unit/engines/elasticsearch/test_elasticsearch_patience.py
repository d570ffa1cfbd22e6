"""That no answer is waited for longer than the port allows, however many requests it takes."""

from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from elastic_transport import ConnectionTimeout
from elasticsearch import Elasticsearch

from directory.domain.errors import EngineUnavailable
from directory.domain.place import Point
from directory.engines.elasticsearch import engine as engine_module
from directory.engines.elasticsearch.engine import PATIENCE_S, ElasticsearchEngine
from directory.search.query import Cursor, Query, Sort
from tests.factories.listings import TODAY

PORT_LIMIT_S = 2.0


class Slow:
    """A client whose server takes `takes` of the time it is given, connecting and reading alike, for each answer."""

    def __init__(self, takes: float, response: dict[str, Any], nodes: int = 1) -> None:
        self.transport = SimpleNamespace(node_pool=range(nodes))
        self.takes = takes
        self.response = response
        self.now = 1_000.0
        self.timeout = 0.0
        self.asked = 0

    def options(self, request_timeout: float, **_: Any) -> "Slow":
        self.timeout = request_timeout
        return self

    @property
    def indices(self) -> "Slow":
        return self

    def get_alias(self, **_: Any) -> dict[str, Any]:
        self.search()
        return {"g": {}}

    def search(self, **_: Any) -> dict[str, Any]:
        self.asked += 1
        self.now += 2 * self.timeout * self.takes
        if self.takes >= 1:
            raise ConnectionTimeout("too late")
        return self.response


def paging() -> Query:
    query = Query(today=TODAY, near=Point(1.0, 1.0), sort=Sort.DISTANCE)
    cursor = Cursor(id="p1.0", query=query.fingerprint(), today=TODAY, generation="g", distance_m=5.0)
    return Query(today=TODAY, near=Point(1.0, 1.0), sort=Sort.DISTANCE, after=cursor)


@pytest.mark.parametrize(("takes", "nodes", "least"), [(0.5, 1, 3), (0.9, 1, 3), (1.0, 1, 1), (1.0, 3, 2)])
def test_all_requests_of_one_answer_share_its_time(
    monkeypatch: pytest.MonkeyPatch, takes: float, nodes: int, least: int
) -> None:
    endless = {
        "timed_out": False,
        "hits": {"hits": [], "total": {"value": 0}},
        "aggregations": {"border": {"buckets": []}},
    }
    client = Slow(takes, endless, nodes)
    monkeypatch.setattr(engine_module.time, "monotonic", lambda: client.now)
    asking = ElasticsearchEngine(cast("Elasticsearch", client), "alias")
    began = client.now
    with suppress(EngineUnavailable):
        assert asking.search(paging()).generation == "g"
    assert client.asked >= least
    assert client.now - began <= PORT_LIMIT_S


def test_a_cut_short_search_is_told_apart_from_an_empty_one() -> None:
    client = Slow(0.0, {"timed_out": True, "hits": {"hits": []}})
    with pytest.raises(EngineUnavailable, match="in time"):
        ElasticsearchEngine(cast("Elasticsearch", client), "alias").get(["p1.0"], TODAY)


@pytest.mark.parametrize(("nodes", "asked"), [(1, 1), (3, 2)])
def test_a_server_that_is_too_slow_is_asked_again_only_where_there_is_another(
    monkeypatch: pytest.MonkeyPatch, nodes: int, asked: int
) -> None:
    client = Slow(0.5, {}, nodes)
    monkeypatch.setattr(engine_module.time, "monotonic", lambda: client.now)
    monkeypatch.setattr(client, "search", partial(late, client))
    with pytest.raises(EngineUnavailable, match="in time"):
        ElasticsearchEngine(cast("Elasticsearch", client), "alias").get(["p1.0"], TODAY)
    assert client.asked == asked


def late(client: Slow, **_: Any) -> dict[str, Any]:
    """It is connected at once and then says nothing."""
    client.asked += 1
    client.now += client.timeout
    raise ConnectionTimeout("too late")


def test_patience_stays_within_what_the_port_promises() -> None:
    assert PATIENCE_S < PORT_LIMIT_S
