"""What a person types into the where-box, over the real gazetteer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.domain.place import STATES, PlaceKind, Point, distance_m
from directory.geocoding import offline_places, offline_positions
from directory.geocoding.nicknames import nicknames
from directory.geocoding.places import MAX_CANDIDATES, PLAUSIBLE_POPULATION, PLAUSIBLE_SHARE
from directory.search.places import Places


@pytest.fixture(scope="module")
def places() -> Places:
    return offline_places()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("60614", "Chicago, IL 60614"),
        ("60614-1234", "Chicago, IL 60614"),
        (" 02139 ", "Cambridge, MA 02139"),
        ("chicago 60614", "Chicago, IL 60614"),
        ("Austin TX 78701, USA", "Austin, TX 78701"),
        ("Chicago, IL", "Chicago, IL"),
        ("chicago illinois", "Chicago, IL"),
        ("Chicago, Illinois, USA", "Chicago, IL"),
        ("CHICAGO", "Chicago, IL"),
        ("portland maine", "Portland, ME"),
        ("salem oregon", "Salem, OR"),
        ("kansas city kansas", "Kansas City, KS"),
        ("new york ny", "New York, NY"),
        ("new york", "New York, NY"),
        ("Washington, D.C.", "Washington, DC"),
        ("virginia beach", "Virginia Beach, VA"),
        ("St Louis", "St. Louis, MO"),
        ("saint louis, mo", "St. Louis, MO"),
        ("ft worth", "Fort Worth, TX"),
        ("mt vernon ny", "Mount Vernon, NY"),
        ("colorado spgs", "Colorado Springs, CO"),
        ("n hollywood ca", "North Hollywood, CA"),
        ("winston salem", "Winston-Salem, NC"),
        ("ofallon mo", "O'Fallon, MO"),
        ("coeur d alene", "Coeur d'Alene, ID"),
        ("walla walla", "Walla Walla, WA"),
        ("lexington", "Lexington, KY"),
        ("bronx", "Bronx, NY"),
        ("mayaguez", "Mayagüez, PR"),
        ("Mayagüez, PR", "Mayagüez, PR"),
        ("bayamon pr", "Bayamón, PR"),
        ("hagatna", "Hagåtña, GU"),
        ("dededo guam", "Dededo, GU"),
        ("pago pago", "Pago Pago, AS"),
        ("saipan", "Saipan, MP"),
        ("charlotte amalie vi", "Charlotte Amalie, VI"),
        ("adak alaska", "Adak, AK"),
        ("philly", "Philadelphia, PA"),
        ("nyc", "New York, NY"),
        ("N.Y.C.", "New York, NY"),
        ("L.A.", "Los Angeles, CA"),
        ("dc", "Washington, DC"),
        ("sf", "San Francisco, CA"),
        ("vegas", "Las Vegas, NV"),
        ("twin cities", "Twin Cities, MN"),
        ("the bay area", "San Francisco Bay Area, CA"),
        ("Chicagoland", "Chicagoland, IL"),
        ("puerto rico", "Puerto Rico"),
        ("Nueva York", "New York, NY"),
        ("carolina del norte", "North Carolina"),
        ("us virgin islands", "U.S. Virgin Islands"),
        ("west virginia", "West Virginia"),
        ("Illinois", "Illinois"),
        ("in", "Indiana"),
        ("ME", "Maine"),
        ("wyoming", "Wyoming"),
        ("near denver", "Denver, CO"),
        ("cerca de houston", "Houston, TX"),
        ("greater boston area", "Boston, MA"),
        ("philly pa", "Philadelphia, PA"),
        ("LA, CA", "Los Angeles, CA"),
        ("bay area california", "San Francisco Bay Area, CA"),
        ("nova, oh", "Nova, OH"),
        ("st croix", "Saint Croix, VI"),
        ("lincoln park, chicago", "Lincoln Park, IL"),
    ],
)
def test_a_place_is_read(places: Places, text: str, label: str) -> None:
    place = places.resolve(text).place
    assert place is not None
    assert place.label == label
    assert place.point is not None


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        ("springfield", "Springfield, MO", {"Springfield, MA", "Springfield, IL"}),
        ("columbus", "Columbus, OH", {"Columbus, GA"}),
        ("portland", "Portland, OR", {"Portland, ME"}),
        ("kansas city", "Kansas City, MO", {"Kansas City, KS"}),
        ("la", "Los Angeles, CA", {"Louisiana"}),
        ("new york", "New York, NY", {"New York State"}),
        ("washington", "Washington, DC", {"Washington State"}),
        ("boston 60614", "Chicago, IL 60614", {"Boston, MA"}),
        ("huston", "Huston, ID", {"Houston, TX"}),
    ],
)
def test_an_ambiguous_name_offers_the_others(places: Places, text: str, first: str, others: set[str]) -> None:
    resolution = places.resolve(text)
    assert resolution.place is not None
    assert resolution.place.label == first
    assert others <= {candidate.label for candidate in resolution.candidates}
    assert resolution.ambiguous
    assert resolution.reason


@pytest.mark.parametrize("text", ["chicago", "houston", "phoenix", "portland, or", "60614", "illinois", "miami"])
def test_a_clear_name_offers_none(places: Places, text: str) -> None:
    resolution = places.resolve(text)
    assert resolution.place is not None
    assert resolution.candidates == ()
    assert not resolution.ambiguous


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("chcago", "Chicago, IL"),
        ("philadelpia", "Philadelphia, PA"),
        ("philadelpia, pa", "Philadelphia, PA"),
        ("denvre", "Denver, CO"),
        ("newyork", "New York, NY"),
        ("portlnd", "Portland, OR"),
        ("bostonn ma", "Boston, MA"),
        ("boulder, tx", "Boulder, CO"),
        ("2139", "Cambridge, MA 02139"),
        ("springfield, xx", "Springfield, MO"),
    ],
)
def test_a_slip_is_suggested_never_assumed(places: Places, text: str, suggested: str) -> None:
    resolution = places.resolve(text)
    assert resolution.place is None
    assert resolution.candidates[0].label == suggested
    assert resolution.reason


@pytest.mark.parametrize(
    "text", ["", "   ", "zzzzqqq", "606", "00000", "09012", "12345 67890", "'; DROP TABLE x", "-1,5000", "95, 10"]
)
def test_what_is_no_place_says_so(places: Places, text: str) -> None:
    resolution = places.resolve(text)
    assert resolution.place is None
    assert resolution.candidates == ()
    assert resolution.reason


def test_military_mail_has_no_place(places: Places) -> None:
    assert places.zip("09012") is None
    assert "military" in places.resolve("09012").reason


@pytest.mark.parametrize("text", ["41.88, -87.63", "41.88 -87.63", "(41.88,-87.63)", "41.88;-87.63"])
def test_a_pair_of_numbers_is_a_point(places: Places, text: str) -> None:
    place = places.resolve(text).place
    assert place is not None
    assert place.kind is PlaceKind.POINT
    assert place.point == Point(41.88, -87.63)


def test_a_point_out_of_range_says_what_a_point_is(places: Places) -> None:
    assert "latitude" in places.resolve("95, 10").reason


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    places = offline_places()
    resolution = places.resolve(text)
    assert resolution.place is not None or resolution.reason
    assert len(resolution.candidates) <= MAX_CANDIDATES
    assert resolution.place not in resolution.candidates
    assert all(place.point is not None for place in places.complete(text))
    assert isinstance(places.cities(text), tuple)


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_of_the_earth_is_read_back(lat: float, lon: float) -> None:
    place = offline_places().resolve(f"{lat:.6f}, {lon:.6f}").place
    assert place is not None
    assert place.point == Point(float(f"{lat:.6f}"), float(f"{lon:.6f}"))


@pytest.mark.parametrize("code", STATES)
def test_every_state_is_known_by_code_and_name_and_lies_in_itself(places: Places, code: str) -> None:
    by_code, by_name = places.state(code), places.state(STATES[code].upper())
    assert by_code is not None
    assert by_code == by_name
    assert by_code.state == code
    assert by_code.point is not None
    assert offline_positions().in_state(by_code.point, code)


def test_every_nickname_leads_to_a_place_with_a_point(places: Places) -> None:
    names = [*nicknames().cities, *nicknames().metros]
    assert len(names) > 100
    assert [name for name in names if (place := places.nickname(name)) is None or place.point is None] == []


def test_every_spelling_of_a_state_leads_to_a_state(places: Places) -> None:
    wrong = [
        (text, code)
        for text, code in nicknames().states.items()
        if (s := places.state(text)) is None or s.state != code
    ]
    assert wrong == []


def test_alternatives_are_as_populous_as_the_rule_says(places: Places) -> None:
    resolution = places.resolve("springfield")
    assert resolution.place is not None
    least = min(PLAUSIBLE_POPULATION, PLAUSIBLE_SHARE * resolution.place.population)
    found = places.cities("springfield")
    expected = [place.label for place in found[1:] if place.population >= least][:MAX_CANDIDATES]
    assert [place.label for place in resolution.candidates] == expected
    assert len(found) > len(expected) + 1


def test_cities_come_most_populous_first_and_keep_to_a_state(places: Places) -> None:
    populations = [place.population for place in places.cities("Franklin")]
    assert populations == sorted(populations, reverse=True)
    assert {place.state for place in places.cities("franklin", "tn")} == {"TN"}


def test_namesakes_in_one_state_are_told_apart(places: Places) -> None:
    labels = [place.label for place in places.cities("Midway", "FL")]
    assert len(labels) == len(set(labels)) == 3


def test_neighbourhoods_name_their_city(places: Places) -> None:
    assert "Old San Juan, San Juan, PR" in {place.label for place in places.cities("old san juan")}


def test_zips_without_a_usable_point_take_their_citys(places: Places) -> None:
    in_the_lake, at_null_island = places.zip("44195"), places.zip("46245")
    assert in_the_lake is not None
    assert in_the_lake.point == places.cities("cleveland", "OH")[0].point
    assert at_null_island is not None
    assert at_null_island.point == places.cities("indianapolis", "IN")[0].point


class TestComplete:
    @pytest.mark.parametrize(
        ("prefix", "first"),
        [
            ("chi", "Chicago, IL"),
            ("st lou", "St. Louis, MO"),
            ("saint lou", "St. Louis, MO"),
            ("springfield m", "Springfield, MO"),
            ("billings, mt", "Billings, MT"),
            ("mt v", "Mount Vernon, NY"),
            ("606", "Chicago, IL 60601"),
            ("illi", "Illinois"),
            ("twin c", "Twin Cities, MN"),
            ("phill", "Philadelphia, PA"),
            ("nuevo m", "New Mexico"),
            ("mayag", "Mayagüez, PR"),
        ],
    )
    def test_the_likeliest_comes_first(self, places: Places, prefix: str, first: str) -> None:
        assert places.complete(prefix)[0].label == first

    @settings(deadline=None)
    @given(st.sampled_from(["ch", "s", "new", "st", "606", "0", "fort"]), st.integers(0, 20))
    def test_no_more_than_asked_for_and_none_twice(self, prefix: str, limit: int) -> None:
        found = offline_places().complete(prefix, limit)
        assert len(found) <= limit
        assert len(found) == len(set(found))

    def test_cities_come_by_population(self, places: Places) -> None:
        populations = [place.population for place in places.complete("springf", 5)]
        assert populations == sorted(populations, reverse=True)

    @pytest.mark.parametrize("prefix", ["", "  ", "zzzz", "999999"])
    def test_nothing_to_complete(self, places: Places, prefix: str) -> None:
        assert places.complete(prefix) == ()


def test_a_metros_point_is_one_of_its_cities(places: Places) -> None:
    metro = places.nickname("twin cities")
    assert metro is not None
    assert metro.kind is PlaceKind.METRO
    assert metro.point is not None
    minneapolis = places.cities("minneapolis", "MN")[0].point
    assert minneapolis is not None
    assert distance_m(metro.point, minneapolis) < 1


@pytest.mark.parametrize("name", ["philly", "Twin Cities", "Springfield", "St. Paul", "Nowhere At All", ""])
def test_a_name_alone_may_be_a_nickname_or_else_any_city_of_that_name(places: Places, name: str) -> None:
    nickname = places.nickname(name)
    assert places.called(name) == (places.cities(name) if nickname is None else (nickname,))


@pytest.mark.parametrize("name", ["Springfield", "Denver", "Lincoln Park", "St. Paul", "Marion", "Chinatown", "Salem"])
def test_the_cities_of_a_state_are_those_of_all_that_are_in_it(places: Places, name: str) -> None:
    everywhere = places.cities(name)
    assert everywhere
    for state in STATES:
        assert places.cities(name, state) == tuple(place for place in everywhere if place.state == state)
