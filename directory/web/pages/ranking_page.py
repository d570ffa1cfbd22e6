"""The published ranking as tables, made from ranking.toml itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from directory.domain.place import METRES_PER_MILE
from directory.search.ranking import Ranking
from directory.web.pages.texts import Texts


@dataclass(frozen=True, slots=True)
class Row:
    when: str
    points: int


@dataclass(frozen=True, slots=True)
class Table:
    """One factor: of its rows the best that holds counts."""

    title: str
    lead: str
    rows: tuple[Row, ...]


def tables(ranking: Ranking, texts: Texts) -> tuple[Table, ...]:
    """Every point there is, in the order in which they matter to most searches."""
    parts = {
        "fit": _fit(ranking, texts),
        "distance": _distance(ranking, texts),
        "name": _name(ranking, texts),
        "condition": _condition(ranking, texts),
        "clinic_model": _clinic_model(ranking, texts),
        "freshness": _freshness(ranking, texts),
        "accepting": iter((Row(texts("ranking.accepting.yes"), ranking.accepting),)),
    }
    return tuple(
        Table(texts(f"ranking.{name}.title"), texts(f"ranking.{name}.lead"), tuple(rows))
        for name, rows in parts.items()
    )


def _fit(ranking: Ranking, texts: Texts) -> Iterator[Row]:
    for fit, points in sorted(ranking.fit.items(), reverse=True):
        yield Row(texts(f"fit.{fit}"), points)
    for fit, points in sorted(ranking.fit_unconfirmed.items(), reverse=True):
        yield Row(texts("ranking.fit.unconfirmed", fit=texts(f"fit.{fit}")), points)


def _distance(ranking: Ranking, texts: Texts) -> Iterator[Row]:
    for band in ranking.distance:
        miles = texts.miles(round(band.within_m / METRES_PER_MILE, 2))
        yield Row(texts("ranking.distance.within", miles=miles), band.points)


def _name(ranking: Ranking, texts: Texts) -> Iterator[Row]:
    for tier in ("exact", "prefix", "typo"):
        yield Row(texts(f"ranking.name.{tier}"), getattr(ranking.name, tier))


def _condition(ranking: Ranking, texts: Texts) -> Iterator[Row]:
    yield Row(texts("ranking.condition.stated"), ranking.condition_stated)
    yield Row(texts("ranking.condition.usual"), ranking.condition_usual)
    yield Row(texts("ranking.condition.treatment"), ranking.treatment_stated)


def _clinic_model(ranking: Ranking, texts: Texts) -> Iterator[Row]:
    yield Row(texts("ranking.clinic_model.integrated"), ranking.clinic_integrated)
    yield Row(texts("ranking.clinic_model.network"), ranking.clinic_network)


def _freshness(ranking: Ranking, texts: Texts) -> Iterator[Row]:
    for band in ranking.freshness:
        yield Row(texts("ranking.freshness.within", count=band.within_days), band.points)
