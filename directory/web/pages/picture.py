"""Where the clinics of a network stand in its picture: the clinic of the page in the middle, each link one ring out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from directory.search.network import Member

RADIUS, RING = 15, 62
"""Of a clinic's circle, and from ring to ring, in the units of the drawing."""
_LEAST, _ROOM = 3, RADIUS * 2 + 6
_MARGIN = RADIUS + 3
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    number: int


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Lines lie below dots. `left`, `top`, `width` and `height` are the drawing's own frame."""

    left: float
    top: float
    width: float
    height: float
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]


def picture(members: Sequence[Member]) -> Picture | None:
    """The picture of a whole network; None for two clinics, which words say as well, or where circles would touch."""
    if len(members) < _LEAST:
        return None
    places = _places(members)
    if any(math.dist(a, b) < _ROOM for a, b in _pairs(list(places.values()))):
        return None
    numbers = {member.clinic_id: number for number, member in enumerate(members)}
    dots = tuple(Dot(*places[key], number) for key, number in numbers.items())
    lines = tuple(
        Line(*places[member.clinic_id], *places[other])
        for member in members
        for other in member.partners
        if other in places and member.clinic_id < other
    )
    left, top = (min(place[axis] for place in places.values()) - _MARGIN for axis in (0, 1))
    right, bottom = (max(place[axis] for place in places.values()) + _MARGIN for axis in (0, 1))
    return Picture(left, top, right - left, bottom - top, dots, lines)


def _places(members: Sequence[Member]) -> Mapping[str, Place]:
    """Each clinic on the ring of its links, within the sector of the one through which it belongs."""
    below = _below(members)
    places: dict[str, Place] = {}

    def put(key: str, ring: int, start: float, end: float) -> None:
        angle = (start + end) / 2
        places[key] = (round(ring * RING * math.cos(angle), 1), round(ring * RING * math.sin(angle), 1))
        share = (end - start) / max(1, sum(_leaves(child, below) for child in below[key]))
        for child in below[key]:
            width = share * _leaves(child, below)
            put(child, ring + 1, start, start + width)
            start += width

    # The first partner stands to the right: a chain of three lies flat, and takes little of a phone's height.
    here = members[0].clinic_id
    first = math.tau * _leaves(below[here][0], below) / _leaves(here, below)
    put(here, 0, -first / 2, math.tau - first / 2)
    return places


def _below(members: Sequence[Member]) -> dict[str, list[str]]:
    """Clinic -> those that belong to the network through it."""
    below: dict[str, list[str]] = {member.clinic_id: [] for member in members}
    for member in members[1:]:
        through = next(item for item in members if item.links == member.links - 1 and _linked(item, member))
        below[through.clinic_id].append(member.clinic_id)
    return below


def _linked(one: Member, other: Member) -> bool:
    return other.clinic_id in one.partners or one.clinic_id in other.partners


def _leaves(key: str, below: Mapping[str, Sequence[str]]) -> int:
    return sum(_leaves(child, below) for child in below[key]) or 1


def _pairs(places: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    return ((a, b) for number, a in enumerate(places) for b in places[number + 1 :])
