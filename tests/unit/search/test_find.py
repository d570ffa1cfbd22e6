"""Widening, unknown facts, fits and cursors: what happens above the engine."""

from dataclasses import replace

import pytest

from directory.domain.errors import InvalidInput
from directory.domain.place import METRES_PER_MILE, Place, PlaceKind, distance_m
from directory.search.document import Making, listings
from directory.search.find import WIDENING_S, Finder, Need, Search
from directory.search.listing import OFFERED, OTHER_SPECIALTY, Field
from directory.search.query import OUTSIDE, Filter, Query
from directory.search.ranking import load_ranking
from directory.search.result import Hit, Result
from directory.vocabulary.reader import load
from tests.factories.records import CHICAGO, TODAY, practitioner, practitioner_record

VOCABULARY = load()
NEAR_CHICAGO = Place(PlaceKind.CITY, "Chicago, IL", CHICAGO, "Chicago", "IL")


class CountingEngine:
    """Answers with as many listings as `found` says for a radius in miles, and remembers what it was asked."""

    def __init__(self, found, facets=None):
        self.found, self.facets, self.asked = found, facets or {}, []

    def search(self, query: Query) -> Result:
        self.asked.append(query)
        miles = None if query.radius_m is None else round(query.radius_m / METRES_PER_MILE, 6)
        return Result((), self.found(miles), self.facets, None, "g1")


def finder(engine) -> Finder:
    return Finder(engine, load_ranking(), VOCABULARY)


def radii(engine: CountingEngine) -> list[float | None]:
    """The circles that were tried; the one that was enough is counted and then asked for: told once."""
    return list(dict.fromkeys(query.radius_m and round(query.radius_m / METRES_PER_MILE) for query in engine.asked))


def test_a_search_widens_until_ten_are_found_and_says_so():
    engine = CountingEngine(lambda miles: 10 if miles >= 25 else 9)
    found = finder(engine).find(Search(near=NEAR_CHICAGO), TODAY)
    assert radii(engine) == [5, 10, 25]
    assert (round(found.radius_miles), found.widened) == (25, True)


def test_circles_on_the_way_are_only_counted():
    engine = CountingEngine(lambda miles: 10 if miles >= 50 else 9)
    finder(engine).find(Search(near=NEAR_CHICAGO, need=FOR_A_RHEUMATOLOGIST, limit=7), TODAY)
    assert [query.limit for query in engine.asked] == [7, 0, 0, 0, 7]
    assert {query.facets for query in engine.asked[1:-1]} == {(Field.SPECIALTY_CONFIRMED,)}
    assert set(engine.asked[-1].facets) == set(OFFERED)


def test_where_few_are_listed_the_first_circle_is_only_counted_and_the_answer_is_the_same():
    engine = CountingEngine(lambda miles: 10 if miles >= 50 else 9)
    asking = finder(engine)
    first = asking.find(Search(near=NEAR_CHICAGO), TODAY)
    for _ in range(40):
        asking.find(Search(near=NEAR_CHICAGO), TODAY)
    engine.asked.clear()
    assert asking.find(Search(near=NEAR_CHICAGO), TODAY) == first
    assert [query.limit for query in engine.asked] == [0, 0, 0, 0, 20]


def test_where_many_are_listed_the_first_circle_is_asked_for_whole_again():
    there = 0
    engine = CountingEngine(lambda _: there)
    asking = finder(engine)
    for there in (*[0] * 40, *[10] * 80):  # noqa: B007 - the engine looks at it
        asking.find(Search(near=NEAR_CHICAGO), TODAY)
    engine.asked.clear()
    asking.find(Search(near=NEAR_CHICAGO), TODAY)
    assert [(query.limit, set(query.facets)) for query in engine.asked] == [(20, set(OFFERED))]


