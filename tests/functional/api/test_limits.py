"""How often one client may ask, and who counts as one client."""

from dataclasses import replace

import pytest

from directory.web.app import create_app

ALLOWED = 3


@pytest.fixture
def limited(services):
    """Makes a client of an application that allows three requests a minute, behind so many trusted proxies."""

    def make(proxies=0):
        settings = replace(services.settings, rate_limit=f"{ALLOWED} per minute", trusted_proxies=proxies)
        return create_app(replace(services, settings=settings)).test_client()

    return make


def ask(client, address="198.51.100.1", forwarded=None):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return client.get("/api/v1/search?near=60614&limit=1", headers=headers, environ_base={"REMOTE_ADDR": address})


def test_each_answer_tells_what_is_left(limited):
    client = limited()
    left = [ask(client).headers["X-RateLimit-Remaining"] for _ in range(ALLOWED)]
    assert left == ["2", "1", "0"]


def test_an_answer_within_the_limit_asks_nobody_to_retry(limited):
    assert "Retry-After" not in ask(limited()).headers


def test_beyond_the_limit_a_problem_says_when_to_come_back(limited):
    client = limited()
    refused = [ask(client) for _ in range(ALLOWED + 1)][-1]
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert f"{ALLOWED} per 1 minute" in refused.get_json()["detail"]
    assert client.get("/", environ_base={"REMOTE_ADDR": "198.51.100.1"}).mimetype == "text/html"


def test_another_client_is_not_held_up(limited):
    client = limited()
    assert [ask(client).status_code for _ in range(ALLOWED + 1)][-1] == 429
    assert ask(client, address="198.51.100.2").status_code == 200


@pytest.mark.fault(36)
def test_what_a_client_says_of_its_own_address_does_not_pass_the_limit(limited):
    client = limited()
    statuses = [ask(client, forwarded=f"203.0.113.{n}").status_code for n in range(ALLOWED + 1)]
    assert statuses == [200] * ALLOWED + [429]


@pytest.mark.fault(36)
def test_behind_a_proxy_only_the_hop_that_the_proxy_added_counts(limited):
    client = limited(proxies=1)
    statuses = [ask(client, forwarded=f"203.0.113.{n}, 192.0.2.7").status_code for n in range(ALLOWED + 1)]
    assert statuses == [200] * ALLOWED + [429]
    assert ask(client, forwarded="203.0.113.0, 192.0.2.8").status_code == 200


def test_one_ipv6_site_is_one_client(limited):
    client = limited()
    statuses = [ask(client, address=f"2001:db8:1:1::{n:x}").status_code for n in range(1, ALLOWED + 2)]
    assert statuses == [200] * ALLOWED + [429]
    assert ask(client, address="2001:db8:1:2::1").status_code == 200


def test_a_socket_without_an_address_is_limited_too(limited):
    client = limited()
    assert [ask(client, address="").status_code for _ in range(ALLOWED + 1)][-1] == 429


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_checks_are_never_limited(limited, path):
    client = limited()
    assert {client.get(path).status_code for _ in range(ALLOWED + 2)} == {200}


def test_the_files_of_a_page_do_not_use_up_what_searches_may(limited):
    client = limited()
    assert {client.get("/static/css/site.css").status_code for _ in range(ALLOWED + 2)} == {200}
    assert ask(client, address="127.0.0.1").status_code == 200
