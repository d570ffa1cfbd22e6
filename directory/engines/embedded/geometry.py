"""Geometry of the index: cells of 0.1 degree, spans of cells for a circle, and exact comparison of distances.

Distances are compared as *halves*: half = sin²(angle/2) = chord²/4, with the chord taken between unit vectors. It
grows with the great-circle distance and needs no trigonometry per document. Float error makes it uncertain within
`slack`; what falls in there is decided by `domain.place.distance_m`, so that a document is inside a radius exactly
when its haversine distance is.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from directory.domain.place import EARTH_RADIUS_M, Point, degrees_apart_m
from directory.engines.embedded.arrays import Array, Bools, Floats, Ints, Spans

LATITUDE_STEP = 180.0 / (1 << 32)
LONGITUDE_STEP = 360.0 / (1 << 32)
ROWS, COLUMNS = 1800, 3600
UNPLACED_CELL = ROWS * COLUMNS
"""The cell of documents without a position: after all others."""
EVERYWHERE = 2.0
"""A half that no document exceeds."""
_WIDE_RADIANS = 1.4
_FEW_ROWS = 24
_CELL_RADIANS = math.radians(0.1)
_POLAR = 1e-9
_MARGIN_RADIANS = 1e-9
_MARGIN_DEGREES = 1e-6
_BLOCK = 1 << 14
"""Documents whose three coordinates and two results fit the cache beside a processor."""
_SPREAD = np.array([sum((number >> bit & 1) << (2 * bit) for bit in range(8)) for number in range(256)], np.int64)
"""Numbers of eight bits with a zero before each bit."""


def cells(lat: Array, lon: Array) -> Ints:
    """Cell of each quantised position (multiples of the steps); floor, so that negative degrees do not fold."""
    rows = np.floor(lat * (LATITUDE_STEP * 10)).astype(np.int64) + ROWS // 2
    columns = np.floor(lon * (LONGITUDE_STEP * 10)).astype(np.int64) + COLUMNS // 2
    return np.clip(rows, 0, ROWS - 1) * COLUMNS + np.clip(columns, 0, COLUMNS - 1)


def along_curve(lat: Array, lon: Array) -> Ints:
    """Where each quantised position stands on a curve through its cell (Morton's) that keeps neighbours near."""
    parts = [
        np.floor((of * (step * 10) - np.floor(of * (step * 10))) * len(_SPREAD)).astype(np.int64)
        for of, step in ((lat, LATITUDE_STEP), (lon, LONGITUDE_STEP))
    ]
    south, west = (_SPREAD[np.minimum(part, len(_SPREAD) - 1)] for part in parts)
    found: Ints = (south << 1) | west
    return found


def unit_vectors(lat: Array, lon: Array) -> tuple[Floats, Floats, Floats]:
    """x, y, z on the unit sphere of quantised positions."""
    theta = np.radians(lat * LATITUDE_STEP)
    phi = np.radians(lon * LONGITUDE_STEP)
    return np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), np.sin(theta)


def half_of(distance: float) -> float:
    """The half that belongs to a distance in metres."""
    if distance >= math.pi * EARTH_RADIUS_M:
        return EVERYWHERE
    return math.sin(max(distance, 0.0) / (2 * EARTH_RADIUS_M)) ** 2


def chord_of(half: float) -> float:
    """The straight way through the earth, in its radii."""
    return 2 * math.sqrt(half)


def slack(half: float) -> float:
    """How far a half computed from unit vectors, or from a distance, may be off."""
    return 1e-14 * (math.sqrt(half) + half) + 1e-28


@dataclass(frozen=True, slots=True)
class Cells:
    """Ranges of cell numbers, both ends included, ascending."""

    first: Ints
    last: Ints


def around(near: Point, radius_m: float) -> Cells:
    """Cells that cover the circle; a few more at its rim, never one fewer."""
    angle = radius_m / EARTH_RADIUS_M + _MARGIN_RADIANS
    if angle >= _WIDE_RADIANS:
        return Cells(np.array([0], np.int64), np.array([UNPLACED_CELL - 1], np.int64))
    reach = math.degrees(angle)
    south = max(0, math.floor((near.lat - reach) * 10) + ROWS // 2)
    north = min(ROWS - 1, math.floor((near.lat + reach) * 10) + ROWS // 2)
    if north - south < _FEW_ROWS:
        found = _row_by_row(near, angle, range(south, north + 1))
        if found is not None:
            return found
    rows = np.arange(south, north + 1, dtype=np.int64)
    return _wrapped(rows, near.lon, _half_widths(rows, math.radians(near.lat), angle))


def _row_by_row(near: Point, angle: float, rows: Iterable[int]) -> Cells | None:
    """`around` for a few rows, for which columns of numbers take longer; None at a pole or across the date line."""
    lat = math.radians(near.lat)
    sine, cosine, beyond = math.sin(lat), math.cos(lat), math.cos(angle)
    widest = math.asin(max(-1.0, min(1.0, sine / beyond)))
    first, last = [], []
    for row in rows:
        bottom = math.radians(row / 10 - 90)
        at = max(bottom, min(widest, bottom + _CELL_RADIANS))
        scale = math.cos(at) * cosine
        if scale < _POLAR:
            return None
        width = math.degrees(math.acos(max(-1.0, min(1.0, (beyond - sine * math.sin(at)) / scale)))) + _MARGIN_DEGREES
        west, east = near.lon - width, near.lon + width
        if west < -180 or east >= 180:
            return None
        start = row * COLUMNS + COLUMNS // 2
        first.append(start + math.floor(west * 10))
        last.append(start + math.floor(east * 10))
    return Cells(np.array(first, np.int64), np.array(last, np.int64))


def _half_widths(rows: Ints, lat: float, angle: float) -> Floats:
    """Degrees of longitude that the circle reaches to either side within each row of cells."""
    bottom = np.radians(rows / 10 - 90)
    widest = math.asin(max(-1.0, min(1.0, math.sin(lat) / math.cos(angle))))
    at = np.clip(widest, bottom, bottom + _CELL_RADIANS)
    scale = np.cos(at) * math.cos(lat)
    polar = scale < _POLAR
    cosine = (math.cos(angle) - math.sin(lat) * np.sin(at)) / np.where(polar, 1.0, scale)
    width = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))) + _MARGIN_DEGREES
    return np.where(polar, 180.0, width)


