"""A program that has an answer already is told so, without a search; and never when anything of it may have changed."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from directory.domain.errors import EngineUnavailable
from directory.search.find import WIDENING_S, Finder
from directory.understanding.ask import Asking
from directory.web.app import create_app
from tests.fakes.engines import FailingEngine

SEARCH = "/api/v1/search?near=60614&limit=1"
SPARSE = "/api/v1/search?near=59301&specialty=rheumatologist&limit=1"
OF_THE_BODY = {"Content-Type", "Content-Length"}
COUNTED = {"X-RateLimit-Remaining", "X-RateLimit-Reset"}


@pytest.fixture
def made(services) -> Callable[..., Flask]:
    return lambda **changed: create_app(replace(services, **changed))


def again(app: Flask, tag: str, address: str = SEARCH, **headers: str) -> TestResponse:
    return app.test_client().get(address, headers={"If-None-Match": tag, **headers})


def tag_of(app: Flask, address: str = SEARCH) -> str:
    return app.test_client().get(address).headers["ETag"]


def test_who_has_the_answer_is_told_that_it_still_holds(app):
    first = app.test_client().get(SEARCH)
    second = again(app, first.headers["ETag"])
    assert (second.status_code, second.get_data()) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_it_says_the_same_as_the_answer_itself(app, scheme):
    client = app.test_client()
    first = client.get(SEARCH, base_url=f"{scheme}://localhost")
    second = client.get(SEARCH, base_url=f"{scheme}://localhost", headers={"If-None-Match": first.headers["ETag"]})
    said = {name: value for name, value in first.headers if name not in OF_THE_BODY | COUNTED}
    assert {name: value for name, value in second.headers if name not in COUNTED} == said
    assert {name for name, _ in second.headers} >= COUNTED
    assert said["Cache-Control"] == "no-store"


def test_it_is_recognised_among_others_and_when_it_was_compressed(app):
    compressed = app.test_client().get(SEARCH, headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    tags = f'"other", {compressed.headers["ETag"]}'
    assert again(app, tags, **{"Accept-Encoding": "gzip"}).status_code == 304


def test_an_answer_that_was_cut_short_has_no_tag(made, services):
    """In a quieter moment the same question is answered more fully: nobody may be told that the short one holds."""
    now = 0.0

    def slow() -> float:
        nonlocal now
        now += WIDENING_S
        return now

    finder = Finder(services.engine, services.ranking, services.vocabulary, slow)
    hurried = made(asking=Asking(finder, services.places, services.reader, services.vocabulary))
    answer = hurried.test_client().get(SPARSE)
    assert "ETag" in made().test_client().get(SPARSE).headers
    assert answer.status_code == 200, answer.get_json()
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("scheme", ["HTTPS", "wss", "rubbish"])
def test_a_strange_scheme_is_answered_all_the_same(app, scheme):
    asked = {"headers": {"If-None-Match": tag_of(app)}, "environ_overrides": {"wsgi.url_scheme": scheme}}
    assert app.test_client().get(SEARCH, **asked).status_code == 304


def test_nothing_is_searched_for_it(made, finding, app):
    broken = made(asking=finding(FailingEngine(EngineUnavailable("down"))))
    assert again(broken, tag_of(app)).status_code == 304
    assert again(broken, '"other"').status_code == 503


@pytest.mark.parametrize(
    ("changed", "address"),
    [
        ({}, f"{SEARCH}&lang=es"),
        ({}, "/api/v1/search?near=60615&limit=1"),
        ({"state": lambda: "another generation"}, SEARCH),
        ({"demonstration": lambda: False}, SEARCH),
    ],
    ids=["another language", "another place", "a changed index", "other data"],
)
def test_another_answer_has_another_tag(made, app, changed, address):
    answer = again(made(**changed), tag_of(app), address)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != tag_of(app)


def test_the_next_day_is_answered_anew(made, services, app):
    tomorrow = made(now=lambda: services.now() + timedelta(days=1))
    assert again(tomorrow, tag_of(app)).status_code == 200


def test_another_key_makes_other_tags(made, services, app):
    other = made(settings=replace(services.settings, secret_key="another"))
    assert tag_of(other) != tag_of(app)


def unavailable() -> str:
    raise EngineUnavailable("down")


@pytest.mark.parametrize("state", [lambda: "", unavailable], ids=["cannot tell", "down"])
def test_without_knowing_what_is_served_there_is_no_tag(made, app, state):
    answer = again(made(state=state), tag_of(app))
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_only_searches_by_get_are_tagged(app):
    client = app.test_client()
    posted = client.post("/api/v1/search", json={"near": "60614"}, headers={"If-None-Match": tag_of(app)})
    assert posted.status_code == 200
    assert "ETag" not in posted.headers


def test_it_is_counted_and_logged_as_any_answer(made, services, caplog):
    app = made(settings=replace(services.settings, rate_limit="2 per minute"))
    caplog.set_level(logging.INFO, "directory.access")
    tag = tag_of(app)
    assert [again(app, tag).status_code for _ in range(2)] == [304, 429]
    lines = [record.getMessage().rpartition(" ms")[0].rpartition(" ")[0] for record in caplog.records]
    assert lines[-3:] == [f"GET /api/v1/search {status}" for status in (200, 304, 429)]
    assert 'route="/api/v1/search",status="304"' in app.test_client().get("/metrics").get_data(as_text=True)
