"""Why a hit has its points: one function, whose sum is the engine's score."""

from collections.abc import Iterator
from dataclasses import dataclass

from directory.domain.place import METRES_PER_MILE
from directory.search.listing import Listing
from directory.search.query import Boost, Query
from directory.search.result import Hit
from directory.search.spelling import Tier, tier


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
        self._boosts = tuple((boost, frozenset(boost.any_of)) for boost in query.boosts)
        self._words = tuple(dict.fromkeys((*query.name, *query.text)))

    def explain(self, hit: Hit) -> tuple[Reason, ...]:
        """Every factor that gave the hit points, most points first; the points sum to `hit.points`."""
        query = self._query
        found = [*self._boosted(hit.listing), *_distance(query, hit), *_freshness(query, hit)]
        found += _name(query, self._words, hit)
        return tuple(sorted((reason for reason in found if reason.points), key=lambda reason: -reason.points))

    def _boosted(self, listing: Listing) -> Iterator[Reason]:
        best: dict[str, tuple[Boost, frozenset[str]]] = {}
        for boost, wanted in self._boosts:
            if boost.group in best and boost.points <= best[boost.group][0].points:
                continue
            matched = wanted.intersection(listing.values(boost.field))
            if matched:
                best[boost.group] = boost, matched
        for boost, matched in best.values():
            yield Reason(boost.factor, boost.points, tuple(sorted(matched)))


def explain(query: Query, hit: Hit) -> tuple[Reason, ...]:
    """See `Explainer.explain`."""
    return Explainer(query).explain(hit)


def _distance(query: Query, hit: Hit) -> Iterator[Reason]:
    if hit.distance_m is None:
        return
    holding = [band for band in query.distance_bands if hit.distance_m <= band.within_m]
    if holding:
        band = max(holding, key=lambda item: item.points)
        yield Reason("distance", band.points, (f"{band.within_m / METRES_PER_MILE:g}",))


def _freshness(query: Query, hit: Hit) -> Iterator[Reason]:
    age = (query.today - hit.listing.checked_on).days
    holding = [band for band in query.freshness_bands if age <= band.within_days]
    if holding:
        band = max(holding, key=lambda item: item.points)
        yield Reason("freshness", band.points, (str(band.within_days),))


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
