"""Points on the earth, addresses and named places."""

import math
from dataclasses import dataclass
from enum import StrEnum

from directory.domain.errors import InvalidInput

EARTH_RADIUS_M = 6_371_008.7714
"""Mean earth radius in metres (IUGG R1), the one Elasticsearch uses."""
METRES_PER_MILE = 1_609.344
_LATITUDE_STEP = 180.0 / (1 << 32)
_LONGITUDE_STEP = 360.0 / (1 << 32)


@dataclass(frozen=True, slots=True)
class Point:
    """WGS 84 latitude and longitude in degrees. Raises InvalidInput outside [-90, 90] and [-180, 180]."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90.0 <= self.lat <= 90.0 and -180.0 <= self.lon <= 180.0):
            raise InvalidInput("A position has a latitude from -90 to 90 and a longitude from -180 to 180.")


def stored(point: Point) -> Point:
    """The point as an index stores it: rounded down to 1/2^32 of the range (Lucene LatLonPoint).

    Both engines compute distances from this value, so that they agree to the last digit that counts.
    """
    top = (1 << 31) - 1
    lat = min(math.floor(point.lat / _LATITUDE_STEP), top) * _LATITUDE_STEP
    lon = min(math.floor(point.lon / _LONGITUDE_STEP), top) * _LONGITUDE_STEP
    return Point(lat, lon)


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres (haversine)."""
    return degrees_apart_m(a.lat, a.lon, b.lat, b.lon)


def degrees_apart_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """`distance_m` of two positions in degrees, for those who have a great many of them and no points."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


class Precision(StrEnum):
    """How well a position is known."""

    EXACT = "exact"
    APPROXIMATE = "approximate"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Address:
    """A US postal address. `state` is the two-letter USPS code, `zip` five digits."""

    line: str
    city: str
    state: str
    zip: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where an address is, how well that is known, and who said so."""

    point: Point | None
    precision: Precision
    source: str = ""


UNPLACED = Position(None, Precision.NONE)


class PlaceKind(StrEnum):
    ZIP = "zip"
    CITY = "city"
    STATE = "state"
    METRO = "metro"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class Place:
    """A named place a person can search near. `label` is what to show, such as "Chicago, IL"."""

    kind: PlaceKind
    label: str
    point: Point | None
    city: str = ""
    state: str = ""
    zip: str = ""
    population: int = 0


STATES: dict[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida",
    "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa",
    "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland",
    "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri",
    "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio",
    "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands",
}  # fmt: skip
"""USPS two-letter codes of the states, the District of Columbia and the territories (Publication 28)."""
