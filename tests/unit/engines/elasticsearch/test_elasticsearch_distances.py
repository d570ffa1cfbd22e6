"""What is decided here because Elasticsearch's own distances are not exact."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.domain.place import EARTH_RADIUS_M, Point, distance_m, stored
from directory.engines.elasticsearch.distances import borders, judge, slack
from directory.engines.elasticsearch.mapping import place
from directory.search.query import DistanceBand, Query
from tests.factories.listings import TODAY

NEAR = Point(39.95, -75.16)


def as_lucene_computes(a: Point, b: Point) -> float:
    """The haversine by 1 - cos, which loses digits over short distances."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    turned = 1 - math.cos(math.radians(a.lon - b.lon))
    key = 1 - math.cos(lat_a - lat_b) + math.cos(lat_a) * math.cos(lat_b) * turned
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(key * 0.5)))


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-7, 0), st.floats(0, 2 * math.pi))
def test_slack_covers_the_error_of_that_formula_nearby(lat: float, lon: float, power: float, angle: float) -> None:
    a = Point(lat, lon)
    step = 10**power
    b = stored(
        Point(max(-90, min(90, lat + step * math.sin(angle))), max(-180, min(180, lon + step * math.cos(angle))))
    )
    exact = distance_m(a, b)
    assert abs(as_lucene_computes(a, b) - exact) <= slack(exact)


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_slack_covers_it_over_the_whole_earth(lat: float, lon: float, to_lat: float, to_lon: float) -> None:
    a, b = Point(lat, lon), stored(Point(to_lat, to_lon))
    exact = distance_m(a, b)
    assert abs(as_lucene_computes(a, b) - exact) <= slack(exact)


@pytest.mark.parametrize(("metres", "most"), [(0.001, 1.1), (1.0, 0.1), (1_609.344, 1e-4), (400_000.0, 1e-6)])
def test_slack_is_small_where_it_can_be(metres: float, most: float) -> None:
    assert 0 < slack(metres) <= most


def test_a_place_exactly_on_the_border_is_inside() -> None:
    on = stored(Point(39.96, -75.17))
    step = distance_m(NEAR, on)
    verdict = judge(NEAR, [place(on)], [step])[step]
    assert (verdict.inside, verdict.outside) == ((place(on),), ())
    just_less = math.nextafter(step, 0)
    verdict = judge(NEAR, [place(on)], [just_less])[just_less]
    assert (verdict.inside, verdict.outside) == ((), (place(on),))


def test_a_place_far_from_a_border_is_left_to_elasticsearch() -> None:
    verdict = judge(NEAR, [place(stored(Point(41.0, -75.0)))], [1_000.0])[1_000.0]
    assert (verdict.inside, verdict.outside) == ((), ())


def test_borders_beyond_the_radius_do_not_matter() -> None:
    bands = (DistanceBand(100.0, 3), DistanceBand(5_000.0, 1))
    assert borders(Query(today=TODAY, near=NEAR, radius_m=1_000.0, distance_bands=bands)) == (100.0, 1_000.0)
    assert borders(Query(today=TODAY, near=NEAR, distance_bands=bands)) == (100.0, 5_000.0)
    assert borders(Query(today=TODAY, distance_bands=bands)) == ()
