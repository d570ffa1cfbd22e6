"""Positions of addresses: ZIP code, city and state cross-checked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.domain.place import STATES, UNPLACED, Address, Point, Precision, distance_m
from directory.geocoding import offline_positions
from directory.geocoding.index import gazetteer
from directory.geocoding.positions import OfflinePositions
from directory.search.places import Positions

MILE = 1_609.344


@pytest.fixture(scope="module")
def positions() -> Positions:
    return offline_positions()


def address(city: str, state: str, zip_code: str) -> Address:
    return Address("1 Invented Street", city, state, zip_code)


@pytest.mark.parametrize(
    ("city", "state", "zip_code", "near"),
    [
        ("CHICAGO", "IL", "60614", Point(41.92, -87.65)),
        ("CHICAGO", "IL", "606141234", Point(41.92, -87.65)),
        ("chicgo", "il", "60614", Point(41.92, -87.65)),
        ("", "IL", "60614", Point(41.92, -87.65)),
        ("SAINT LOUIS", "MO", "63110", Point(38.62, -90.26)),
        ("Adak", "AK", "99546", Point(51.88, -176.65)),
        ("Barrigada", "GU", "96913", Point(13.47, 144.80)),
        ("Pago Pago", "AS", "96799", Point(-14.28, -170.70)),
        ("Saipan", "MP", "96950", Point(15.18, 145.75)),
        ("Ponce", "PR", "00717", Point(18.01, -66.61)),
        ("St Thomas", "VI", "00802", Point(18.34, -64.92)),
    ],
)
def test_an_address_is_placed_approximately(
    positions: Positions, city: str, state: str, zip_code: str, near: Point
) -> None:
    position = positions.locate(address(city, state, zip_code))
    assert position.precision is Precision.APPROXIMATE
    assert position.point is not None
    assert distance_m(position.point, near) < 20 * MILE
    assert position.source.startswith("GeoNames, ZIP code")


def test_a_zip_code_without_a_point_takes_the_citys(positions: Positions) -> None:
    position = positions.locate(address("Cleveland", "OH", "44195"))  # the package puts it into Lake Erie
    assert position.point is not None
    assert distance_m(position.point, Point(41.4995, -81.6954)) < MILE


def test_an_unknown_zip_code_falls_back_on_the_city(positions: Positions) -> None:
    placement = positions.place(address("Denver", "CO", "00000"))
    assert placement.position.source == "GeoNames, Denver, CO"
    assert not placement.quarantined


def test_a_zip_code_and_city_of_another_state_are_quarantined(positions: Positions) -> None:
    placement = positions.place(address("Cleveland", "OK", "44114"))
    assert placement.quarantined
    assert placement.position == UNPLACED
    assert "Cleveland, OH, not in Oklahoma" in placement.reason


def test_a_zip_code_of_another_state_is_overruled_by_a_city_of_the_stated_one(positions: Positions) -> None:
    placement = positions.place(address("Fullerton", "CA", "12831"))
    assert placement.position.source == "GeoNames, Fullerton, CA"
    assert not placement.quarantined
    assert "12831" in placement.reason


def test_a_zip_code_of_another_state_with_an_unknown_city_is_quarantined(positions: Positions) -> None:
    assert positions.place(address("Nowhereville", "TX", "60614")).quarantined


def test_a_zip_code_far_from_its_city_is_not_placed(positions: Positions) -> None:
    placement = positions.place(address("Houston", "TX", "79901"))
    assert placement.position == UNPLACED
    assert not placement.quarantined
    assert "El Paso" in placement.reason


@pytest.mark.parametrize(("city", "state", "zip_code"), [("Texarkana", "AR", "75501"), ("Kansas City", "KS", "64111")])
def test_a_zip_code_of_a_twin_city_across_the_border_takes_the_stated_city(
    positions: Positions, city: str, state: str, zip_code: str
) -> None:
    point = positions.locate(address(city, state, zip_code)).point
    assert point is not None
    assert positions.in_state(point, state)


@pytest.mark.parametrize("state", ["AE", "AP", "ON", "BAJA CALIFORNIA", "", "ZZ"])
def test_what_is_no_state_is_unknown_not_quarantined(positions: Positions, state: str) -> None:
    placement = positions.place(address("Anywhere", state, "60614"))
    assert placement.position == UNPLACED
    assert not placement.quarantined
    assert placement.reason


def test_namesakes_far_apart_do_not_stand_for_one_another(positions: Positions) -> None:
    placement = positions.place(address("Midway", "FL", "00000"))
    assert placement.position == UNPLACED
    assert "several" in placement.reason


def test_the_gazetteers_own_addresses_are_placed_in_their_states() -> None:
    """Every ZIP code with its own city and state; the few refused have no point in the package and no known city."""
    positions = offline_positions()
    rows = list(gazetteer().zips.values())
    placed = [(row, positions.place(address(row.city, row.state, row.code))) for row in rows]
    assert [row.code for row, placement in placed if placement.quarantined] == []
    assert sum(placement.position.point is None for _, placement in placed) <= 5
    outside = [
        row.code
        for row, placement in placed
        if placement.position.point and not positions.in_state(placement.position.point, row.state)
    ]
    assert outside == []


@settings(deadline=None)
@given(st.text(max_size=12), st.text(max_size=30), st.sampled_from([*STATES, "AE", "", "il"]))
def test_whatever_is_placed_lies_in_the_stated_state(zip_code: str, city: str, state: str) -> None:
    positions = offline_positions()
    point = positions.locate(address(city, state, zip_code)).point
    assert point is None or positions.in_state(point, state.upper())


@settings(deadline=None)
@given(st.sampled_from(sorted(gazetteer().zips)), st.sampled_from(sorted(STATES)))
def test_a_zip_code_never_places_an_address_outside_the_stated_state(zip_code: str, state: str) -> None:
    positions = offline_positions()
    placement = positions.place(address("", state, zip_code))
    inside = placement.position.point is not None and positions.in_state(placement.position.point, state)
    assert inside or placement.quarantined or placement.position == UNPLACED


def test_a_repeated_address_is_not_worked_out_again() -> None:
    asked: list[str] = []

    class Counting:
        def find(self, zip_code: str, city: str, state: str) -> object:
            from directory.geocoding.addresses import Finding

            asked.append(zip_code)
            return Finding(Point(1.0, 2.0), "test")

    positions = OfflinePositions(Counting)  # type: ignore[arg-type]
    first = positions.locate(Address("1 A St", "Chicago", "IL", "60614"))
    second = positions.locate(Address("2 B St", "Chicago", "IL", "60614"))
    assert first is second
    assert asked == ["60614"]
