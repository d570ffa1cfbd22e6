"""What the service measures of itself: figures and an access log that tell nothing about who asked what."""

import logging
import time
from functools import lru_cache

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

_LOG = logging.getLogger("directory.access")
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_REQUESTS = Counter("directory_requests_total", "Requests answered.", ["route", "method", "status"])
_SECONDS = Histogram(
    "directory_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2),
)


def install_measuring(app: Flask) -> None:
    """Counts, times and logs every request by method, route rule and status.

    Never by its address, its client or a parameter: that would tell what a person searched for.
    """

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def measured(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        route = request.url_rule.rule if request.url_rule is not None else "none"
        # A closed table: labels and log lines must not be written by whoever invents a method.
        method = request.method if request.method in _METHODS else "other"
        measure(route, method, response.status_code, seconds)
        return response


def measure(route: str, method: str, status: int, seconds: float) -> None:
    """Counts, times and logs one answer. Each value comes from a closed table."""
    counter, histogram = _figures(route, method, status)
    counter.inc()
    histogram.observe(seconds)
    _LOG.info("%s %s %d %.1f ms", method, route, status, seconds * 1000)


@lru_cache(maxsize=1_024)
def _figures(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Looked up once: by its labels a figure takes longer to find than to add to."""
    return _REQUESTS.labels(route, method, status), _SECONDS.labels(route)