def test_those_of_other_specialties_are_no_reason_to_stop_before_fifty_miles():
    engine = CountingEngine(lambda _: 12, {Field.SCOPE: {OTHER_SPECIALTY: 3}})
    finder(engine).find(Search(near=NEAR_CHICAGO, name=("smith",)), TODAY)
    assert radii(engine) == [5, 10, 25, 50]
    assert {query.exclusions for query in engine.asked} == {()}


def test_those_of_other_specialties_are_left_out_unless_somebody_is_looked_for():
    number = Filter(Field.NPI, ("1234567893",))
    for search, exclusions in (
        (Search(), (OUTSIDE,)),
        (Search(text=("smith",), filters=(Filter(Field.STATE, ("IL",)),)), (OUTSIDE,)),
        (Search(name=("smith",)), ()),
        (Search(filters=(number,)), ()),
        (Search(exclusions=(number,)), (number, OUTSIDE)),
    ):
        engine = CountingEngine(lambda _: 12)
        finder(engine).find(search, TODAY)
        assert engine.asked[0].exclusions == exclusions


def test_enough_at_the_first_step_is_not_widened():
    found = finder(CountingEngine(lambda _: 10)).find(Search(near=NEAR_CHICAGO), TODAY)
    assert (round(found.radius_miles), found.widened) == (5, False)


def test_widening_ends_at_the_last_step():
    engine = CountingEngine(lambda _: 0)
    finder(engine).find(Search(near=NEAR_CHICAGO), TODAY)
    assert radii(engine) == [5, 10, 25, 50, 100, 250]


def test_a_slow_engine_is_not_asked_for_ever_wider_circles_and_the_radius_is_that_of_the_answer():
    now = 0.0

    def slow(_miles):
        nonlocal now
        now += 0.6 * WIDENING_S
        return 3

    engine = CountingEngine(slow)
    patient = Finder(engine, load_ranking(), VOCABULARY, monotonic=lambda: now)
    found = patient.find(Search(near=NEAR_CHICAGO), TODAY)
    assert radii(engine) == [5, 10]
    assert engine.asked[-1].limit, "the answer is asked for, not only counted"
    assert (found.result.total, round(found.radius_miles), found.widened) == (3, 10, True)


def among_ten_neighbours(miles_of_rheumatologists: float) -> CountingEngine:
    """Ten listings at any radius; from a radius on there are three rheumatologists among them."""

    class Engine(CountingEngine):
        def search(self, query: Query) -> Result:
            answered = super().search(query)
            far = query.radius_m is not None and query.radius_m >= miles_of_rheumatologists * METRES_PER_MILE
            counts = {"physical_therapist": 9, "rheumatologist": 3 if far else 1}
            return replace(answered, facets={name: counts for name in query.facets if name in SPECIALTIES})

    return Engine(lambda _: 10)


SPECIALTIES = (Field.SPECIALTY, Field.SPECIALTY_CONFIRMED)
FOR_A_RHEUMATOLOGIST = Need(specialties={"rheumatologist": 3, "physical_therapist": 2})


def test_a_search_widens_until_there_is_a_choice_of_those_who_suit_best():
    engine = among_ten_neighbours(25)
    found = finder(engine).find(Search(near=NEAR_CHICAGO, need=FOR_A_RHEUMATOLOGIST, facets=()), TODAY)
    assert radii(engine) == [5, 10, 25]
    assert found.result.facets == {}, "what was counted on the way is not what was asked for"


def test_nobody_is_sent_beyond_fifty_miles_for_the_best_alone():
    engine = among_ten_neighbours(1_000)
    finder(engine).find(Search(near=NEAR_CHICAGO, need=FOR_A_RHEUMATOLOGIST), TODAY)
    assert radii(engine) == [5, 10, 25, 50]


