"""Why a hit has its points: one function, whose sum is the engine's score."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from directory.domain.place import METRES_PER_MILE
from directory.search.listing import Listing
from directory.search.query import Boost, Query
from directory.search.result import Hit
from directory.search.spelling import Tier, tier

_Border = TypeVar("_Border", int, float)


@dataclass(frozen=True, slots=True)
class Reason:
    """One factor of a score. `factor` is a key of the texts in ranking.toml, `matched` the tokens that counted."""

    factor: str
    points: int
    matched: tuple[str, ...]


class Explainer:
    """Explains the hits of one query."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._groups = tuple(_groups(query.boosts))
        self._near = _best_first((band.within_m, band.points) for band in query.distance_bands)
        self._fresh = _best_first((band.within_days, band.points) for band in query.freshness_bands)
        self._words = tuple(dict.fromkeys((*query.name, *query.text)))

    def explain(self, hit: Hit) -> tuple[Reason, ...]:
        """Every factor that gave the hit points, most points first; the points sum to `hit.points`."""
        found = [*self._boosted(hit.listing), *self._distance(hit), *self._freshness(hit)]
        found += _name(self._query, self._words, hit)
        return tuple(sorted((reason for reason in found if reason.points), key=lambda reason: -reason.points))

    def _boosted(self, listing: Listing) -> Iterator[Reason]:
        for group in self._groups:
            for boost, wanted in group:
                if matched := wanted.intersection(listing.values(boost.field)):
                    yield Reason(boost.factor, boost.points, tuple(sorted(matched)))
                    break

    def _distance(self, hit: Hit) -> Iterator[Reason]:
        if hit.distance_m is not None:
            for within_m, points in self._near:
                if hit.distance_m <= within_m:
                    yield Reason("distance", points, (f"{within_m / METRES_PER_MILE:g}",))
                    break

    def _freshness(self, hit: Hit) -> Iterator[Reason]:
        age = (self._query.today - hit.listing.checked_on).days
        for within_days, points in self._fresh:
            if age <= within_days:
                yield Reason("freshness", points, (str(within_days),))
                break


def _groups(boosts: Iterable[Boost]) -> Iterator[list[tuple[Boost, frozenset[str]]]]:
    """The boosts by group, in each the best first: the first that matches is the one that counts."""
    groups: dict[str, list[tuple[Boost, frozenset[str]]]] = {}
    for boost in boosts:
        groups.setdefault(boost.group, []).append((boost, frozenset(boost.any_of)))
    for group in groups.values():
        yield sorted(group, key=lambda pair: -pair[0].points)


def _best_first(bands: Iterable[tuple[_Border, int]]) -> list[tuple[_Border, int]]:
    return sorted(bands, key=lambda band: -band[1])


def explain(query: Query, hit: Hit) -> tuple[Reason, ...]:
    """See `Explainer.explain`."""
    return Explainer(query).explain(hit)


def _name(query: Query, words: tuple[str, ...], hit: Hit) -> Iterator[Reason]:
    if not words:
        return
    points = {
        Tier.EXACT: query.name_points.exact,
        Tier.PREFIX: query.name_points.prefix,
        Tier.TYPO: query.name_points.typo,
    }
    for word in words:
        how = tier(word, hit.listing.name_words)
        if how is not None:
            yield Reason(f"name_{how.value}", points[how], (word,))
