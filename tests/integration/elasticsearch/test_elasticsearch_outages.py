"""Elasticsearch down, slow, foreign or of another version: an honest error, and no word of the query in it."""

import logging
import threading
from collections.abc import Callable
from itertools import cycle

import orjson
import pytest

from directory.domain.errors import EngineUnavailable
from directory.domain.place import Point
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import PATIENCE_S, ElasticsearchEngine
from directory.search.query import Query
from tests.factories.listings import TODAY
from tests.integration.elasticsearch.conftest import Store, sample, samples
from tests.integration.elasticsearch.proxies import (
    Answer,
    Forward,
    Proxy,
    Request,
    black_hole,
    closed_port,
    refusal,
    serving,
)

SECRET = "sciatica"
QUERY = Query(today=TODAY, near=Point(40.0, -75.0), radius_m=1_000.0, text=(SECRET,))
Call = Callable[[ElasticsearchEngine], object]
CALLS: dict[str, Call] = {
    "search": lambda engine: engine.search(QUERY),
    "of_subject": lambda engine: engine.of_subject("p1", TODAY),
    "get": lambda engine: engine.get(["p1.0"], TODAY),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_closed_port_is_an_engine_that_is_unavailable(store: Store, call: Call) -> None:
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        call(store.engine(closed_port()))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_server_that_never_answers_is_not_waited_for(store: Store, call: Call) -> None:
    with black_hole() as url, pytest.raises(EngineUnavailable, match="in time"):
        call(store.engine(url, PATIENCE_S))


@pytest.mark.parametrize(("name", "limit", "total"), [((), 20, 3), ((), 0, 3), (("nobody",), 20, 0)])
def test_a_node_that_is_down_costs_no_answer_while_another_one_runs(
    store: Store, name: tuple[str, ...], limit: int, total: int
) -> None:
    live = store.build(samples(3)).name
    engine = store.engine(f"{closed_port()},{store.url}")
    for _ in range(12):
        found = engine.search(Query(today=TODAY, name=name, limit=limit))
        assert (found.total, found.generation) == (total, live)


def test_counting_alone_is_one_request(store: Store) -> None:
    live = store.build(samples(3)).name
    asked: list[str] = []

    def noted(request: Request, forward: Forward) -> Answer:
        asked.append(request.path)
        return forward(request)

    with serving(Proxy(store.url, noted)) as proxy:
        found = store.engine(proxy.url).search(Query(today=TODAY, limit=0))
    assert (found.total, found.generation, found.hits) == (3, live, ())
    assert len(asked) == 1


def test_a_node_that_falls_silent_costs_no_answer_while_another_one_runs(store: Store) -> None:
    store.build(samples(3))
    with black_hole() as url:
        engine = store.engine(f"{url},{store.url}", PATIENCE_S)
        assert [engine.search(Query(today=TODAY)).total for _ in range(4)] == [3] * 4


def test_readiness_says_what_is_wrong_and_never_raises(store: Store) -> None:
    assert "cannot be reached" in store.engine(closed_port()).readiness().detail
    with black_hole() as url:
        assert "in time" in store.engine(url, PATIENCE_S).readiness().detail


def test_writers_say_that_the_engine_is_down(store: Store) -> None:
    index = store.index(closed_port())
    with pytest.raises(EngineUnavailable):
        index.live()
    with pytest.raises(EngineUnavailable), index.lock():
        pytest.fail("locked without a server")
    with pytest.raises(EngineUnavailable):
        list(index.entries())


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503])
def test_no_error_repeats_the_query(store: Store, status: int) -> None:
    def repeats(request: Request, forward: Forward) -> Answer:
        return Answer(status, orjson.dumps({"error": {"type": "bad", "reason": request.body.decode()}}))

    with serving(Proxy(store.url, repeats)) as proxy, pytest.raises(EngineUnavailable) as caught:
        store.engine(proxy.url).search(QUERY)
    error: BaseException | None = caught.value
    assert SECRET not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_no_query_is_logged_however_much_is_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        store.build(samples(2))
        store.engine().search(QUERY)
        with pytest.raises(EngineUnavailable):
            store.engine(closed_port()).search(QUERY)
    assert SECRET not in caplog.text
    assert [record for record in caplog.records if record.name.startswith("elastic") and record.levelno < 30] == []


def test_what_is_not_elasticsearch_is_named_as_such(store: Store) -> None:
    with serving(Proxy(store.url, lambda *_: Answer(200, b"<html>", "text/html"))) as proxy:
        readiness = store.engine(proxy.url).readiness()
    assert "not Elasticsearch" in readiness.detail


def test_a_server_of_another_major_version_is_refused(store: Store) -> None:
    def older(request: Request, forward: Forward) -> Answer:
        if request.path != "/":
            return forward(request)
        answer = orjson.loads(forward(request).body)
        return Answer(200, orjson.dumps({**answer, "version": {**answer["version"], "number": "8.19.0"}}))

    with serving(Proxy(store.url, older)) as proxy:
        assert "same major version" in store.engine(proxy.url).readiness().detail
        index = store.index(proxy.url)
        with index.lock(), pytest.raises(EngineUnavailable, match="same major version"):
            index.draft("f")
    assert store.names() == []


def test_a_search_cut_short_by_the_server_is_no_answer(store: Store) -> None:
    store.build(samples(2))

    def partial(request: Request, forward: Forward) -> Answer:
        return Answer(200, orjson.dumps({**orjson.loads(forward(request).body), "timed_out": True}))

    with serving(Proxy(store.url, partial)) as proxy, pytest.raises(EngineUnavailable, match="in time"):
        store.engine(proxy.url).search(QUERY)


def test_an_engine_is_back_as_soon_as_its_server_is(store: Store) -> None:
    store.build(samples(2))
    answers = cycle([refusal(503), refusal(503), None])
    with serving(Proxy(store.url, lambda request, forward: next(answers) or forward(request))) as proxy:
        engine = store.engine(proxy.url)
        with pytest.raises(EngineUnavailable):
            engine.search(Query(today=TODAY))
        assert engine.search(Query(today=TODAY)).total == 2


def test_readers_never_meet_a_gap_between_generations(store: Store) -> None:
    names = {store.build([sample(1)]).name}
    engine, done = store.engine(), threading.Event()
    seen: list[tuple[int, str]] = []
    failures: list[EngineUnavailable] = []

    def read() -> None:
        while not done.is_set():
            try:
                result = engine.search(Query(today=TODAY))
                seen.append((result.total, result.generation))
            except EngineUnavailable as error:
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(6):
        names.add(store.build([sample(1)]).name)
    done.set()
    reader.join()
    assert failures == []
    assert {total for total, _ in seen} == {1}
    assert {name for _, name in seen} <= names
    assert len({name for _, name in seen}) > 1


def test_documents_of_another_release_ask_for_a_rebuild(store: Store) -> None:
    name = store.build([sample(1)]).name
    client = connect(store.url)
    client.update(index=name, id=sample(1).id, doc={"document": '{"id": "p1.0"}'}, refresh=True)
    client.close()
    for call in (lambda engine: engine.search(Query(today=TODAY)), lambda engine: engine.get([sample(1).id], TODAY)):
        with pytest.raises(EngineUnavailable, match="indexer rebuild"):
            call(store.engine())
