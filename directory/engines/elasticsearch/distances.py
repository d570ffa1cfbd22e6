"""How far Elasticsearch's own distances are from the great-circle distance, and what follows from it.

Lucene computes the haversine as 1 - cos, which loses digits where the argument is small: at one metre it errs by
millimetres, at a centimetre by decimetres, and likewise close to the antipode. Filters and sorting inside
Elasticsearch can use nothing else. So whatever lies within `slack` of a border is decided here, exactly.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from directory.domain.place import EARTH_RADIUS_M, Point, degrees_apart_m
from directory.engines.elasticsearch.mapping import degrees_of
from directory.search.query import Query

_HALF_WAY_ROUND_M = math.pi * EARTH_RADIUS_M
_MOST_M = 1.0


def slack(metres: float) -> float:
    """More than Elasticsearch errs at this distance, in metres: several times the largest error measured."""
    near, far = max(metres, 1e-9), max(_HALF_WAY_ROUND_M - metres, 1e-9)
    return min(_MOST_M, 0.04 / near + 0.4 / far) + 1e-7 + metres * 1e-13


@dataclass(frozen=True, slots=True)
class Verdict:
    """Places so near to a border that Elasticsearch may put them on the wrong side of it."""

    inside: tuple[str, ...]
    outside: tuple[str, ...]


Verdicts = Mapping[float, Verdict]
"""By the distance, in metres, at which the border runs."""


def borders(query: Query) -> tuple[float, ...]:
    """The distances at which membership or points change, within the radius."""
    if query.near is None:
        return ()
    reach = math.inf if query.radius_m is None else query.radius_m + slack(query.radius_m)
    steps = {band.within_m for band in query.distance_bands} | ({query.radius_m} if query.radius_m else set())
    return tuple(sorted(step for step in steps if step - slack(step) <= reach))


def judge(near: Point, places: Iterable[str], steps: Iterable[float]) -> Verdicts:
    """On which side of each border each place really is."""
    away = {token: distance_to(near, token) for token in places}
    return {step: _verdict(away, step) for step in steps}


def _verdict(away: Mapping[str, float], step: float) -> Verdict:
    close = {token: metres for token, metres in away.items() if abs(metres - step) <= 4 * slack(step)}
    return Verdict(
        tuple(token for token, metres in close.items() if metres <= step),
        tuple(token for token, metres in close.items() if metres > step),
    )


def distance_to(near: Point, token: str) -> float:
    return degrees_apart_m(near.lat, near.lon, *degrees_of(token))
