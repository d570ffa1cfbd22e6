"""A search answered before Flask is the one that Flask would give, whatever is asked."""

from collections.abc import Iterator
from dataclasses import replace

import brotli
import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient

from directory.domain.errors import EngineUnavailable
from directory.understanding.ask import Asked
from directory.web.api.direct import DirectSearch
from directory.web.app import create_app
from directory.web.authorization import PUBLIC, RULES

SEARCH = "/api/v1/search"
PLAIN = (
    "", "?near=60614", "?near=60614&limit=3&lang=es", "?near=Denver,+CO&specialty=physiatrist&specialty=chiropractor",
    "?q=sciatica+near+Chicago,+IL", "?q=ci%C3%A1tica&lang=es", "?near=Springfield", "?near=nowhere+at+all",
    "?q=numb+saddle+and+cannot+urinate", "?near=60614&language=es&include_unknown=language", "?q=x%26y",
)  # fmt: skip
REFUSED = (
    "?bogus=1", "?limit=0", "?limit=abc", "?lang=xx", "?radius_mi=5", "?near=60614&specialty=nobody", "?cursor=abc",
    "?lat=41", "?near=60614&near=60615&limit=1&limit=2", "?kind=nothing", "?sort=distance", "?q=%FF%00", "?near",
    f"?q={'x' * 1001}",
)  # fmt: skip
HEADERS = (
    {}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br;q=0.5, gzip"}, {"Accept-Encoding": "zstd, br"},
    {"Accept-Encoding": "identity, *;q=0"}, {"Origin": "https://example.org"}, {"If-None-Match": '"other"'},
    {"If-Match": '"other"'}, {"Cookie": "session=nothing"}, {"Range": "bytes=0-9"},
)  # fmt: skip
CHANGING = {"Date", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
GZIP_TIME = slice(4, 8)


@pytest.fixture(name="by_flask")
def by_flask_(app: Flask) -> Iterator[list[str]]:
    """The addresses that Flask was asked for."""
    seen: list[str] = []

    def begun(_app: Flask, **_: object) -> None:
        seen.append(_app.name)

    with request_started.connected_to(begun, app):
        yield seen


def said(client: FlaskClient, query: str, headers: dict[str, str], scheme: str = "http") -> tuple[object, ...]:
    answer = client.get(SEARCH + query, headers=headers, base_url=f"{scheme}://localhost")
    body = bytearray(answer.get_data())
    if answer.headers.get("Content-Encoding") == "gzip":
        body[GZIP_TIME] = bytes(4)
    return answer.status, sorted(pair for pair in answer.headers if pair[0] not in CHANGING), bytes(body)


@pytest.mark.parametrize("query", [*PLAIN, *REFUSED])
def test_every_question_is_answered_as_by_flask(app, monkeypatch, query):
    direct = said(app.test_client(), query, {})
    monkeypatch.setattr(DirectSearch, "answer", lambda *_: None)
    assert direct == said(app.test_client(), query, {})


@pytest.mark.parametrize("headers", HEADERS, ids=str)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_client_is_answered_as_by_flask(app, monkeypatch, headers, scheme):
    direct = said(app.test_client(), "?near=60614", headers, scheme)
    monkeypatch.setattr(DirectSearch, "answer", lambda *_: None)
    assert direct == said(app.test_client(), "?near=60614", headers, scheme)


@pytest.mark.parametrize("query", PLAIN)
def test_flask_has_no_part_in_what_can_be_answered(app, by_flask, query):
    assert app.test_client().get(SEARCH + query).status_code == 200
    assert by_flask == []


@pytest.mark.parametrize("method", ["head", "post", "options", "put"])
def test_other_methods_are_left_to_flask(app, by_flask, method):
    getattr(app.test_client(), method)(SEARCH)
    assert len(by_flask) == 1


def test_what_is_compressed_is_the_same_answer(app):
    client = app.test_client()
    plain, packed = (client.get(f"{SEARCH}?near=60614", headers=headers) for headers in ({}, {"Accept-Encoding": "br"}))
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.get_data()) == plain.get_data()


@pytest.mark.parametrize(
    ("error", "status"), [(EngineUnavailable("down"), 503), (ZeroDivisionError("nothing of this is told"), 500)]
)
def test_a_search_that_fails_is_told_as_by_flask_and_not_searched_again(services, error, status):
    asked: list[Asked] = []

    class Failing:
        def ask(self, question: Asked, *_: object) -> None:
            asked.append(question)
            raise error

    app = create_app(replace(services, asking=Failing()))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get(f"{SEARCH}?near=60614")
    assert (answer.status_code, answer.mimetype, len(asked)) == (status, "application/problem+json", 1)
    assert "nothing of this" not in answer.get_data(as_text=True)


def test_everybody_may_search_so_that_the_table_of_authorization_need_not_be_asked():
    assert RULES["api.search"] is PUBLIC