def _wrapped(rows: Ints, lon: float, widths: Floats) -> Cells:
    west = np.floor((lon - widths) * 10).astype(np.int64) + COLUMNS // 2
    span = np.floor((lon + widths) * 10).astype(np.int64) + COLUMNS // 2 - west
    west = np.where(span >= COLUMNS - 1, 0, west % COLUMNS)
    east = west + np.minimum(span, COLUMNS - 1)
    over = east >= COLUMNS
    first = np.concatenate([rows * COLUMNS + west, rows[over] * COLUMNS])
    last = np.concatenate([rows * COLUMNS + np.minimum(east, COLUMNS - 1), (rows * COLUMNS + east - COLUMNS)[over]])
    order = np.argsort(first)
    return Cells(first[order], last[order])


def _square_of_difference(values: Floats, own: float, out: Floats) -> None:
    np.subtract(values, own, out=out)
    np.multiply(out, out, out=out)


class Origin:
    """A point to measure from, and exact distances from it to quantised positions."""

    def __init__(self, near: Point) -> None:
        self.near = near
        lat, lon = math.radians(near.lat), math.radians(near.lon)
        self._x, self._y, self._z = math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
        self._vector = np.array([self._x, self._y, self._z])
        self._known: dict[tuple[int, int], float] = {}
        self._circles: dict[float, Cells] = {}

    def around(self, radius_m: float) -> Cells:
        """Cells that cover the circle; worked out once for all segments."""
        known = self._circles.get(radius_m)
        if known is None:
            known = self._circles[radius_m] = around(self.near, radius_m)
        return known

    def halves(self, x: Floats, y: Floats, z: Floats) -> Floats:
        """Halves to unit vectors; infinite where x is (a document without a position)."""
        total = np.square(x - self._x)
        total += np.square(y - self._y)
        total += np.square(z - self._z)
        total *= 0.25
        return total

    def chords(self, points: Floats) -> Floats:
        """Chords (see `chord_of`) to points in space, whose first three columns are x, y, z."""
        apart = points[:, :3] - self._vector
        found: Floats = np.sqrt(np.einsum("ij,ij->i", apart, apart))
        return found

    def halves_within(self, spans: Spans, axes: tuple[Floats, Floats, Floats]) -> Floats:
        """Halves of the spans' documents. Block by block: arithmetic is as fast as the memory it needs is near."""
        found, spare = np.empty(len(spans), np.float64), np.empty(_BLOCK, np.float64)
        at = 0
        for first, last in spans.blocks(_BLOCK):
            total, square = found[at : at + last - first], spare[: last - first]
            _square_of_difference(axes[0][first:last], self._x, total)
            for axis, own in ((axes[1], self._y), (axes[2], self._z)):
                _square_of_difference(axis[first:last], own, square)
                total += square
            total *= 0.25
            at += last - first
        return found

    def distance(self, lat: int, lon: int) -> float:
        """Metres to a quantised position, exactly as `domain.place.distance_m` has them."""
        known = self._known.get((lat, lon))
        if known is None:
            near = self.near
            known = degrees_apart_m(near.lat, near.lon, lat * LATITUDE_STEP, lon * LONGITUDE_STEP)
            self._known[lat, lon] = known
        return known

    def distances(self, docs: Ints, positions: tuple[Array, Array]) -> list[float]:
        """Metres to each document."""
        lat, lon = (column[docs].tolist() for column in positions)
        return list(map(self.distance, lat, lon))

    def within(self, halves: Floats, docs: Ints, positions: tuple[Array, Array], radius_m: float) -> Bools:
        """Whether each document is at most `radius_m` away; `positions` are the quantised columns lat and lon."""
        limit = half_of(radius_m)
        room = 0.0 if limit == EVERYWHERE else slack(limit)
        inside, perhaps = halves <= limit - room, halves <= limit + room
        if np.count_nonzero(inside) != np.count_nonzero(perhaps):
            for at in np.flatnonzero(perhaps & ~inside).tolist():
                inside[at] = self.to(int(docs[at]), positions) <= radius_m
        return inside

    def beyond(self, halves: Floats, docs: Ints, positions: tuple[Array, Array], metres: float) -> tuple[Bools, Bools]:
        """Whether each document is farther than so many metres, and whether it is exactly as far."""
        limit = math.sin(min(metres / (2 * EARTH_RADIUS_M), math.pi / 2)) ** 2
        room = slack(limit)
        farther = halves > limit + room
        equal = np.zeros(len(halves), np.bool_)
        for at in np.flatnonzero((halves >= limit - room) & ~farther).tolist():
            distance = self.to(int(docs[at]), positions)
            farther[at], equal[at] = distance > metres, distance == metres
        return farther, equal

    def to(self, doc: int, positions: tuple[Array, Array]) -> float:
        """Metres to a document."""
        lat, lon = positions
        return self.distance(int(lat[doc]), int(lon[doc]))
