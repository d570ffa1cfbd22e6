"""The gazetteer in memory: ZIP codes and place names of both packages under folded keys, built at first use."""

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from directory.domain.place import METRES_PER_MILE, Place, PlaceKind, Point, distance_m
from directory.geocoding.kept import Contents, kept, once
from directory.geocoding.names import key, shorter_names
from directory.geocoding.outlines import Outlines, outlines
from directory.geocoding.packaged import CityRow, ZipRow, city_rows, zip_rows

SAME_TOWN_M = 15 * METRES_PER_MILE
"""Two entries of one name in one state nearer than this are one town."""
_MEMORY = 1 << 14
Row = TypeVar("Row", CityRow, ZipRow)
Vectors: TypeAlias = npt.NDArray[np.float64]


class Gazetteer:
    """Looks up rows by key and makes places of them when asked: most rows are never asked for."""

    def __init__(self, contents: Contents, borders: Outlines) -> None:
        self.borders = borders
        self.zips = {row.code: row for row in contents.zips}
        self._towns = contents.towns
        self._named = {name: [contents.zips[at] for at in rows] for name, rows in contents.named.items()}
        self.cities = lru_cache(maxsize=_MEMORY)(self._cities)
        self.zip_point = lru_cache(maxsize=_MEMORY)(self._zip_point)
        self._counties = cache(self._counties_of)
        self.in_state = lru_cache(maxsize=_MEMORY)(borders.in_state)

    @cached_property
    def towns(self) -> tuple[CityRow, ...]:
        """Every town once."""
        return tuple(dict.fromkeys(town for alike in self._towns.values() for town in alike))

    def names(self) -> Iterator[str]:
        """Every key a town or neighbourhood is known by."""
        yield from self._towns
        yield from (name for name in self._named if name not in self._towns)

    def knows(self, name_key: str) -> bool:
        """Whether any place has this key."""
        return name_key in self._towns or name_key in self._named

    def towns_of(self, name_key: str) -> Sequence[CityRow]:
        """The towns of this key."""
        return self._towns.get(name_key, ())

    def population(self, name_key: str) -> int:
        """The population of the largest place of this key; 0 where none is known."""
        return max((town.population for town in self._towns.get(name_key, ())), default=0)

    def _cities(self, name_key: str, state: str | None = None) -> tuple[Place, ...]:
        """Places of this key (in a state), most populous first, told apart by county where a state has several."""
        towns = _distinct(_of(state, self._towns.get(name_key, ())))
        lesser = {town for alike in _by_state(towns).values() for town in _to_tell_apart(alike)}
        places = [self._town(town, self._county(town) if town in lesser else "") for town in towns]
        places += self._postal_places(name_key, state, except_in={town.state for town in towns})
        return tuple(sorted(places, key=lambda place: (-place.population, place.label)))

    def _town(self, town: CityRow, county: str) -> Place:
        label = f"{town.name}, {town.state}" + (f" ({county})" if county else "")
        return Place(PlaceKind.CITY, label, town.point, town.name, town.state, population=town.population)

    def _county(self, town: CityRow) -> str:
        """The county of the nearest ZIP code of its state."""
        towards = _unit_vectors([town.point])[0]
        vectors, counties = self._counties(town.state)
        nearness = vectors @ towards
        return min(counties[place] for place in np.flatnonzero(nearness == nearness.max()))

    def _counties_of(self, state: str) -> tuple[Vectors, list[str]]:
        rows = [row for row in self._by_state[state] if row.point]
        return _unit_vectors([row.point for row in rows if row.point]), [row.county for row in rows]

    @cached_property
    def _by_state(self) -> dict[str, list[ZipRow]]:
        return _by_state(self.zips.values())

    def _postal_places(self, name_key: str, only: str | None, except_in: set[str]) -> Iterator[Place]:
        """Places that only the postal service names, at the middle of their ZIP codes, population unknown."""
        for state, rows in _by_state(_of(only, self._named.get(name_key, ()))).items():
            point = self._middle(rows) if state not in except_in else None
            if point is not None:
                name = _spelling(name_key, rows)
                within = "" if any(key(row.city) == name_key for row in rows) else f"{rows[0].city}, "
                yield Place(PlaceKind.CITY, f"{name}, {within}{state}", point, name, state)

    def _middle(self, rows: Iterable[ZipRow]) -> Point | None:
        points = [point for row in rows if (point := self.ground_point(row)) is not None]
        if not points:
            return None
        middle = Point(statistics.median(p.lat for p in points), statistics.median(p.lon for p in points))
        return min(points, key=lambda point: distance_m(point, middle))

    def ground_point(self, row: ZipRow) -> Point | None:
        """The package's point of a ZIP code where it lies in the ZIP code's own state, else None."""
        return row.point if row.point is not None and self.in_state(row.point, row.state) else None

    def _zip_point(self, code: str) -> Point | None:
        """Where a known ZIP code is: its own point, else its city's, else the middle of its three-digit area."""
        row = self.zips[code]
        return self.ground_point(row) or self._city_point(row) or self._middle(self._neighbours(row))

    def _city_point(self, row: ZipRow) -> Point | None:
        towns = [town for town in self._towns.get(key(row.city), ()) if town.state == row.state]
        return max(towns, key=lambda town: town.population).point if towns else None

    def _neighbours(self, row: ZipRow) -> Iterator[ZipRow]:
        return (other for other in self._by_state[row.state] if other.code[:3] == row.code[:3])


