"""Whether the process lives, whether it can answer, and what it measured."""

import time
from collections.abc import Callable

import orjson
from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

from directory.search.engine import Engine

_REQUESTS = Counter("directory_requests_total", "Requests answered.", ["route", "method", "status"])
_SECONDS = Histogram(
    "directory_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2),
)


def make_blueprint(engine: Engine, records_answer: Callable[[], bool]) -> Blueprint:
    """/healthz, /readyz and /metrics."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        return Response('{"status":"alive"}', mimetype="application/json")

    @health.get("/readyz")
    def ready() -> Response:
        search, records = engine.readiness(), records_answer()
        body = {
            "ready": search.ready,
            "engine": search.engine,
            "generation": search.generation,
            "listings": search.listings,
            "detail": search.detail,
            "records": records,
        }
        return Response(orjson.dumps(body), 200 if search.ready else 503, mimetype="application/json")

    @health.get("/metrics")
    def metrics() -> Response:
        return Response(_exposition(), content_type=CONTENT_TYPE_LATEST)

    return health


def install_metrics(app: Flask) -> None:
    """Counts and times every request by its route's rule, never by its address: that could hold a search."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def measure(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule is not None else "none"
        _REQUESTS.labels(route, _method(request.method), response.status_code).inc()
        if (began := g.get("began")) is not None:
            _SECONDS.labels(route).observe(time.perf_counter() - began)
        return response


def _method(method: str) -> str:
    """Methods are a closed table, so that nobody can write labels."""
    return method if method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"


def _exposition() -> bytes:
    """The figures of all worker processes where gunicorn runs several, else of this one."""
    try:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:
        return generate_latest()
    return generate_latest(registry)
