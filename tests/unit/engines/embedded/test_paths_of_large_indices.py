"""Brute force against the paths that only large segments take, over a base and several deltas."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from directory.domain.place import Point
from directory.search.index import Change
from directory.search.listing import Field, Listing
from directory.search.query import Filter, Query, Sort
from tests.contract.comparing import assert_same
from tests.contract.oracle import Shelf, answer
from tests.factories.listings import ANCHORS, TODAY, Sampler
from tests.unit.engines.embedded.kits import Store, as_if_large, corpus

LISTINGS = 400


def changes(sampler: Sampler, held: Sequence[Listing], version: int) -> list[Change]:
    """New versions of some subjects, with locations coming and going."""
    subjects = {item.subject: item for item in sampler.random.sample(list(held), 25)}
    found = []
    for subject, old in subjects.items():
        drawn = [sampler.listing(4 * sampler.random.randrange(10**6) + 1, at, version) for at in range(2)]
        kept = drawn[: sampler.random.randrange(3)]
        listings = tuple(replace(new, id=f"{subject}.{at}", npi=old.npi) for at, new in enumerate(kept))
        found.append(Change(subject, version, listings))
    return found


@pytest.mark.parametrize("dense", [1, 32, 10_000])
def test_every_query_is_right_whatever_form_the_sets_take(
    store: Store, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    as_if_large(monkeypatch)
    for module in ("docsets", "fields", "words"):
        monkeypatch.setattr(f"directory.engines.embedded.{module}.DENSE", dense)
    sampler, shelf = Sampler(Random(dense)), Shelf()
    start = corpus(LISTINGS, seed=dense)
    shelf.add(start)
    generation = store.build(start).name
    for version in range(2, 6):
        batch = changes(sampler, list(shelf.held.values()), version)
        expected, applied = shelf.apply(batch), store.apply(*batch)
        assert (applied.upserted, applied.deleted) == (expected.upserted, expected.deleted)
    held, engine = list(shelf.held.values()), store.engine()
    for _ in range(400):
        query = sampler.query(held)
        assert_same(engine.search(query), answer(held, query, generation), query)


@pytest.mark.parametrize("changed", [False, True], ids=("base", "deltas"))
@pytest.mark.parametrize("anchor", ANCHORS, ids=str)
def test_the_nearest_come_page_by_page_from_growing_circles(
    store: Store, monkeypatch: pytest.MonkeyPatch, anchor: Point, changed: bool
) -> None:
    as_if_large(monkeypatch)
    shelf, sampler = Shelf(), Sampler(Random(4))
    shelf.add(corpus(LISTINGS))
    generation = store.build(corpus(LISTINGS)).name
    for version in range(2, 5 if changed else 2):
        batch = changes(sampler, list(shelf.held.values()), version)
        shelf.apply(batch)
        store.apply(*batch)
    listings, engine = list(shelf.held.values()), store.engine()
    plain = Query(today=TODAY, near=anchor, sort=Sort.DISTANCE, limit=37)
    narrow = replace(plain, filters=(Filter(Field.CONDITION, ("c1", "c2")),))
    for first in (plain, narrow, replace(narrow, facets=(Field.STATE,)), replace(plain, text=("pain",))):
        page: Query | None = first
        while page is not None:
            result = engine.search(page)
            assert_same(result, answer(listings, page, generation), page)
            page = replace(page, after=result.next) if result.next else None


def test_a_page_among_thousands_at_one_position(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    as_if_large(monkeypatch)
    spot = next(item.point for item in corpus(50) if item.point is not None)
    listings = [replace(item, point=spot) for item in corpus(LISTINGS)]
    generation, engine = store.build(listings).name, store.engine()
    for sort in Sort:
        for near in (spot, ANCHORS[3]):
            page: Query | None = Query(today=TODAY, near=near, sort=sort, limit=90)
            while page is not None:
                result = engine.search(page)
                assert_same(result, answer(listings, page, generation), page)
                page = replace(page, after=result.next) if result.next else None