@once
def gazetteer(folder: Path | None = None) -> Gazetteer:
    """The gazetteer over both packages, built once a process, and kept in the folder where one is given."""
    return Gazetteer(read_contents() if folder is None else kept(folder, read_contents), outlines())


def read_contents() -> Contents:
    """What both packages hold."""
    return contents_of(zip_rows(), city_rows())


def contents_of(zips: Iterable[ZipRow], towns: Iterable[CityRow]) -> Contents:
    """The rows under the keys by which they are looked up."""
    rows = {row.code: row for row in zips}
    naming = _Naming(tuple(rows.values()))
    for town in towns:
        naming.keep(town)
    return Contents(list(rows.values()), dict(naming.towns), naming.named)


class _Naming:
    """Puts rows under their keys."""

    def __init__(self, zips: Sequence[ZipRow]) -> None:
        self._zips = zips
        self._keys: Callable[[str], str] = cache(key)
        self.named = _by_name(zips, self._keys)
        self.towns: dict[str, list[CityRow]] = defaultdict(list)

    def keep(self, town: CityRow) -> None:
        """Keep a town under its name, and under the shorter one that the postal service uses ("Lexington-Fayette")."""
        own = self._keys(town.name)
        self.towns[own].append(town)
        if not self._is_postal_city(own, town.state):
            for short in shorter_names(town.name):
                if self._is_postal_city(short, town.state):
                    self._rename(own, town, short)

    def _rename(self, own: str, town: CityRow, short: str) -> None:
        """Call a town what its post office is called, unless the two differ in apostrophes and spaces only."""
        renamed = replace(town, name=_spelling(short, self._post(short, town.state)))
        called = town if own.replace(" ", "") == short.replace(" ", "") else renamed
        self.towns[own][-1] = called
        self.towns[short].append(called)

    def _post(self, name_key: str, state: str) -> list[ZipRow]:
        return [row for at in self.named.get(name_key, ()) if (row := self._zips[at]).state == state]

    def _is_postal_city(self, name_key: str, state: str) -> bool:
        return any(self._keys(row.city) == name_key for row in self._post(name_key, state))


def centre(towns: Sequence[CityRow]) -> CityRow:
    """Of some towns (at least one), the one nearest to their centre of population, found on the sphere."""
    sums = [0.0, 0.0, 0.0]
    for town in towns:
        lat, lon, weight = math.radians(town.point.lat), math.radians(town.point.lon), max(town.population, 1)
        for axis, value in enumerate((math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))):
            sums[axis] += weight * value
    x, y, z = sums
    middle = Point(math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))
    return min(towns, key=lambda town: distance_m(town.point, middle))


def _by_name(rows: Iterable[ZipRow], keys: Callable[[str], str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        for name in {keys(name) for name in (row.city, *row.aliases, *row.neighbourhoods)}:
            found[name].append(at)
    return dict(found)


def _of(state: str | None, rows: Iterable[Row]) -> Iterable[Row]:
    """Those in a state; all without one."""
    return rows if state is None else (row for row in rows if row.state == state)


def _by_state(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.state].append(row)
    return dict(found)


def _spelling(name_key: str, rows: Iterable[ZipRow]) -> str:
    """How the rows write the name that has this key."""
    return next(name for row in rows for name in (row.city, *row.aliases, *row.neighbourhoods) if key(name) == name_key)


def _distinct(towns: Iterable[CityRow]) -> list[CityRow]:
    """The towns, most populous first, without smaller entries of the same town."""
    kept: list[CityRow] = []
    for town in sorted(towns, key=lambda town: -town.population):
        if not any(town.state == other.state and _near(town.point, other.point) for other in kept):
            kept.append(town)
    return kept


def _to_tell_apart(alike: Sequence[CityRow]) -> Sequence[CityRow]:
    """Of namesakes in a state, most populous first, those that need their county: not one that dwarfs the rest."""
    dwarfs = len(alike) < 2 or alike[0].population >= 10 * alike[1].population
    return alike[1:] if dwarfs else alike


def _near(a: Point, b: Point) -> bool:
    return distance_m(a, b) < SAME_TOWN_M


def _unit_vectors(points: Sequence[Point]) -> Vectors:
    """Points as unit vectors, shape (points, 3): of two of them the nearer has the greater product with a third."""
    lat, lon = np.radians([[point.lat, point.lon] for point in points]).T
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
