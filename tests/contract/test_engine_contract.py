"""Every query type on every engine, against brute force over thousands of random queries."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest

from directory.domain.errors import InvalidInput
from directory.domain.place import Point, distance_m, stored
from directory.search.explain import explain
from directory.search.listing import FACETS, UNKNOWN, Field, Listing
from directory.search.query import (
    MAX_LIMIT,
    MAX_RADIUS_M,
    Boost,
    Cursor,
    DistanceBand,
    Filter,
    FreshnessBand,
    NamePoints,
    Query,
    Sort,
)
from tests.contract.comparing import assert_same
from tests.contract.conftest import Kit
from tests.contract.oracle import answer, tier
from tests.factories.listings import ANCHORS, CROWD, RADII_M, TODAY, Sampler

CORPUS_SEED = 20260301
LISTINGS = 700
QUERIES_A_SEED = 250
TYPED = (
    *("x", "l", "xu", "lee", "les", "nunez", "nnuez", "nunes", "unez", "nuneze", "obrien", "brien", "o", "smithjones"),
    *("smit", "smitj", "strauss", "lukasz", "odegard", "brwon", "brow", "maryjane", "王", "дмитрий", "дмитрйи", "garc"),
)


@dataclass(frozen=True, slots=True)
class Library:
    """An engine that holds the corpus, and the corpus."""

    kit: Kit
    corpus: list[Listing]
    generation: str

    def check(self, query: Query) -> None:
        found = self.kit.engine.search(query)
        assert_same(found, answer(self.corpus, query, self.generation), query)
        for hit in found.hits:
            assert sum(reason.points for reason in explain(query, hit)) == hit.points, query

    def check_pages(self, query: Query) -> int:
        """Follows the engine's own cursors to the end; returns how many pages there were."""
        pages = seen = 0
        page: Query | None = query
        while page is not None:
            result = self.kit.engine.search(page)
            assert_same(result, answer(self.corpus, page, self.generation), page)
            pages, seen = pages + 1, seen + len(result.hits)
            page = replace(query, after=result.next) if result.next else None
        assert seen == answer(self.corpus, query, "").total
        return pages


@pytest.fixture(scope="module")
def full(library: Kit) -> Library:
    corpus = Sampler(Random(CORPUS_SEED)).listings(LISTINGS)
    return Library(library, corpus, library.build(corpus).name)


@pytest.mark.parametrize("seed", range(8))
def test_random_queries(full: Library, seed: int) -> None:
    sampler = Sampler(Random(seed))
    for _ in range(QUERIES_A_SEED):
        full.check(sampler.query(full.corpus))


@pytest.mark.parametrize("seed", range(100, 104))
def test_random_queries_page_by_page(full: Library, seed: int) -> None:
    sampler = Sampler(Random(seed))
    pages = 0
    while pages < 150:
        pages += full.check_pages(sampler.paged(sampler.query(full.corpus)))


@pytest.mark.parametrize("sort", Sort)
def test_every_listing_is_on_one_page_each_time(full: Library, sort: Sort) -> None:
    query = Query(today=TODAY, near=ANCHORS[5], sort=sort, limit=1)
    assert full.check_pages(query) == answer(full.corpus, query, "").total > 400


@pytest.mark.fault(24)
@pytest.mark.parametrize("anchor", ANCHORS, ids=str)
def test_every_radius_around_every_awkward_place(full: Library, anchor: Point) -> None:
    for radius in RADII_M:
        bands = tuple(DistanceBand(size, 10 - at) for at, size in enumerate(RADII_M[:8]))
        for sort in Sort:
            full.check(
                Query(today=TODAY, near=anchor, radius_m=radius, distance_bands=bands, sort=sort, limit=MAX_LIMIT)
            )


def test_a_radius_that_ends_exactly_at_a_listing_contains_it(full: Library) -> None:
    near = stored(Point(39.95, -75.16))
    for listing in full.corpus[::8]:
        if listing.point is not None and (reach := distance_m(near, listing.point)) > 0:
            full.check(Query(today=TODAY, near=near, radius_m=reach, limit=5))
            full.check(Query(today=TODAY, near=near, radius_m=reach * (1 - 1e-12), limit=5))


