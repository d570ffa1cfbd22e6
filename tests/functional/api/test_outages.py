"""What visitors meet while the search engine or the records are down."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from directory.bootstrap import compose
from directory.domain.errors import EngineUnavailable
from directory.web.app import create_app
from tests.fakes.engines import FailingEngine


@pytest.fixture
def nobody_listens() -> Iterator[int]:
    """A port that refuses connections, and that nobody else takes meanwhile."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield int(reserved.getsockname()[1])


@pytest.fixture
def nobody_answers() -> Iterator[int]:
    """A port that takes connections and stays silent."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield int(silent.getsockname()[1])


@pytest.fixture(params=["nobody_listens", "nobody_answers"])
def port(request) -> int:
    return request.getfixturevalue(request.param)


@pytest.fixture
def over_elasticsearch(demonstration, port):
    """Makes a client of the site over Elasticsearch at a port where there is none."""

    def make(fallback=""):
        environment = {
            "DIRECTORY_DATA_DIR": str(demonstration),
            "DIRECTORY_SECRET_KEY": "for tests only",
            "DIRECTORY_ENGINE": "elasticsearch",
            "DIRECTORY_FALLBACK_ENGINE": fallback,
            "ELASTICSEARCH_URL": f"http://127.0.0.1:{port}",
        }
        return create_app(compose(environment).services()).test_client()

    return make


def test_a_search_says_when_to_come_back(over_elasticsearch):
    client = over_elasticsearch()
    for response in (
        client.get("/api/v1/search?near=60614"),
        client.post("/api/v1/search", json={"q": "sciatica denver"}),
    ):
        assert (response.status_code, response.mimetype) == (503, "application/problem+json")
        assert int(response.headers["Retry-After"]) >= 1
        assert "Elasticsearch" not in response.get_data(as_text=True), "visitors are not operators"


def test_a_page_says_so_in_words(over_elasticsearch):
    response = over_elasticsearch().get("/search?near=60614")
    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert int(response.headers["Retry-After"]) >= 1


def test_what_needs_no_engine_goes_on(over_elasticsearch):
    client = over_elasticsearch()
    for path in ("/", "/healthz", "/api/v1/specialties", "/api/v1/understand?q=sciatica", "/conditions/sciatica"):
        assert client.get(path).status_code == 200, path
    kinds = {row["kind"] for row in client.get("/api/v1/suggest?q=scia").get_json()["suggestions"]}
    assert kinds == {"condition"}


def test_readiness_says_what_is_wrong(over_elasticsearch):
    response = over_elasticsearch().get("/readyz")
    assert response.status_code == 503
    body = response.get_json()
    assert (body["ready"], body["engine"], body["records"]) == (False, "elasticsearch", True)
    assert body["detail"]


def test_the_figures_say_that_no_search_is_answered(over_elasticsearch):
    text = over_elasticsearch().get("/metrics").get_data(as_text=True)
    assert 'directory_engine_ready{engine="elasticsearch"} 0.0' in text


def test_the_embedded_index_answers_where_it_is_configured_and_every_answer_says_so(over_elasticsearch, client):
    behind = over_elasticsearch(fallback="embedded")
    question = "/api/v1/search?near=Chicago, IL&specialty=chiropractor"
    for _ in range(2):
        answered = behind.get(question)
        assert (answered.status_code, answered.headers["X-Served-By"]) == (200, "fallback")
        body, usual = answered.get_json(), client.get(question).get_json()
        assert (body.pop("served_by_fallback"), usual.pop("served_by_fallback")) == (True, False)
        assert body == usual
    assert behind.get("/readyz").status_code == 200


def test_a_fault_of_the_code_is_not_taken_for_an_outage(services, finding):
    app = create_app(replace(services, asking=finding(FailingEngine(KeyError("condition")))))
    response = app.test_client().get("/api/v1/search")
    assert (response.status_code, response.get_json()["status"]) == (500, 500)
    assert "Retry-After" not in response.headers


def test_the_wait_that_an_engine_names_is_passed_on(services, finding):
    app = create_app(replace(services, asking=finding(FailingEngine(EngineUnavailable("reindexing", retry_after=37)))))
    assert app.test_client().get("/api/v1/search").headers["Retry-After"] == "37"


def test_records_that_are_down_do_not_take_searches_with_them(demonstration, tmp_path):
    environment = {
        "DIRECTORY_DATA_DIR": str(tmp_path),
        "DIRECTORY_SECRET_KEY": "for tests only",
        "DIRECTORY_INDEX_DIR": str(demonstration / "index"),
        "DIRECTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'missing' / 'directory.sqlite'}",
    }
    client = create_app(compose(environment).services()).test_client()
    assert client.get("/api/v1/search?near=60614").get_json()["total"] > 0
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["records"]) == (200, False)
