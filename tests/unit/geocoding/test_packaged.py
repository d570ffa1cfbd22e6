"""What is read out of the packages, and names as keys."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.domain.place import STATES, Point
from directory.geocoding.names import key, one_typo_away
from directory.geocoding.packaged import CityRow, city_rows, read_cities, zip_rows
from directory.search.fold import fold
from directory.search.spelling import within_one_typo

PACKAGE_LAYOUT = (
    '{"1": {"geonameid": 1, "name": "Cata\\u00f1o", "latitude": 18.4, "longitude": -66.1, "countrycode": "PR", '
    '"population": 28093, "timezone": "America/Puerto_Rico", "admin1code": "033", "alternatenames": ["x"]}, '
    '"2": {"geonameid": 2, "name": "Vila", "latitude": 42.5, "longitude": 1.5, "countrycode": "AD", '
    '"population": 1418, "timezone": "Europe/Andorra", "admin1code": "03", "alternatenames": []}, '
    '"3": {"geonameid": 3, "name": "Quoted \\"Town\\"", "latitude": 40.0, "longitude": -80.0, "countrycode": "US", '
    '"population": 7, "timezone": "America/New_York", "admin1code": "PA", "alternatenames": []}}'
)
OTHER_LAYOUT = (
    '{"1": {"countrycode": "PR", "name": "Cataño", "latitude": 18.4, "longitude": -66.1, "population": 28093, '
    '"admin1code": "033"}, "2": {"countrycode": "AD", "name": "Vila", "latitude": 42.5, "longitude": 1.5, '
    '"population": 1418, "admin1code": "03"}, "3": {"countrycode": "US", "name": "Quoted \\"Town\\"", '
    '"latitude": 40.0, "longitude": -80.0, "population": 7, "admin1code": "PA"}}'
)


@pytest.mark.parametrize("text", [PACKAGE_LAYOUT, OTHER_LAYOUT], ids=["scanned", "parsed"])
def test_cities_are_read_alike_however_the_file_is_laid_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cities.json"
    path.write_text(text, "utf-8")
    assert list(read_cities(path)) == [
        CityRow("Catano".replace("n", "ñ"), "PR", Point(18.4, -66.1), 28093),
        CityRow('Quoted "Town"', "PA", Point(40.0, -80.0), 7),
    ]


def test_every_state_has_cities_and_zip_codes() -> None:
    assert {row.state for row in city_rows()} == set(STATES)
    assert {row.state for row in zip_rows()} == set(STATES)


def test_zip_codes_are_five_digits_each_once_and_none_lies_at_null_island() -> None:
    codes = [row.code for row in zip_rows()]
    assert len(codes) == len(set(codes)) > 41_000
    assert all(len(code) == 5 and code.isdecimal() for code in codes)
    assert Point(0.0, 0.0) not in {row.point for row in zip_rows()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("St. Mary's", "saint marys"),
        ("Ft. Worth", "fort worth"),
        ("MT VERNON", "mount vernon"),
        ("Walla Walla", "walla walla"),
        ("D.C.", "dc"),
        ("Winston–Salem", "winston salem"),
        ("ʻEwa Beach", "ewa beach"),
        ("Mayagüez", "mayaguez"),
        ("E. St. Louis", "east saint louis"),
        ("N", "n"),
        ("", ""),
    ],
)
def test_spellings_of_a_name_share_a_key(text: str, expected: str) -> None:
    assert key(text) == expected


@given(st.text())
def test_a_key_is_its_own_key_and_blind_to_case_and_accents(text: str) -> None:
    assert key(key(text)) == key(text)
    assert key(fold(text)) == key(text)


@given(st.text("abcde ", min_size=4, max_size=10), st.text("abcde ", max_size=11))
def test_the_keys_a_typo_away_are_exactly_those_within_one_typo(name: str, other: str) -> None:
    assert (other in set(one_typo_away(name))) == within_one_typo(name, other) or other == name


def test_short_names_have_no_typos() -> None:
    assert list(one_typo_away("abc")) == []