def test_the_whole_earth_holds_every_listing_with_a_position_and_no_other(full: Library) -> None:
    everywhere = Query(today=TODAY, near=Point(10.0, 20.0), radius_m=MAX_RADIUS_M, limit=0)
    placed = [item for item in full.corpus if item.point is not None and item.expires_on > TODAY]
    assert full.kit.engine.search(everywhere).total == len(placed) > 0
    full.check(everywhere)


def test_listings_without_a_position_come_last(full: Library) -> None:
    query = Query(today=TODAY, near=Point(39.95, -75.16), sort=Sort.DISTANCE, limit=MAX_LIMIT)
    distances: list[float | None] = []
    page: Query | None = query
    while page is not None:
        result = full.kit.engine.search(page)
        distances += [hit.distance_m for hit in result.hits]
        page = replace(query, after=result.next) if result.next else None
    known = [item for item in distances if item is not None]
    assert known == sorted(known)
    assert distances == known + [None] * (len(distances) - len(known))
    assert len(known) < len(distances)


@pytest.mark.parametrize("days", range(-3, 4))
def test_a_listing_is_gone_on_the_day_its_evidence_expires(full: Library, days: int) -> None:
    full.check(Query(today=TODAY + timedelta(days=days), facets=FACETS, limit=MAX_LIMIT))


def test_every_field_filters_excludes_and_boosts(full: Library) -> None:
    for wanted in Field:
        tokens = sorted({token for item in full.corpus for token in item.values(wanted)})
        some = tuple(tokens[::2][:200])
        full.check(Query(today=TODAY, filters=(Filter(wanted, some),), facets=FACETS))
        full.check(Query(today=TODAY, filters=(Filter(wanted, (tokens[0],)),), facets=FACETS))
        full.check(Query(today=TODAY, exclusions=(Filter(wanted, some),), facets=FACETS))
        full.check(Query(today=TODAY, boosts=(Boost("a", "fit", wanted, some, 7),)))


def test_unknown_facts_match_only_when_asked_for(full: Library) -> None:
    for wanted in (Field.ACCEPTING, Field.TELEHEALTH, Field.LANGUAGE):
        full.check(Query(today=TODAY, filters=(Filter(wanted, ("yes", "es")),), facets=(wanted,)))
        full.check(Query(today=TODAY, filters=(Filter(wanted, ("yes", "es", UNKNOWN)),), facets=(wanted,)))


def test_a_facet_ignores_every_filter_of_its_own_field_and_no_other(full: Library) -> None:
    filters = (
        Filter(Field.SPECIALTY, ("s1", "s2", "s3")),
        Filter(Field.SPECIALTY, ("s2", "s4", UNKNOWN)),
        Filter(Field.LANGUAGE, ("en", "es")),
        Filter(Field.NETWORK, ("n1", "n2", "n3", "n4")),
    )
    for chosen in (filters, filters[:2], filters[2:], filters[3:]):
        full.check(Query(today=TODAY, filters=chosen, facets=(Field.SPECIALTY, Field.LANGUAGE, Field.STATE)))


def test_only_the_best_boost_of_a_group_counts(full: Library) -> None:
    boosts = (
        Boost("need", "fit", Field.SPECIALTY, ("s1", "s2"), 40),
        Boost("need", "fit", Field.SPECIALTY, ("s2", "s3"), 25),
        Boost("need", "stated", Field.CONDITION, ("c1", "c2", "c3"), 30),
        Boost("open", "accepting", Field.ACCEPTING, ("yes",), 8),
    )
    bands = (DistanceBand(1_609.344, 30), DistanceBand(80_467.2, 5))
    query = Query(today=TODAY, near=ANCHORS[10], boosts=boosts, distance_bands=bands, limit=MAX_LIMIT)
    full.check(replace(query, freshness_bands=(FreshnessBand(0, 9), FreshnessBand(30, 4), FreshnessBand(90, 1))))


