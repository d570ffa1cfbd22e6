"""Is a point in the state that its address states? Over the real outlines, the awkward corners of the map included."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.domain.place import STATES, Point
from directory.geocoding.index import gazetteer
from directory.geocoding.outlines import TOLERANCE_M, outlines


@pytest.mark.parametrize(
    ("lat", "lon", "state"),
    [
        (41.88, -87.63, "IL"),
        (38.9, -77.03, "DC"),
        (61.2, -149.9, "AK"),
        (51.88, -176.65, "AK"),  # Adak, west of 176 W
        (52.92, 172.9, "AK"),  # Attu, beyond the antimeridian
        (71.29, -156.78, "AK"),  # Utqiagvik
        (21.3, -157.85, "HI"),
        (19.72, -155.08, "HI"),
        (13.47, 144.75, "GU"),
        (-14.28, -170.7, "AS"),
        (15.18, 145.75, "MP"),
        (18.46, -66.1, "PR"),
        (18.34, -64.93, "VI"),
        (46.55, -87.4, "MI"),  # Upper Peninsula
        (49.3, -95.0, "MN"),  # Northwest Angle
        (37.9, -75.35, "VA"),  # an island off the Eastern Shore
    ],
)
def test_a_point_is_in_its_state_and_in_no_far_one(lat: float, lon: float, state: str) -> None:
    point = Point(lat, lon)
    assert outlines().in_state(point, state)
    assert not outlines().in_state(point, "KS")


@pytest.mark.parametrize(
    ("lat", "lon", "state"),
    [
        (41.5, -81.69, "OK"),  # Cleveland, Ohio
        (39.04, -94.58, "IA"),
        (0.0, 0.0, "GU"),
        (52.2, 5.3, "AK"),  # the far side of the earth from the Aleutians
        (51.9, 3.35, "AK"),
        (45.5, -73.6, "VT"),  # Montreal
        (41.88, -87.63, "ZZ"),
        (41.88, -87.63, ""),
    ],
)
def test_a_point_outside_is_refused(lat: float, lon: float, state: str) -> None:
    assert not outlines().in_state(Point(lat, lon), state)


def test_the_border_tolerance_reaches_as_far_as_it_says() -> None:
    north_of_kansas = 40.0  # the border with Nebraska runs along the parallel
    metre = 1 / 111_195.08
    within = Point(north_of_kansas + (TOLERANCE_M - 500) * metre, -98.0)
    beyond = Point(north_of_kansas + (TOLERANCE_M + 500) * metre, -98.0)
    assert outlines().in_state(within, "KS")
    assert not outlines().in_state(beyond, "KS")
    assert not outlines().in_state(within, "KS", tolerance_m=0.0)
    assert outlines().state_at(within) == "NE"


def test_every_state_and_territory_has_an_outline() -> None:
    assert {state for state in STATES if outlines().metres_outside(Point(0.0, 0.0), state) == float("inf")} == set()


def test_populated_places_lie_in_their_states() -> None:
    """An independent source of points: 22,000 places, of which the outlines may refuse only GeoNames' own slips."""
    towns = gazetteer().towns
    refused = [town for town in towns if not outlines().in_state(town.point, town.state)]
    assert len(towns) > 20_000
    assert len(refused) <= len(towns) // 2_000, refused


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_of_the_earth_gets_an_answer(lat: float, lon: float) -> None:
    point = Point(lat, lon)
    state = outlines().state_at(point)
    assert state is None or outlines().in_state(point, state)


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_what_lies_outside_the_hemisphere_of_the_states_is_in_none(lat: float, lon: float) -> None:
    in_their_part_of_the_world = (lon < -60 or lon > 140) and -20 < lat < 75
    assert in_their_part_of_the_world or outlines().state_at(Point(lat, lon)) is None


@settings(deadline=None, max_examples=50)
@given(st.floats(-60, 72), st.sampled_from(sorted(STATES)))
def test_the_antimeridian_is_one_line(lat: float, state: str) -> None:
    assert outlines().in_state(Point(lat, 180.0), state) == outlines().in_state(Point(lat, -180.0), state)
