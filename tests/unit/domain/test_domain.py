"""Identifiers, points, evidence and networks."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.domain.clinic import ReferralLink, networks
from directory.domain.errors import InvalidInput
from directory.domain.evidence import Level, strongest
from directory.domain.npi import is_valid_npi, npi, with_check_digit
from directory.domain.place import EARTH_RADIUS_M, Point, distance_m, stored
from tests.factories.records import TODAY, evidence

POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize("text", ["1234567893", "1003000126", "2123456784"])
def test_npis_that_are_right(text):
    assert npi(f" {text} ") == text


@pytest.mark.fault(22)
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1234567890", "check digit"),
        ("2123456783", "check digit"),
        ("0000000006", "starts with"),
        ("123456789", "ten digits"),
        ("12345678930", "ten digits"),
        ("١٢٣٤٥٦٧٨٩٣", "ten digits"),
        ("1234567893.0", "ten digits"),
        ("", "ten digits"),
    ],
)
def test_npis_that_are_wrong_say_why(text, says):
    with pytest.raises(InvalidInput, match=says):
        npi(text)


def test_a_registry_row_must_not_have_a_number_that_is_not_issued():
    assert is_valid_npi("2123456784")
    assert not is_valid_npi("2123456784", first_digits=("1",))


@given(st.integers(10**8, 3 * 10**8 - 1))
def test_exactly_one_check_digit_is_right(first_nine):
    right = [digit for digit in "0123456789" if is_valid_npi(f"{first_nine}{digit}", first_digits=("1", "2"))]
    assert right == [with_check_digit(str(first_nine))[-1]]


@pytest.mark.fault(24)
@pytest.mark.parametrize("values", [(90.1, 0), (0, -180.5), (math.nan, 0), (0, math.inf)])
def test_points_off_the_earth_are_refused(values):
    with pytest.raises(InvalidInput):
        Point(*values)


@given(POINTS)
def test_storing_moves_a_point_by_two_centimetres_at_most_and_only_once(point):
    assert distance_m(point, stored(point)) < 0.02
    assert stored(stored(point)) == stored(point)


@given(POINTS, POINTS)
def test_distance_is_symmetric_and_at_most_half_the_circumference(a, b):
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-6)
    assert 0 <= distance_m(a, b) <= math.pi * EARTH_RADIUS_M + 1e-6


@pytest.mark.fault(24)
def test_distance_over_the_antimeridian_and_the_pole():
    assert distance_m(Point(0, 179.9), Point(0, -179.9)) == pytest.approx(math.radians(0.2) * EARTH_RADIUS_M)
    assert distance_m(Point(89.9, 0), Point(89.9, 180)) == pytest.approx(math.radians(0.2) * EARTH_RADIUS_M)


def test_evidence_holds_until_the_day_it_expires():
    held = evidence(age=0, lasts=1)
    assert strongest([held], TODAY) is held
    assert strongest([held], TODAY + timedelta(days=1)) is None


def test_the_higher_level_is_stronger_whatever_its_age():
    registry, reviewed = evidence(age=0), evidence(Level.REVIEWED, age=80, lasts=90)
    assert strongest([registry, reviewed], TODAY) is reviewed
    assert strongest([registry, evidence(Level.REVIEWED, age=91, lasts=90)], TODAY) is registry


def link(a: str, b: str, *, confirmed: bool = True, ended: bool = False) -> ReferralLink:
    return ReferralLink(a, b, TODAY, TODAY if confirmed else None, TODAY if ended else None)


def test_networks_are_what_confirmed_links_connect():
    links = [
        link("c", "b"),
        link("b", "a"),
        link("d", "e"),
        link("e", "a", confirmed=False),
        link("f", "a", ended=True),
    ]
    assert networks(links) == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "d"}
