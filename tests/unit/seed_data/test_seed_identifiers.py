"""Nobody in the demonstration can be mistaken for, called or visited as somebody real."""

import re
from collections import Counter
from collections.abc import Iterator

import zipcodes

from directory.domain.clinic import Site
from directory.domain.npi import DEMONSTRATION_FIRST_DIGITS, is_valid_npi
from directory.domain.place import METRES_PER_MILE, Precision, distance_m
from directory.domain.practitioner import Location, Role
from directory.geocoding import offline_positions
from seed_data.dataset import Dataset
from seed_data.places import FARTHEST_MILES, Zip, read

PHONE = re.compile(r"\+1([2-9][0-9]{2})55501[0-9]{2}", re.ASCII)
WEBSITE = re.compile(r"https://[a-z0-9]+(-[a-z0-9]+)*\.example\.org", re.ASCII)
ZIPS: dict[str, Zip] = {zip_.zip: zip_ for area in read().values() for zip_ in area}


def places(dataset: Dataset) -> Iterator[Role | Site]:
    for person in dataset.practitioners:
        yield from person.roles
    for clinic in dataset.clinics:
        yield from clinic.sites


def locations(dataset: Dataset) -> list[Location]:
    return list({place.location.id: place.location for place in places(dataset)}.values())


def test_npis_are_from_the_range_that_is_not_issued_with_right_check_digits(dataset: Dataset) -> None:
    npis = [item.practitioner.npi for item in dataset.practitioners]
    npis += [item.clinic.npi for item in dataset.clinics if item.clinic.npi]
    assert [npi for npi in npis if not is_valid_npi(npi, DEMONSTRATION_FIRST_DIGITS)] == []
    assert [npi for npi, count in Counter(npis).items() if count > 1] == []


def test_ids_are_unique_and_fit_an_address(dataset: Dataset) -> None:
    ids = [item.clinic.id for item in dataset.clinics]
    assert len(set(ids)) == len(ids)
    assert [key for key in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key, re.ASCII)] == []
    roles = [role.id for item in dataset.practitioners for role in item.roles]
    assert len(set(roles)) == len(roles)


def test_phones_are_kept_for_fiction_with_an_area_code_of_the_city(dataset: Dataset) -> None:
    for place in places(dataset):
        phone, zip_ = PHONE.fullmatch(place.contact.phone), ZIPS[place.location.address.zip]
        area_codes = {other.area_code for other in read()[zip_.area]}
        assert phone, place
        assert phone[1] in area_codes, place


def test_area_codes_are_real_ones_of_the_area() -> None:
    for area, zips in read().items():
        real = {code for zip_ in zips for entry in zipcodes.matching(zip_.zip) for code in entry["area_codes"]}
        assert {zip_.area_code for zip_ in zips} <= real, area


def test_web_sites_are_below_example_org(dataset: Dataset) -> None:
    sites = [place.contact.website for place in places(dataset) if place.contact.website]
    assert len(sites) > 200
    assert [site for site in sites if not WEBSITE.fullmatch(site)] == []


def test_cities_and_zip_codes_go_together(dataset: Dataset) -> None:
    for zip_ in ZIPS.values():
        entries = {(entry["city"], entry["state"]) for entry in zipcodes.matching(zip_.zip)}
        assert (zip_.city, zip_.state) in entries
    for location in locations(dataset):
        chosen = ZIPS[location.address.zip]
        assert (location.address.city, location.address.state) == (chosen.city, chosen.state)


def test_positions_are_near_the_center_of_the_zip_code(dataset: Dataset) -> None:
    for location in locations(dataset):
        if point := location.position.point:
            center = ZIPS[location.address.zip].center
            assert distance_m(point, center) <= FARTHEST_MILES * METRES_PER_MILE, location


def test_positions_lie_in_their_state(dataset: Dataset) -> None:
    for location in locations(dataset):
        if point := location.position.point:
            assert offline_positions().in_state(point, location.address.state), location


def test_addresses_are_ones_that_the_gazetteer_can_place(dataset: Dataset) -> None:
    for location in locations(dataset):
        placement = offline_positions().place(location.address)
        assert placement.position.point is not None, (location, placement)


def test_most_positions_are_exact_some_approximate_and_a_few_unknown(dataset: Dataset) -> None:
    found = Counter(location.position.precision for location in locations(dataset))
    share = {precision: count / found.total() for precision, count in found.items()}
    assert 0.6 < share[Precision.EXACT] < 0.8
    assert 0.15 < share[Precision.APPROXIMATE] < 0.4
    assert 0 < share[Precision.NONE] < 0.05


def test_the_same_address_is_the_same_location(dataset: Dataset) -> None:
    by_address = {place.location.address: place.location for place in places(dataset)}
    assert all(place.location == by_address[place.location.address] for place in places(dataset))
    lines = Counter(location.address.line for location in locations(dataset))
    assert max(lines.values()) == 1
