"""The offline geocoder speaks geopy's interface."""

import socket

import pytest
from geopy.exc import GeocoderQueryError
from geopy.geocoders.base import Geocoder
from geopy.point import Point as GeopyPoint

from directory.geocoding import offline_geocoder
from directory.geocoding.gazetteer import OfflineGeocoder


@pytest.fixture(scope="module")
def geocoder() -> OfflineGeocoder:
    return offline_geocoder()


def test_it_is_a_geopy_geocoder(geocoder: OfflineGeocoder) -> None:
    assert isinstance(geocoder, Geocoder)


def test_a_text_is_geocoded_as_approximate(geocoder: OfflineGeocoder) -> None:
    location = geocoder.geocode("Chicago, IL", timeout=1)
    assert location.address == "Chicago, IL"
    assert location.latitude == pytest.approx(41.85, abs=0.05)
    assert location.raw["precision"] == "approximate"
    assert location.raw["source"] == "GeoNames"


def test_exactly_one_false_gives_the_other_plausible_places_too(geocoder: OfflineGeocoder) -> None:
    locations = geocoder.geocode("Portland", exactly_one=False)
    assert [location.address for location in locations] == ["Portland, OR", "Portland, ME"]


@pytest.mark.parametrize(
    "query",
    [
        {"postalcode": "60614"},
        {"postalcode": "60614", "city": "Chicago", "state": "IL"},
        {"postalcode": "60614", "city": "Chicago", "state": "Illinois", "street": "1 Invented St", "country": "US"},
        {"city": "Chicago", "state": "IL"},
    ],
)
def test_a_structured_query_is_geocoded(geocoder: OfflineGeocoder, query: dict[str, str]) -> None:
    location = geocoder.geocode(query)
    assert (location.latitude, location.longitude) == (pytest.approx(41.9, abs=0.1), pytest.approx(-87.65, abs=0.1))
    assert location.raw["precision"] == "approximate"


@pytest.mark.parametrize(
    "query", ["zzzzqqq", "", {"postalcode": "60614", "state": "OH"}, {"city": "Nowhereville", "state": "TX"}, {}]
)
def test_what_is_unknown_or_contradictory_is_none(geocoder: OfflineGeocoder, query: str | dict[str, str]) -> None:
    assert geocoder.geocode(query) is None
    assert geocoder.geocode(query, exactly_one=False) is None


def test_an_unknown_field_is_refused(geocoder: OfflineGeocoder) -> None:
    with pytest.raises(GeocoderQueryError, match="amenity"):
        geocoder.geocode({"amenity": "clinic"})


@pytest.mark.parametrize("point", [(41.92, -87.65), "41.92, -87.65", GeopyPoint(41.92, -87.65)])
def test_reverse_names_the_nearest_zip_code(geocoder: OfflineGeocoder, point: object) -> None:
    location = geocoder.reverse(point)  # type: ignore[arg-type]
    assert location.raw["state"] == "IL"
    assert location.raw["city"] == "Chicago"
    assert geocoder.reverse(point, exactly_one=False) == [location]  # type: ignore[arg-type]


def test_reverse_works_across_the_antimeridian_and_south_of_the_equator(geocoder: OfflineGeocoder) -> None:
    assert geocoder.reverse((51.9, -178.5)).raw["state"] == "AK"
    assert geocoder.reverse((-14.3, -170.7)).raw["state"] == "AS"


def test_reverse_far_from_everything_is_none(geocoder: OfflineGeocoder) -> None:
    assert geocoder.reverse((0.0, 0.0)) is None


def test_no_socket_is_opened(geocoder: OfflineGeocoder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the offline geocoder went to the network")

    monkeypatch.setattr(socket, "socket", refuse)
    assert geocoder.geocode("Denver, CO") is not None
    assert geocoder.reverse((39.7, -105.0)) is not None
