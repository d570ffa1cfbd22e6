"""Searches for one name and nothing else, which are answered from what is ready, against brute force."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import pytest

from directory.engines.embedded.arrays import NO_DOCS
from directory.engines.embedded.heads import Range
from directory.engines.embedded.naming import _Found, named
from directory.engines.embedded.segment import Segment, View
from directory.engines.embedded.words import WordsColumn
from directory.search.listing import Field, Listing
from directory.search.query import OUTSIDE, Filter, FreshnessBand, NamePoints, Query, Sort
from tests.contract.comparing import assert_same
from tests.contract.oracle import Shelf, answer
from tests.factories.listings import ANCHORS, CROWD, TODAY, Sampler
from tests.unit.engines.embedded.kits import Store, as_if_large, change, corpus

LISTINGS = 250
EXCLUSIONS = ((), (), (), (OUTSIDE,), (Filter(Field.STATE, ("PA", "NJ")), Filter(Field.NETWORK, ("n1", "n2"))))
POINTS = (NamePoints(24, 14, 8), NamePoints(3, 3, 1), NamePoints(2, 2, 2), NamePoints(0, 0, 0))


def few(patch: pytest.MonkeyPatch, *, width: int, many: int) -> None:
    """So few first documents are kept, and beginnings that so many documents share have their own."""
    patch.setattr("directory.engines.embedded.heads.WIDTH", width)
    patch.setattr("directory.engines.embedded.heads._MANY", many)
    patch.setattr("directory.engines.embedded.naming.WIDTH", width)


def words(random: Random, held: list[Listing]) -> Iterator[str]:
    """Words of names as people type them: whole, begun, misspelt, or none that anybody has."""
    sampler = Sampler(random)
    every = sorted({word for item in held for word in item.name_words})
    for word in (*every, "zzzz", "z"):
        yield word
        yield word[: random.randint(1, 4)]
        yield sampler.typo(word)


def queries(random: Random, held: list[Listing]) -> Iterator[Query]:
    for word in words(random, held):
        yield Query(
            TODAY,
            name=(word,),
            name_points=random.choice(POINTS),
            sort=random.choice((Sort.BEST, Sort.NAME)),
            limit=random.choice((0, 1, 2, 5, 20)),
            exclusions=random.choice(EXCLUSIONS),
        )


@pytest.mark.parametrize("gone", [True, False], ids=("some gone", "nobody gone"))
@pytest.mark.parametrize(
    ("width", "many", "dense"), [(1, 0, 32), (3, 2, 2), (6, 20, 32), (32, 0, 1), (32, 4096, 2), (32, 4096, 32)]
)
def test_names_are_found_as_brute_force_finds_them(
    store: Store, monkeypatch: pytest.MonkeyPatch, width: int, many: int, dense: int, gone: bool
) -> None:
    as_if_large(monkeypatch)
    few(monkeypatch, width=width, many=many)
    for module in ("docsets", "fields", "words"):
        monkeypatch.setattr(f"directory.engines.embedded.{module}.DENSE", dense)
    random, shelf = Random(width), Shelf()
    start = [item if gone else standing(item) for item in corpus(LISTINGS, seed=width)]
    start[::5] = [replace(item, name_words=(*item.name_words, "marti", "martian")) for item in start[::5]]
    shelf.add(start)
    generation = store.build(start).name
    for version in (2, 3) if gone else ():
        older = random.sample(list(shelf.held.values()), 20)
        batch = [change(version, replace(item, version=version, name_words=("martin", "marti"))) for item in older]
        shelf.apply(batch)
        store.apply(*batch)
    held, engine = list(shelf.held.values()), store.engine()
    for query in queries(random, held):
        assert_same(engine.search(query), answer(held, query, generation), query)


def standing(item: Listing) -> Listing:
    return replace(item, expires_on=TODAY.replace(year=2030))


def view(store: Store, listings: list[Listing]) -> View:
    (path,) = store.segments(store.build(listings).name)
    segment = Segment(path)
    return View(segment, segment.expired(TODAY.toordinal())[:0])


def test_what_is_ready_is_used(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the test above would compare the plain way with itself."""
    read: list[Sequence[Range]] = []
    monkeypatch.setattr(_Found, "_all_ranks", lambda self, ranges: read.append(ranges) or NO_DOCS)
    listings = list(map(standing, corpus(LISTINGS)))
    of = view(store, listings)
    asked = [replace(query, exclusions=()) for query in queries(Random(1), listings)]
    shown = [item for query in asked if (item := named(of, query)) and item.places]
    assert len(shown) > 50
    assert read == []


def test_totals_of_beginnings_that_many_share_are_ready(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, width=6, many=5)
    monkeypatch.setattr(WordsColumn, "lists", lambda self, ranges: pytest.fail("documents were read"))
    listings = list(map(standing, corpus(LISTINGS)))
    for word in ("ma", "br", "sm"):
        found = named(view(store, listings), Query(TODAY, name=(word,), limit=3))
        assert found is not None
        assert found.total == sum(any(other.startswith(word) for other in item.name_words) for item in listings) > 5


def test_where_those_that_are_ready_have_expired_all_others_are_looked_at(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, width=4, many=4)
    listings = [replace(item, name_words=(CROWD,), expires_on=TODAY) for item in corpus(60)]
    listings[50:] = map(standing, listings[50:])
    query = Query(TODAY, name=(CROWD,), limit=3)
    generation = store.build(listings).name
    result = store.engine().search(query)
    assert result.total == 10
    assert_same(result, answer(listings, query, generation), query)


@pytest.mark.parametrize(
    "asked",
    [
        {"near": ANCHORS[3]},
        {"filters": (Filter(Field.STATE, ("PA",)),)},
        {"text": ("pain",)},
        {"name": ("martinez", "ana")},
        {"facets": (Field.STATE,)},
        {"freshness_bands": (FreshnessBand(30, 6),)},
        {"name_points": NamePoints(1, 2, 3)},
    ],
    ids=str,
)
def test_whatever_else_is_asked_is_found_the_plain_way(store: Store, asked: dict[str, object]) -> None:
    listings = corpus(LISTINGS)
    plain, of = Query(TODAY, name=(CROWD,), limit=1), view(store, listings)
    assert named(of, plain) is not None
    assert named(of, replace(plain, **asked)) is None  # type: ignore[arg-type]  # any field of a query