def test_whoever_asks_for_a_kind_or_a_name_is_not_widened_for_another():
    asked = Filter(Field.SPECIALTY, ("physical_therapist",))
    for search in (
        Search(near=NEAR_CHICAGO, need=FOR_A_RHEUMATOLOGIST, filters=(asked,)),
        Search(near=NEAR_CHICAGO, need=FOR_A_RHEUMATOLOGIST, name=("payne",)),
    ):
        engine = among_ten_neighbours(25)
        finder(engine).find(search, TODAY)
        assert radii(engine) == [5]


def test_a_chosen_radius_is_kept():
    engine = CountingEngine(lambda _: 0)
    found = finder(engine).find(Search(near=NEAR_CHICAGO, radius_miles=3), TODAY)
    assert (radii(engine), found.widened) == ([3], False)


def test_a_place_without_a_position_is_refused():
    nowhere = replace(NEAR_CHICAGO, point=None)
    with pytest.raises(InvalidInput, match="no position"):
        finder(CountingEngine(lambda _: 0)).find(Search(near=nowhere), TODAY)


def test_unknown_facts_are_counted_and_added_on_request():
    spanish = Filter(Field.LANGUAGE, ("es",))
    engine = CountingEngine(lambda _: 1, {Field.LANGUAGE: {"es": 1, "unknown": 7}, Field.GENDER: {"unknown": 5}})
    found = finder(engine).find(Search(filters=(spanish,)), TODAY)
    assert found.left_out == {Field.LANGUAGE: 7}
    added = finder(engine).find(Search(filters=(spanish,), include_unknown=frozenset({Field.LANGUAGE})), TODAY)
    assert added.left_out == {}
    assert engine.asked[-1].filters == (Filter(Field.LANGUAGE, ("es", "unknown")),)


def test_who_usually_treats_a_named_condition_fits_and_what_is_asked_for_fits_best():
    engine = CountingEngine(lambda _: 0)
    asked = Filter(Field.SPECIALTY, ("occupational_therapist",))
    finder(engine).find(Search(filters=(asked,), need=Need(conditions=("sciatica",))), TODAY)
    points = {boost.any_of[0]: boost.points for boost in engine.asked[0].boosts if boost.factor == "fit"}
    treated_by = {treats.specialty: treats.fit for treats in VOCABULARY.conditions["sciatica"].treated_by}
    ranking = load_ranking()
    assert points == {code: ranking.fit[fit] for code, fit in treated_by.items()} | {
        "occupational_therapist": ranking.fit[3]
    }


class OneHitEngine:
    """Answers with one listing, scored as the ranking says by the engine's contract."""

    def __init__(self, listing, points):
        self.listing, self.points = listing, points

    def search(self, query: Query) -> Result:
        away = distance_m(query.near, self.listing.point) if query.near else None
        return Result((Hit(self.listing, self.points, away),), 10, {}, None, "g1")


def test_the_reasons_of_a_hit_add_up():
    (listing,) = listings(practitioner_record(practitioner()), Making(VOCABULARY, TODAY))
    ranking = load_ranking()
    points = ranking.fit[3] + ranking.distance[0].points + ranking.freshness[0].points + ranking.name.typo
    search = Search(near=NEAR_CHICAGO, filters=(Filter(Field.SPECIALTY, ("chiropractor",)),), name=("nuñes",))
    search = replace(search, name=("nunes",))
    found = finder(OneHitEngine(listing, points)).find(search, TODAY)
    assert {reason.factor for reason in found.reasons[0]} == {"fit", "distance", "freshness", "name_typo"}
    assert sum(reason.points for reason in found.reasons[0]) == points


def test_ranking_texts_name_every_factor_in_both_languages():
    ranking = load_ranking()
    factors = {"fit", "fit_unconfirmed", "condition_stated", "condition_usual", "treatment_stated", "accepting"}
    factors |= {"clinic_integrated", "clinic_network", "distance", "freshness"}
    factors |= {"name_exact", "name_prefix", "name_typo"}
    assert set(ranking.texts) == factors
    assert all(set(texts) == {"en", "es"} for texts in ranking.texts.values())
