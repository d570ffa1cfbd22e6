"""What is sent to Elasticsearch for a query."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest

from directory.domain.place import Point
from directory.engines.elasticsearch.distances import Verdict, borders
from directory.engines.elasticsearch.mapping import document, mapping
from directory.engines.elasticsearch.query import BORDER, around, body, order, within
from directory.search.listing import Field
from directory.search.query import Boost, DistanceBand, Filter, FreshnessBand, NamePoints, Query, Sort
from tests.factories.listings import TODAY, Sampler

NEAR = Point(40.0, -75.0)


def nodes(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a body with its value, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def all_of(name: str, value: Any) -> list[Any]:
    return [inner for key, inner in nodes(value) if key == name]


def random_bodies() -> Iterator[dict[str, Any]]:
    sampler = Sampler(Random(1))
    corpus = sampler.listings(50)
    for _ in range(200):
        query = sampler.query(corpus)
        yield body(query, borders(query))


def test_no_search_uses_a_script_or_text_analysis() -> None:
    banned = {"script", "script_score", "script_fields", "function_score", "match", "multi_match", "query_string"}
    for sent in random_bodies():
        assert banned.isdisjoint(key for key, _ in nodes(sent))


def test_every_search_asks_for_unexpired_listings_and_exact_totals() -> None:
    for sent in random_bodies():
        assert sent["track_total_hits"] is True
        assert [key for clause in sent["query"]["bool"]["filter"] for key in clause.get("range", {})] == ["expires_on"]


def test_every_field_that_is_asked_for_is_mapped_and_listings_fill_no_other() -> None:
    mapped = mapping("f", "")["properties"]
    names = set(mapped) | {f"tokens.{name}" for name in mapped["tokens"]["properties"]}
    special = {"_score", "_geo_distance"}
    for sent in random_bodies():
        sought = {
            field
            for name in ("term", "terms", "prefix", "fuzzy", "range")
            for clause in all_of(name, sent)
            for field in clause
        }
        assert sought - {"field", "size"} <= names
        assert {name for clause in sent["sort"] for name in clause} <= names | special
    for listing in Sampler(Random(2)).listings(50):
        source = document(listing)
        assert set(source) <= set(mapped)
        assert set(source["tokens"]) <= set(mapped["tokens"]["properties"])


def test_a_typo_is_expanded_without_limit_and_an_adjacent_swap_is_one() -> None:
    fuzzy = all_of("fuzzy", body(Query(today=TODAY, name=("smith",), name_points=NamePoints(9, 5, 2))))
    assert len(fuzzy) == 2
    for clause in fuzzy:
        asked = clause["name_words"]
        assert (asked["fuzziness"], asked["transpositions"], asked["rewrite"]) == (1, True, "constant_score")


@pytest.mark.parametrize(
    ("word", "kinds"), [("x", {"term"}), ("li", {"term", "prefix"}), ("mark", {"term", "prefix", "fuzzy"})]
)
def test_short_words_match_less_loosely(word: str, kinds: set[str]) -> None:
    sent = body(Query(today=TODAY, text=(word,)))
    assert {key for key, _ in nodes(sent) if key in {"term", "prefix", "fuzzy"}} == kinds


def test_points_of_a_group_compete_and_groups_add_up() -> None:
    boosts = (
        Boost("a", "fit", Field.SPECIALTY, ("s1",), 40),
        Boost("a", "fit", Field.SPECIALTY, ("s2",), 25),
        Boost("b", "fit", Field.ACCEPTING, ("yes",), 8),
    )
    query = Query(
        today=date(2026, 3, 1),
        near=NEAR,
        boosts=boosts,
        distance_bands=(DistanceBand(1_000.0, 30), DistanceBand(5_000.0, 5)),
        freshness_bands=(FreshnessBand(30, 4),),
    )
    groups = [clause["dis_max"]["queries"] for clause in body(query)["query"]["bool"]["should"]]
    worth = [[clause["constant_score"]["boost"] for clause in group] for group in groups]
    assert worth == [[40, 25], [8], [30, 5], [4]]
    assert groups[3][0]["constant_score"]["filter"] == {"range": {"checked_on": {"gte": "2026-01-30"}}}


def test_freshness_reaches_back_no_further_than_the_calendar() -> None:
    sent = body(Query(today=TODAY, freshness_bands=(FreshnessBand(10**7, 1),)))
    assert all_of("checked_on", sent) == [{"gte": "0001-01-01"}]


def test_only_filters_of_counted_fields_wait_until_the_facets_are_counted() -> None:
    filters = (Filter(Field.SPECIALTY, ("s1",)), Filter(Field.LANGUAGE, ("es",)), Filter(Field.STATE, ("PA",)))
    sent = body(Query(today=TODAY, filters=filters, facets=(Field.SPECIALTY, Field.LANGUAGE, Field.KIND)))
    asked = [next(iter(clause["terms"])) for clause in sent["post_filter"]["bool"]["filter"]]
    assert asked == ["tokens.specialty", "tokens.language"]
    assert {"terms": {"tokens.state": ["PA"]}} in sent["query"]["bool"]["filter"]
    own = sent["aggs"]["specialty"]["filter"]["bool"]["filter"]
    assert own == [{"terms": {"tokens.language": ["es"]}}]
    assert len(sent["aggs"]["kind"]["filter"]["bool"]["filter"]) == 2


def test_without_counted_filters_nothing_waits() -> None:
    sent = body(Query(today=TODAY, filters=(Filter(Field.STATE, ("PA",)),), facets=(Field.KIND,)))
    assert "post_filter" not in sent
    assert "filter" not in sent["aggs"]["kind"]


@pytest.mark.parametrize(
    ("sort", "near", "keys"),
    [
        (Sort.BEST, None, ["_score", "id"]),
        (Sort.BEST, NEAR, ["_score", "_geo_distance", "id"]),
        (Sort.DISTANCE, NEAR, ["_geo_distance", "id"]),
        (Sort.NAME, NEAR, ["sort_name", "id"]),
    ],
)
def test_order(sort: Sort, near: Point | None, keys: list[str]) -> None:
    assert [next(iter(clause)) for clause in order(Query(today=TODAY, near=near, sort=sort))] == keys


def test_a_doubtful_place_is_put_on_the_side_where_it_belongs() -> None:
    clause = within(NEAR, 10.0, Verdict(inside=("1.0,2.0",), outside=("3.0,4.0",)))["bool"]
    assert {"terms": {"place": ["1.0,2.0"]}} in clause["should"]
    assert clause["must_not"] == [{"terms": {"place": ["3.0,4.0"]}}]
    assert clause["minimum_should_match"] == 1
    assert list(within(NEAR, 10.0)) == ["geo_distance"]


def test_borders_are_looked_at_only_where_there_is_one() -> None:
    assert BORDER not in body(Query(today=TODAY), ())["aggs"]
    query = Query(
        today=TODAY, near=NEAR, radius_m=1_000.0, distance_bands=(DistanceBand(500.0, 1), DistanceBand(9e6, 2))
    )
    assert borders(query) == (500.0, 1_000.0)
    rings = body(query, borders(query))["aggs"][BORDER]["geo_distance"]["ranges"]
    assert [ring["from"] < step < ring["to"] for ring, step in zip(rings, borders(query), strict=True)] == [True, True]


def test_looking_around_a_distance_needs_a_place() -> None:
    with pytest.raises(ValueError, match="no place"):
        around(Query(today=TODAY), 5.0)
