"""Groups and the circles that are counted by them, against measuring and counting everybody."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest

from directory.domain.place import Point, distance_m
from directory.engines.embedded.disc import disc_of
from directory.engines.embedded.geometry import LATITUDE_STEP, LONGITUDE_STEP, Origin
from directory.engines.embedded.groups import GROUPED
from directory.engines.embedded.matching import Matcher
from directory.engines.embedded.segment import Segment, View
from directory.search.listing import FACETS, Field, Listing
from directory.search.query import Filter, Query, Sort
from tests.contract.comparing import assert_same
from tests.contract.oracle import Shelf, answer
from tests.factories.listings import ANCHORS, RADII_M, TODAY, Sampler
from tests.unit.engines.embedded.kits import Store, as_if_large, corpus
from tests.unit.engines.embedded.test_paths_of_large_indices import changes

LISTINGS = 400


def opened(store: Store, generation: str) -> list[Segment]:
    return [Segment(path) for path in store.segments(generation)]


def points_of(segment: Segment) -> list[Point]:
    lat, lon = segment.positions
    pairs = zip(lat[: segment.placed].tolist(), lon[: segment.placed].tolist(), strict=True)
    return [Point(north * LATITUDE_STEP, east * LONGITUDE_STEP) for north, east in pairs]


def asked(sampler: Sampler, held: list[Listing]) -> Query:
    """A circle, now and then with a filter that documents are grouped by."""
    drawn = sampler.query(held)
    while drawn.radius_m is None:
        drawn = sampler.query(held)
    wanted = [token for item in held for token in item.values(GROUPED)]
    filters = [Filter(GROUPED, tuple(sampler.random.sample(wanted, 2))) for _ in range(sampler.random.randrange(3))]
    return replace(drawn, filters=tuple(filters), exclusions=(), name=(), text=(), boosts=(), sort=Sort.DISTANCE)


@pytest.mark.parametrize("most", [1, 5, 128])
def test_a_circle_holds_all_of_its_whole_groups_and_nobody_elsewhere(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("directory.engines.embedded.groups.MOST", most)
    (segment,) = opened(store, store.build(corpus(LISTINGS)).name)
    groups, points, rows = segment.groups, points_of(segment), segment.fields[GROUPED].rows
    assert groups.starts[-1] == segment.placed
    assert (groups.sizes(np.arange(len(groups))) <= most).all()
    assert (np.repeat(groups.rows, np.diff(groups.starts)) == rows[: segment.placed]).all()
    seen = 0
    for near in (*ANCHORS, *points[::40]):
        for radius in RADII_M:
            touched = groups.touched(Origin(near), radius, None)
            away = np.array([distance_m(near, point) for point in points])
            whole, cut = groups.docs(touched.whole), groups.docs(touched.cut)
            assert (away[whole] <= radius).all()
            assert set(np.flatnonzero(away <= radius).tolist()) <= {*whole.tolist(), *cut.tolist()}
            seen += len(whole)
    assert seen


@pytest.fixture(params=[1, 2, 3])
def shelved(
    store: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> tuple[Store, Shelf, Sampler, str]:
    """A base and deltas, the same on a shelf for brute force; groups are small and counted beforehand."""
    as_if_large(monkeypatch)
    sampler, shelf = Sampler(Random(request.param)), Shelf()
    start = corpus(LISTINGS, seed=request.param)
    shelf.add(start)
    generation = store.build(start).name
    for version in range(2, 5):
        batch = changes(sampler, list(shelf.held.values()), version)
        shelf.apply(batch)
        store.apply(*batch)
    return store, shelf, sampler, generation


@pytest.mark.parametrize("tokens", [0, 512], ids=("nothing summed", "summed"))
def test_circles_are_counted_as_by_hand(
    shelved: tuple[Store, Shelf, Sampler, str], monkeypatch: pytest.MonkeyPatch, tokens: int
) -> None:
    store, shelf, sampler, generation = shelved
    monkeypatch.setattr("directory.engines.embedded.fields._SUMMED_TOKENS", tokens)
    if not tokens:
        generation = store.build(list(shelf.held.values())).name
    held, engine = list(shelf.held.values()), store.engine()
    for _ in range(200):
        query = asked(sampler, held)
        assert_same(engine.search(query), answer(held, query, generation), query)


def test_circles_page_by_page(shelved: tuple[Store, Shelf, Sampler, str]) -> None:
    store, shelf, sampler, generation = shelved
    held, engine = list(shelf.held.values()), store.engine()
    pages = 0
    for _ in range(25):
        page: Query | None = sampler.paged(asked(sampler, held))
        while page is not None:
            result = engine.search(page)
            assert_same(result, answer(held, page, generation), page)
            page, pages = replace(page, after=result.next) if result.next else None, pages + 1
    assert pages > 50


def test_what_is_over_is_taken_off_what_was_counted_beforehand(shelved: tuple[Store, Shelf, Sampler, str]) -> None:
    store, shelf, _, generation = shelved
    held, engine = list(shelf.held.values()), store.engine()
    totals = set()
    for days in (-31, -2, 0, 1, 30, 61):
        query = Query(
            TODAY + timedelta(days=days), ANCHORS[0], 20_000_000.0, sort=Sort.DISTANCE, facets=FACETS, limit=5
        )
        assert_same(engine.search(query), answer(held, query, generation), query)
        totals.add(engine.search(query).total)
    assert len(totals) > 3


def test_only_what_groups_tell_is_left_to_them(store: Store) -> None:
    """Whatever else is asked for has to be looked up for each listing."""
    (segment,) = opened(store, store.build(corpus(50)).name)
    plain = Query(TODAY, ANCHORS[0], 40_000.0, filters=(Filter(GROUPED, ("x",)),), sort=Sort.DISTANCE)
    unheld = Filter(Field.STATE, ("nowhere",))
    held = Filter(Field.STATE, (next(iter(segment.fields[Field.STATE].tokens)),))
    left = (plain, replace(plain, filters=()), replace(plain, exclusions=(unheld,)))
    others = (
        replace(plain, radius_m=None),
        replace(plain, sort=Sort.BEST),
        replace(plain, text=("pain",)),
        replace(plain, name=("lee",)),
        replace(plain, filters=(*plain.filters, held)),
        replace(plain, filters=(Filter(Field.NPI, ("x",)),)),
        replace(plain, exclusions=(held,)),
    )
    for query in (*left, *others):
        origin = None if query.near is None else Origin(query.near)
        found = disc_of(Matcher(View(segment, np.empty(0, np.int64)), query, origin))
        assert (found is not None) == (query in left), query
