"""Turns what the client raises into the errors of the port.

An error of Elasticsearch may repeat the query, and a query may say what somebody suffers from. So the new error
names the status and the type only, and the old one is not chained to it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from elasticsearch import ApiError, ConnectionTimeout, TransportError, UnsupportedProductError

from directory.domain.errors import EngineUnavailable

NOTHING_LIVE = "No generation is live yet: run `indexer rebuild`."
LATE = "Elasticsearch did not answer in time: see whether it is overloaded."
BUSY = frozenset({429, 502, 503, 504})
"""Answers that a later try may change."""
MISSING = 404
BLOCKED = "cluster_block_exception"
"""Type of the error while writes are blocked, as when the disk is nearly full; its status depends on the version."""


def kind_of(error: ApiError) -> str:
    """The machine-readable type of an error, such as `index_not_found_exception`; empty where there is none."""
    inner = error.body.get("error") if isinstance(error.body, Mapping) else None
    return str(inner.get("type", "")) if isinstance(inner, Mapping) else ""


def unavailable(error: ApiError | TransportError) -> EngineUnavailable:
    """The error of the port for what the client raised."""
    if isinstance(error, UnsupportedProductError):
        return EngineUnavailable("What answers at this address is not Elasticsearch: check the address.")
    if isinstance(error, ApiError):
        return answered(error.meta.status, kind_of(error))
    if isinstance(error, ConnectionTimeout):
        return EngineUnavailable(LATE)
    return EngineUnavailable("Elasticsearch cannot be reached: see whether it runs, and check its address and TLS.")


def answered(status: int, kind: str) -> EngineUnavailable:
    """What an error of this status and type means to the caller."""
    if kind == BLOCKED:
        return EngineUnavailable("Elasticsearch takes no changes now: see whether its disk is nearly full.")
    if status == MISSING:
        return EngineUnavailable(NOTHING_LIVE)
    if status in (401, 403):
        return EngineUnavailable(f"Elasticsearch refused the credentials (status {status}): check the API key.")
    return EngineUnavailable(f"Elasticsearch answered with status {status} ({kind or 'no reason given'}).")


@contextmanager
def translated() -> Iterator[None]:
    """Within it, every failure of the client is an EngineUnavailable."""
    try:
        yield
    except (ApiError, TransportError) as error:
        raise unavailable(error) from None
