"""Circles, cells and distances against the haversine of the domain."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory.domain.place import EARTH_RADIUS_M, Point, distance_m, stored
from directory.engines.embedded.geometry import (
    LATITUDE_STEP,
    LONGITUDE_STEP,
    Origin,
    along_curve,
    around,
    cells,
    half_of,
    slack,
    unit_vectors,
)

HALF_WAY = math.pi * EARTH_RADIUS_M
LATITUDES = st.one_of(st.floats(-90, 90), st.sampled_from((-90.0, 90.0, 0.0, -0.1, 89.95, -89.95)))
LONGITUDES = st.one_of(st.floats(-180, 180), st.sampled_from((-180.0, 180.0, 0.0, -0.1, 179.95, -179.95)))
POINTS = st.builds(Point, LATITUDES, LONGITUDES)
RADII = st.one_of(st.floats(0.001, HALF_WAY * 1.1), st.floats(0.001, 100_000))


def quantised(point: Point) -> tuple[int, int]:
    there = stored(point)
    return round(there.lat / LATITUDE_STEP), round(there.lon / LONGITUDE_STEP)


def point_at(lat: int, lon: int) -> Point:
    return Point(lat * LATITUDE_STEP, lon * LONGITUDE_STEP)


@given(POINTS)
def test_a_position_survives_being_quantised(point: Point) -> None:
    assert point_at(*quantised(point)) == stored(point)


@pytest.mark.fault(24)
@given(POINTS, POINTS, RADII)
@example(Point(89.99, 0.0), Point(89.99, 180.0), 2_300.0)
@example(Point(0.0, 180.0), Point(0.0, -180.0), 0.001)
@example(Point(-0.05, -0.05), Point(0.05, 0.05), 20_000.0)
def test_the_cells_of_a_circle_hold_everything_within(near: Point, other: Point, radius: float) -> None:
    assert_covered(near, other, radius)


def assert_covered(near: Point, other: Point, radius: float) -> None:
    lat, lon = quantised(other)
    found = around(near, radius)
    assert (found.first[1:] > found.last[:-1]).all()
    if distance_m(near, point_at(lat, lon)) <= radius:
        cell = int(cells(np.array([lat]), np.array([lon]))[0])
        assert ((found.first <= cell) & (cell <= found.last)).any()


@given(POINTS, st.floats(0, 2 * math.pi), st.floats(0.0, 0.999), RADII)
def test_the_cells_of_a_circle_hold_its_inside(near: Point, bearing: float, share: float, radius: float) -> None:
    angle = min(radius, HALF_WAY) / EARTH_RADIUS_M * share
    lat = math.radians(near.lat)
    north = math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing)
    across = math.sin(bearing) * math.sin(angle) * math.cos(lat)
    east = math.atan2(across, math.cos(angle) - math.sin(lat) * north)
    lon = (near.lon + math.degrees(east) + 180) % 360 - 180
    assert_covered(near, Point(math.degrees(math.asin(max(-1.0, min(1.0, north)))), lon), radius)


@given(POINTS)
def test_neighbours_along_the_curve_of_a_cell_are_neighbours_in_place(point: Point) -> None:
    """The curve goes through one quarter after the other, and within each through its quarters."""
    lat, lon = (np.array([of]) for of in quantised(point))
    at = int(along_curve(lat, lon)[0])
    up, right = (of * step * 10 % 1 for of, step in ((lat[0], LATITUDE_STEP), (lon[0], LONGITUDE_STEP)))
    assert 0 <= at < 1 << 16
    assert (at >> 15, at >> 14 & 1) == (int(up >= 0.5), int(right >= 0.5))
    assert (at >> 13 & 1, at >> 12 & 1) == (int(up * 2 % 1 >= 0.5), int(right * 2 % 1 >= 0.5))


@given(POINTS, POINTS)
def test_halves_are_within_their_slack(near: Point, other: Point) -> None:
    lat, lon = quantised(other)
    half = float(Origin(near).halves(*unit_vectors(np.array([lat]), np.array([lon])))[0])
    exact = math.sin(distance_m(near, point_at(lat, lon)) / (2 * EARTH_RADIUS_M)) ** 2
    assert abs(half - exact) <= slack(exact)


@given(POINTS, st.lists(POINTS, min_size=1, max_size=5), st.integers(0, 4), st.sampled_from((-1, 0, 1)), RADII)
def test_a_radius_ends_exactly_where_the_haversine_does(
    near: Point, others: list[Point], which: int, ulps: int, radius: float
) -> None:
    positions = np.array([quantised(point) for point in others]).T
    distances = [distance_m(near, point_at(lat, lon)) for lat, lon in positions.T.tolist()]
    edge = distances[which] if which < len(distances) else radius
    edge = math.nextafter(edge, math.inf * ulps) if ulps else edge
    origin, docs = Origin(near), np.arange(len(others))
    halves = origin.halves(*unit_vectors(*positions))
    inside = origin.within(halves, docs, (positions[0], positions[1]), edge)
    assert inside.tolist() == [distance <= edge for distance in distances]
    farther, equal = origin.beyond(halves, docs, (positions[0], positions[1]), edge)
    assert farther.tolist() == [distance > edge for distance in distances]
    assert equal.tolist() == [distance == edge for distance in distances]


def test_halves_grow_with_distance_and_end_half_way_round() -> None:
    halves = [half_of(metres) for metres in (0.0, 1e-3, 1.0, 1e6, 1.9e7, HALF_WAY)]
    assert halves == sorted(halves)
    assert halves[0] == 0.0
    assert half_of(HALF_WAY) == half_of(2 * HALF_WAY) == 2.0
