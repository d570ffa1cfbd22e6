"""Credentials and certificates, through a TLS proxy that demands them."""

import base64
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from directory.domain.errors import EngineUnavailable
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.search.query import Query
from tests.factories.listings import TODAY
from tests.integration.elasticsearch.conftest import Store, samples
from tests.integration.elasticsearch.proxies import Answer, Forward, Proxy, Request, refusal, serving

API_KEY = base64.b64encode(b"key-id:key-secret").decode()
BASIC = base64.b64encode(b"directory:password").decode()


@dataclass(frozen=True, slots=True)
class Guarded:
    url: str
    alias: str
    ca_certs: str


@pytest.fixture
def guarded(store: Store, tmp_path: Path) -> Iterator[Callable[[str], Guarded]]:
    """The store behind TLS and a demand for an Authorization header; called with the header to demand."""
    authority = trustme.CA()
    ca_certs = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_certs))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    demanded = [""]

    def rule(request: Request, forward: Forward) -> Answer:
        authorized = request.headers.get("authorization") == demanded[0]
        return forward(request) if authorized else refusal(401, "security_exception")

    def demanding(header: str) -> Guarded:
        demanded[0] = header
        return Guarded(proxy.url, store.alias, str(ca_certs))

    store.build(samples(3))
    with serving(Proxy(store.url, rule), tls) as proxy:
        yield demanding


def test_an_api_key_over_tls_is_sent_and_the_authority_checked(guarded: Callable[[str], Guarded]) -> None:
    behind = guarded(f"ApiKey {API_KEY}")
    engine = ElasticsearchEngine(connect(behind.url, api_key=API_KEY, ca_certs=behind.ca_certs), behind.alias)
    assert engine.search(Query(today=TODAY)).total == 3
    assert engine.readiness().ready


def test_a_name_and_a_password_do_as_well(guarded: Callable[[str], Guarded]) -> None:
    behind = guarded(f"Basic {BASIC}")
    client = connect(behind.url, ca_certs=behind.ca_certs, username="directory", password="password")
    assert ElasticsearchEngine(client, behind.alias).search(Query(today=TODAY)).total == 3


def test_a_wrong_key_is_named_as_the_cause(guarded: Callable[[str], Guarded]) -> None:
    behind = guarded(f"ApiKey {API_KEY}")
    client = connect(behind.url, api_key=base64.b64encode(b"other:key").decode(), ca_certs=behind.ca_certs)
    engine = ElasticsearchEngine(client, behind.alias)
    with pytest.raises(EngineUnavailable, match="API key"):
        engine.search(Query(today=TODAY))
    assert "API key" in engine.readiness().detail


def test_an_unknown_authority_is_not_trusted(guarded: Callable[[str], Guarded]) -> None:
    behind = guarded(f"ApiKey {API_KEY}")
    engine = ElasticsearchEngine(connect(behind.url, api_key=API_KEY), behind.alias)
    with pytest.raises(EngineUnavailable, match="TLS"):
        engine.search(Query(today=TODAY))


def test_the_key_is_in_no_error(guarded: Callable[[str], Guarded]) -> None:
    behind = guarded("nothing is right")
    client = connect(behind.url, api_key=API_KEY, ca_certs=behind.ca_certs)
    with pytest.raises(EngineUnavailable) as caught:
        ElasticsearchEngine(client, behind.alias).search(Query(today=TODAY))
    assert API_KEY not in str(caught.value)