def test_a_word_finds_every_neighbour_however_many_there_are(full: Library) -> None:
    words = {word for item in full.corpus for word in item.name_words}
    assert sum(tier(CROWD, word) == "typo" for word in words) > 50
    for query in (Query(today=TODAY, name=(CROWD,)), Query(today=TODAY, text=(CROWD,))):
        full.check(replace(query, name_points=NamePoints(9, 5, 2), limit=MAX_LIMIT))


@pytest.mark.parametrize("word", TYPED)
def test_words_as_people_type_them(full: Library, word: str) -> None:
    points = NamePoints(9, 5, 2)
    full.check(Query(today=TODAY, name=(word,), name_points=points, limit=MAX_LIMIT))
    full.check(Query(today=TODAY, text=(word, "pain"), name_points=points, sort=Sort.NAME, limit=MAX_LIMIT))
    full.check(Query(today=TODAY, text=(word,), name=(word,), name_points=points, limit=MAX_LIMIT))


def test_words_that_are_no_words_are_plain_text(full: Library) -> None:
    for word in ("*", "/.*/", "*:*", "na*", "a?", "[a-z]", '"', "\\", "AND", "nunez~2", "(", "{}", "\x00", "🦴"):
        full.check(Query(today=TODAY, name=(word,)))
        full.check(Query(today=TODAY, text=(word,), filters=(Filter(Field.STATE, (word, "PA")),)))


def test_a_page_of_nothing_still_counts(full: Library) -> None:
    result = full.kit.engine.search(Query(today=TODAY, limit=0, facets=(Field.KIND,)))
    assert result.hits == ()
    assert result.next is None
    assert result.total == sum(result.facets[Field.KIND].values()) > 0


def test_nothing_found_is_an_answer(full: Library) -> None:
    full.check(Query(today=TODAY, filters=(Filter(Field.SPECIALTY, ("nobody",)),), facets=FACETS))
    full.check(Query(today=TODAY + timedelta(days=10_000), facets=FACETS))


def test_a_cursor_of_another_query_is_refused(full: Library) -> None:
    first = Query(today=TODAY, limit=1)
    after = full.kit.engine.search(first).next
    assert isinstance(after, Cursor)
    with pytest.raises(InvalidInput):
        replace(first, name=("li",), after=after)


def test_listings_by_id_come_in_the_order_asked_for(full: Library) -> None:
    alive = [item for item in full.corpus if item.expires_on > TODAY]
    chosen = Random(5).sample(alive, 40)
    expired = next(item for item in full.corpus if item.expires_on <= TODAY)
    ids = [chosen[0].id, "p0.none", *(item.id for item in chosen[1:]), expired.id]
    assert full.kit.engine.get(ids, TODAY) == tuple(chosen)
    assert full.kit.engine.get((), TODAY) == ()


def test_listings_of_a_subject_come_by_id_without_the_expired(full: Library) -> None:
    for subject in {item.subject for item in full.corpus[:80]}:
        alive = [item for item in full.corpus if item.subject == subject and item.expires_on > TODAY]
        assert full.kit.engine.of_subject(subject, TODAY) == tuple(sorted(alive, key=lambda item: item.id))
    assert full.kit.engine.of_subject("p0", TODAY) == ()


def test_readiness_names_the_generation(full: Library) -> None:
    readiness = full.kit.engine.readiness()
    assert readiness.ready
    assert readiness.generation == full.generation
    assert readiness.listings == len(full.corpus)


def test_positions_are_kept_as_lucene_stores_them(full: Library) -> None:
    points = [item.point for item in full.corpus if item.point is not None]
    assert all(stored(point) == point for point in points)
    near = next(item.point for item in full.corpus if item.point is not None and item.expires_on > TODAY)
    hits = full.kit.engine.search(Query(today=TODAY, near=near, sort=Sort.DISTANCE, limit=MAX_LIMIT)).hits
    assert [hit.distance_m for hit in hits[:1]] == [0.0]
