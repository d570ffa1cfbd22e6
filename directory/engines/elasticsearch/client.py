"""The connection to Elasticsearch."""

import logging
from typing import Any

import elasticsearch
from elasticsearch import Elasticsearch, OrjsonSerializer

from directory.domain.errors import EngineUnavailable, InvalidInput
from directory.engines.elasticsearch.errors import translated

CONNECTIONS = 100
"""A thread that finds no free connection waits without limit: there must be more of them than threads."""
_LOGGERS = ("elasticsearch", "elastic_transport")


def connect(
    url: str,
    api_key: str | None = None,
    ca_certs: str | None = None,
    username: str | None = None,
    password: str | None = None,
) -> Elasticsearch:
    """A client of the hosts in `url` (several are separated by commas). Opens no connection yet.

    `api_key` wins over `username` and `password`. `ca_certs` is the path of a PEM file; certificates are always
    verified. Raises InvalidInput for an address that is none.
    """
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    options: dict[str, Any] = {
        "max_retries": 0,
        "connections_per_node": CONNECTIONS,
        "serializer": OrjsonSerializer(),
    }
    if ca_certs:
        options["ca_certs"] = ca_certs
    if api_key:
        options["api_key"] = api_key
    elif username:
        options["basic_auth"] = (username, password or "")
    try:
        return Elasticsearch([host.strip() for host in url.split(",")], **options)
    except ValueError as error:
        message = "ELASTICSEARCH_URL is an address with its scheme and port, such as https://search.example.org:9200."
        raise InvalidInput(message, field="elasticsearch_url") from error


def check_version(client: Elasticsearch) -> None:
    """Raises EngineUnavailable where the server is down or of another major version than the client."""
    with translated():
        server = str(client.info()["version"]["number"])
    client_major = str(elasticsearch.__version__[0])
    if server.partition(".")[0] != client_major:
        raise EngineUnavailable(
            f"Elasticsearch {server} cannot be used with the client of version {client_major}: "
            "run both in the same major version."
        )
