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


def explain(query: Query, hit: Hit) -> tuple[Reason, ...]:
    """Every factor that gave the hit points, most points first; the points sum to `hit.points`."""
    found = [*_boosts(query, hit.listing), *_distance(query, hit), *_freshness(query, hit), *_name(query, hit)]
    return tuple(sorted((reason for reason in found if reason.points), key=lambda reason: -reason.points))


def _boosts(query: Query, listing: Listing) -> Iterator[Reason]:
    best: dict[str, tuple[Boost, tuple[str, ...]]] = {}
    for boost in query.boosts:
        matched = tuple(sorted(set(boost.any_of) & set(listing.values(boost.field))))
        if matched and (boost.group not in best or boost.points > best[boost.group][0].points):
            best[boost.group] = (boost, matched)
    for boost, matched in best.values():
        yield Reason(boost.factor, boost.points, matched)


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


def _name(query: Query, hit: Hit) -> Iterator[Reason]:
    points = {
        Tier.EXACT: query.name_points.exact,
        Tier.PREFIX: query.name_points.prefix,
        Tier.TYPO: query.name_points.typo,
    }
    for word in dict.fromkeys((*query.name, *query.text)):
        how = tier(word, hit.listing.name_words)
        if how is not None:
            yield Reason(f"name_{how.value}", points[how], (word,))
