"""Where invented people work: real cities and ZIP codes, invented streets, positions near the ZIP code's centre."""

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from directory.domain.address import location_id
from directory.domain.place import UNPLACED, Address, Point, Position, Precision
from directory.domain.practitioner import Location

PLACES = Path(__file__).with_name("places.csv")
COLUMNS = ("area", "city", "state", "zip", "lat", "lon", "reach_mi", "area_code")
RURAL = "rural-"
FARTHEST_MILES = 3.0
_MILES_PER_DEGREE = 69.0
_STEMS = (
    "Alder", "Amber", "Aspen", "Briar", "Calder", "Cinder", "Clover", "Cobble", "Copper", "Coral", "Dapple",
    "Ember", "Fallow", "Fennel", "Garnet", "Hazel", "Heron", "Indigo", "Juniper", "Kestrel", "Lantern", "Lark",
    "Linden", "Marl", "Meadow", "Mica", "Nettle", "Osprey", "Pebble", "Plover", "Quarry", "Quill", "Russet",
    "Saffron", "Sorrel", "Tansy", "Thistle", "Umber", "Wicker", "Willet", "Yarrow", "Zephyr",
)  # fmt: skip
_ENDINGS = ("bourne", "brook", "combe", "crest", "dell", "fold", "gate", "hollow", "mere", "more", "thorn", "wick")
CLINIC_STEMS = tuple(f"{stem} {ending.title()}" for stem in _STEMS for ending in ("hollow", "brook", "crest", "field"))
_KINDS = ("Avenue", "Boulevard", "Court", "Drive", "Lane", "Parkway", "Road", "Street", "Street", "Way")
_ROOMS = ("", "", "", "Suite 100", "Suite 120", "Suite 204", "Suite 210", "Suite 310", "Unit B", "2nd Floor")


@dataclass(frozen=True, slots=True)
class Zip:
    """A ZIP code with its centre, how far from it an address may lie, and an area code of its city.

    `area` is a metropolitan area, or a rural place where it starts with `RURAL`.
    """

    area: str
    city: str
    state: str
    zip: str
    center: Point
    reach_mi: float
    area_code: str


def read() -> dict[str, tuple[Zip, ...]]:
    """Return the ZIP codes of each area, in the order of places.csv."""
    areas: dict[str, tuple[Zip, ...]] = {}
    with PLACES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            zip_ = _zip(row)
            areas[zip_.area] = (*areas.get(zip_.area, ()), zip_)
    return areas


def _zip(row: dict[str, str]) -> Zip:
    center = Point(float(row["lat"]), float(row["lon"]))
    return Zip(row["area"], row["city"], row["state"], row["zip"], center, float(row["reach_mi"]), row["area_code"])


@dataclass(slots=True)
class Ground:
    """Gives out addresses, each once."""

    _taken: set[str] = field(default_factory=set)

    def location(self, zip_: Zip, rng: Random) -> Location:
        """Return a new location in a ZIP code."""
        address = self._address(zip_, rng)
        return Location(location_id(address), address, _position(zip_, rng))

    def _address(self, zip_: Zip, rng: Random) -> Address:
        while True:
            street = rng.choice(_STEMS) + rng.choice(_ENDINGS)
            line = f"{rng.randrange(10, 9990)} {street} {rng.choice(_KINDS)}"
            if line not in self._taken:
                self._taken.add(line)
                return Address(line, zip_.city, zip_.state, zip_.zip, rng.choice(_ROOMS))


def _position(zip_: Zip, rng: Random) -> Position:
    lot = rng.random()
    if lot < 0.02:
        return UNPLACED
    if lot < 0.30:
        return Position(zip_.center, Precision.APPROXIMATE, "demonstration, center of the ZIP code")
    return Position(_near(zip_, rng), Precision.EXACT, "demonstration")


def _near(zip_: Zip, rng: Random) -> Point:
    reach = zip_.reach_mi * math.sqrt(rng.random()) * 0.98
    bearing = rng.random() * math.tau
    north = reach * math.cos(bearing) / _MILES_PER_DEGREE
    east = reach * math.sin(bearing) / (_MILES_PER_DEGREE * math.cos(math.radians(zip_.center.lat)))
    return Point(round(zip_.center.lat + north, 5), round(zip_.center.lon + east, 5))
