"""Where an address is, by its ZIP code, city and state, and what to do where these contradict one another."""

from dataclasses import dataclass

from directory.domain.place import METRES_PER_MILE, STATES, Place, Point, distance_m
from directory.geocoding.index import Gazetteer
from directory.geocoding.names import key
from directory.geocoding.packaged import ZipRow

FAR_M = 100 * METRES_PER_MILE
"""A ZIP code this far from every place that has the address's city name contradicts it."""
ONE_PLACE_M = 50 * METRES_PER_MILE
"""Places of one name in one state that lie farther apart cannot stand for one another."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A point and its source, or none and why; `quarantined` where the address lies outside the state it states."""

    point: Point | None
    source: str = ""
    reason: str = ""
    quarantined: bool = False


class AddressFinder:
    """Cross-checks the three parts of an address against the gazetteer and the outlines of the states.

    Inside its state the ZIP code decides, unless the city lies far from it. For a ZIP code of another state the
    city decides: the point of a city in the stated state is taken, unless the ZIP code's own city has its name and
    lies elsewhere, which shows that the state is wrong (quarantined).
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def find(self, zip_code: str, city: str, state: str) -> Finding:
        """The finding for a ZIP code (its first five digits count), a city and a USPS state code."""
        code, state = zip_code.strip()[:5], state.strip().upper()
        if state not in STATES:
            return Finding(None, reason=f"“{state}” is no US state or territory, so the address was not placed.")
        row = self._gazetteer.zips.get(code)
        towns = tuple(place for place in self._gazetteer.cities(key(city)) if place.state == state)
        return self._by_zip(row, city, state, towns) if row else self._by_city(code, city, state, towns)

    def _by_zip(self, row: ZipRow, city: str, state: str, towns: tuple[Place, ...]) -> Finding:
        point = self._gazetteer.zip_point(row.code)
        if point is None:
            return self._by_city(row.code, city, state, towns)
        if not self._gazetteer.in_state(point, state):
            return self._outside(row, point, city, state, towns)
        if towns and not _names(row, city) and _nearest(towns, point) > FAR_M:
            miles = round(_nearest(towns, point) / METRES_PER_MILE)
            where = f"ZIP code {row.code} is {row.city}, {row.state}, {miles} miles from {city}"
            return Finding(None, reason=f"{where}: one of the two is wrong, so the address was not placed.")
        return Finding(point, f"GeoNames, ZIP code {row.code}")

    def _outside(self, row: ZipRow, point: Point, city: str, state: str, towns: tuple[Place, ...]) -> Finding:
        where = f"ZIP code {row.code} is in {row.city}, {row.state}, not in {STATES[state]}"
        across_a_border = bool(towns) and _nearest(towns, point) <= ONE_PLACE_M
        town = _only(towns) if across_a_border or not _names(row, city) else None
        if town is None:
            return Finding(None, reason=f"{where}: correct the ZIP code or the state.", quarantined=True)
        return Finding(town.point, f"GeoNames, {town.label}", f"{where}: the city's position was taken.")

    def _by_city(self, code: str, city: str, state: str, towns: tuple[Place, ...]) -> Finding:
        town = _only(towns)
        if town is not None:
            return Finding(town.point, f"GeoNames, {town.label}")
        several = f"several places called {city} in {STATES[state]}" if towns else f"no {city} in {STATES[state]}"
        return Finding(None, reason=f"ZIP code “{code}” has no known position, and there is {several} to fall back on.")


def _names(row: ZipRow, city: str) -> bool:
    """Whether the ZIP code serves a place of this name."""
    return key(city) in {key(name) for name in (row.city, *row.aliases, *row.neighbourhoods)}


def _nearest(towns: tuple[Place, ...], point: Point) -> float:
    return min(distance_m(town.point, point) for town in towns if town.point is not None)


def _only(towns: tuple[Place, ...]) -> Place | None:
    """The most populous of the towns where all lie close enough to be taken for it."""
    largest = towns[0] if towns else None
    if largest is None or largest.point is None:
        return None
    apart = (distance_m(town.point, largest.point) for town in towns if town.point is not None)
    return largest if max(apart) <= ONE_PLACE_M else None
