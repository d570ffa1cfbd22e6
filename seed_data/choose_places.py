"""Chooses the ZIP codes where invented people work: `python -m seed_data.choose_places` rewrites places.csv.

Cities and their area codes are listed here; ZIP codes and centres come from the package `zipcodes`. The outcome
is committed, so that a new edition of the package does not move anybody.

`reach_mi` is how far from the centre an address may lie and still be nearer to it than to the centre of any other
ZIP code, 3 miles at most: so that it stays in its city and state.
"""

import csv
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TextIO

import zipcodes

from directory.domain.place import METRES_PER_MILE, Point, distance_m
from seed_data.places import COLUMNS, FARTHEST_MILES, PLACES

_METROS = """
new-york: New York NY 212, Brooklyn NY 718, Flushing NY 718, Jersey City NJ 201
los-angeles: Los Angeles CA 213, Pasadena CA 626, Long Beach CA 562
chicago: Chicago IL 312, Evanston IL 847, Oak Park IL 708
houston: Houston TX 713, Sugar Land TX 281
phoenix: Phoenix AZ 602, Mesa AZ 480
philadelphia: Philadelphia PA 215, Cherry Hill NJ 856
san-antonio: San Antonio TX 210
san-diego: San Diego CA 619, Chula Vista CA 619
dallas: Dallas TX 214, Fort Worth TX 817
san-francisco: San Francisco CA 415, Oakland CA 510, San Jose CA 408
columbus: Columbus OH 614
seattle: Seattle WA 206, Tacoma WA 253
denver: Denver CO 303, Aurora CO 720
washington: Washington DC 202, Arlington VA 703, Silver Spring MD 301
boston: Boston MA 617, Quincy MA 781
nashville: Nashville TN 615
las-vegas: Las Vegas NV 702, Henderson NV 702
portland: Portland OR 503, Vancouver WA 360
detroit: Detroit MI 313, Ann Arbor MI 734
kansas-city: Kansas City MO 816, Kansas City KS 913, Overland Park KS 913
atlanta: Atlanta GA 404, Marietta GA 770
miami: Miami FL 305, Hialeah FL 786, Fort Lauderdale FL 954
minneapolis: Minneapolis MN 612, Saint Paul MN 651
st-louis: Saint Louis MO 314, Belleville IL 618
tampa: Tampa FL 813, Saint Petersburg FL 727
pittsburgh: Pittsburgh PA 412
salt-lake-city: Salt Lake City UT 801
honolulu: Honolulu HI 808, Kailua HI 808
san-juan: San Juan PR 787, Bayamon PR 787
anchorage: Anchorage AK 907
"""
_RURAL = """
Homer AK 907, Seward AK 907, Sitka AK 907, Fairbanks AK 907, Hilo HI 808, Lihue HI 808, Ponce PR 787,
Mayaguez PR 787, Utuado PR 787, Marfa TX 432, Eagle Pass TX 830, Bishop CA 760, Quincy CA 530, Ely NV 775,
Salmon ID 208, Miles City MT 406, Valentine NE 402, Chadron NE 308, Dodge City KS 620, Williston ND 701,
Pierre SD 605, Lander WY 307, Moab UT 435, Gallup NM 505, Taos NM 575, Durango CO 970, Alamosa CO 719,
Bemidji MN 218, Houghton MI 906, Rhinelander WI 715, Caribou ME 207, Portland ME 207, Littleton NH 603,
Newport VT 802, Saranac Lake NY 518, Wellsboro PA 570, Elkins WV 304, Hazard KY 606, Cookeville TN 931,
Greenville MS 662, Columbus GA 706, Natchez MS 601, Mena AR 479, West Plains MO 417, Springfield MO 417,
Springfield IL 217, Nogales AZ 520, Bend OR 541
"""
_ZIPS_PER_METRO = 12
_NEAREST_MILES = 0.2


class City(NamedTuple):
    area: str
    name: str
    state: str
    area_code: str


def main() -> None:
    """Write places.csv."""
    with PLACES.open("w", encoding="utf-8", newline="") as file:
        write(file)


def write(file: TextIO) -> None:
    """Write a line per chosen ZIP code. Exits where a city has none."""
    entries = _standard_zips()
    centers = frozenset(map(_center, entries))
    by_city = _by_city(entries)
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for city, count in _cities():
        if (city.name, city.state) not in by_city:
            sys.exit(f"{city.name}, {city.state} has no ZIP code of its own: choose another city.")
        for entry in _spread(by_city[city.name, city.state], count):
            center = _center(entry)
            place = (city.area, city.name, city.state, entry["zip_code"], center.lat, center.lon)
            writer.writerow((*place, _reach(center, centers), city.area_code))


def _cities() -> Iterator[tuple[City, int]]:
    for line in _METROS.strip().splitlines():
        area, _, names = line.partition(": ")
        cities = [_city(area, text) for text in names.split(", ")]
        yield from ((city, _ZIPS_PER_METRO // len(cities)) for city in cities)
    for text in " ".join(_RURAL.split()).split(", "):
        yield _city("rural", text), 1


def _city(area: str, text: str) -> City:
    name, state, area_code = text.rsplit(" ", 2)
    own = f"{name}-{state}".lower().replace(" ", "-")
    return City(f"rural-{own}" if area == "rural" else area, name, state, area_code)


def _standard_zips() -> list[Mapping[str, str]]:
    entries = zipcodes.list_all()  # type: ignore[no-untyped-call]
    standard = (entry for entry in entries if entry["active"] and entry["zip_code_type"] == "STANDARD")
    return sorted(standard, key=lambda entry: str(entry["zip_code"]))


def _by_city(entries: Iterable[Mapping[str, str]]) -> Mapping[tuple[str, str], list[Mapping[str, str]]]:
    found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for entry in entries:
        found.setdefault((entry["city"], entry["state"]), []).append(entry)
    return found


def _center(entry: Mapping[str, str]) -> Point:
    return Point(float(entry["lat"]), float(entry["long"]))


def _reach(center: Point, centers: Iterable[Point]) -> float:
    near = (other for other in centers if abs(other.lat - center.lat) < 1 and other != center)
    metres = min((distance_m(center, other) for other in near), default=math.inf)
    return round(max(_NEAREST_MILES, min(FARTHEST_MILES, metres / METRES_PER_MILE / 2)), 2)


def _spread(entries: list[Mapping[str, str]], count: int) -> list[Mapping[str, str]]:
    step = max(1, len(entries) // count)
    return entries[::step][:count]


if __name__ == "__main__":
    main()
