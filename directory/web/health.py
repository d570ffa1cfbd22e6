"""Whether the process lives, whether it can answer, and what it measured."""

from collections.abc import Callable, Iterator

import orjson
from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Metric, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from directory.search.engine import Engine, Readiness


def make_blueprint(engine: Engine, records_answer: Callable[[], bool]) -> Blueprint:
    """/healthz, /readyz and /metrics.

    Ready means that searches are answered, by whichever engine. Records that are down are told and do not take the
    site off: only corrections need them.
    """
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        return Response('{"status":"alive"}', mimetype="application/json")

    @health.get("/readyz")
    def ready() -> Response:
        search = engine.readiness()
        return Response(
            orjson.dumps(_readiness_json(search, records_answer())),
            200 if search.ready else 503,
            mimetype="application/json",
        )

    @health.get("/metrics")
    def metrics() -> Response:
        return Response(_exposition(engine), content_type=CONTENT_TYPE_LATEST)

    return health


def _readiness_json(search: Readiness, records: bool) -> dict[str, object]:
    return {
        "ready": search.ready,
        "engine": search.engine,
        "generation": search.generation,
        "listings": search.listings,
        "detail": search.detail,
        "records": records,
    }


class _EngineFigures(Collector):
    """Asked at each scrape, since an engine's state is its own and not one worker's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        state = self._engine.readiness()
        ready = GaugeMetricFamily("directory_engine_ready", "Whether searches are answered.", labels=["engine"])
        ready.add_metric([state.engine], float(state.ready))
        yield ready
        yield GaugeMetricFamily("directory_listings", "Listings of the live generation.", value=state.listings)


def _exposition(engine: Engine) -> bytes:
    """The figures of all worker processes where gunicorn runs several, else of this one."""
    figures = CollectorRegistry()
    figures.register(_EngineFigures(engine))
    try:
        multiprocess.MultiProcessCollector(figures)  # type: ignore[no-untyped-call]
    except ValueError:
        return generate_latest(REGISTRY) + generate_latest(figures)
    return generate_latest(figures)
