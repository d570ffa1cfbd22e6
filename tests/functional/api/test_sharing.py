"""Who may read the API from another site, and what any cache may keep."""

from dataclasses import replace

import pytest

from directory.web.app import create_app
from tests.functional.api.test_search import search

ELSEWHERE = {"Origin": "https://elsewhere.example.org"}


def test_any_site_may_read_and_no_credentials_go_along(client):
    for response in (
        client.get("/api/v1/search?near=60614", headers=ELSEWHERE),
        client.post("/api/v1/search", json={"near": "60614"}, headers=ELSEWHERE),
        client.get("/api/v1/search?limit=0", headers=ELSEWHERE),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "X-RateLimit-Remaining" in response.headers["Access-Control-Expose-Headers"]


def test_a_browser_that_asks_first_may_post_json(client):
    preflight = {
        **ELSEWHERE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = client.options("/api/v1/search", headers=preflight)
    assert response.status_code == 200
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "content-type" in response.headers["Access-Control-Allow-Headers"].casefold()
    assert "DELETE" not in response.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("path", ["/", "/search?near=60614", "/readyz"])
def test_nothing_but_the_api_is_shared(client, path):
    assert "Access-Control-Allow-Origin" not in client.get(path, headers=ELSEWHERE).headers


@pytest.mark.fault(40)
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?q=sciatica",
        "/api/v1/search?limit=0",
        "/api/v1/suggest?q=sci",
        "/api/v1/understand?q=sciatica",
        "/search?q=sciatica",
        "/api/v1/nothing",
    ],
)
def test_no_cache_keeps_what_somebody_asked(client, path):
    response = client.get(path)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.fault(40)
@pytest.mark.parametrize("path", ["/api/v1/suggest?q=sci", "/api/v1/understand?q=sciatica", "/search?q=sciatica"])
def test_only_what_programs_ask_again_has_a_tag(client, path):
    assert "ETag" not in client.get(path).headers


@pytest.mark.fault(40)
def test_a_tag_tells_nobody_what_was_asked(client, services):
    """It is keyed: trying out all words against it leads nowhere without the key."""
    path = "/api/v1/search?q=sciatica"
    others = replace(services, settings=replace(services.settings, secret_key="another"))
    assert client.get(path).headers["ETag"] != create_app(others).test_client().get(path).headers["ETag"]


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize(
    "path",
    ["/api/v1/specialties", "/api/v1/conditions?lang=es", "/api/v1/conditions/sciatica", "/api/v1/openapi.json"],
)
def test_what_is_the_same_for_everybody_is_kept_and_asked_again_by_its_tag(client, path, encoding):
    accepting = {"Accept-Encoding": encoding}
    first = client.get(path, headers=accepting)
    assert (first.status_code, first.headers.get("Content-Encoding", "identity")) == (200, encoding)
    assert "max-age" in first.headers["Cache-Control"]
    again = client.get(path, headers={**accepting, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_two_languages_have_tags_of_their_own(client):
    tags = {client.get(f"/api/v1/specialties?lang={language}").headers["ETag"] for language in ("en", "es")}
    assert len(tags) == 2


@pytest.mark.parametrize("kind", ["practitioner", "clinic"])
def test_a_listing_is_kept_for_minutes_only(client, kind):
    found = search(client, near="Chicago, IL", kind=kind, limit=1)["results"][0]
    response = client.get(f"/api/v1/{kind}s/{found['id'].partition('.')[0][1:]}")
    assert response.cache_control.max_age <= 300


def test_search_engines_are_kept_out_of_answers(client):
    assert client.get("/api/v1/search?near=60614").headers["X-Robots-Tag"] == "noindex"


@pytest.mark.fault(35)
def test_every_answer_carries_the_security_headers(client):
    for path in (
        "/",
        "/search?near=60614",
        "/api/v1/search?near=60614",
        "/nothing-here",
        "/healthz",
        "/account/sign-in",
    ):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in headers


def test_transport_security_is_asked_for_where_there_is_any(client):
    response = client.get("/healthz", base_url="https://directory.example.org")
    assert "max-age" in response.headers["Strict-Transport-Security"]
