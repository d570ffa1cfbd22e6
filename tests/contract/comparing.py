"""Compares what an engine answered with what brute force says, and names the first difference."""

import math

from directory.search.query import Cursor, Query
from directory.search.result import Result


def assert_same(actual: Result, expected: Result, query: Query) -> None:
    """Ids, order, listings, points, total, facets and generation exactly; distances within a millionth."""
    assert actual.total == expected.total, query
    assert [hit.listing.id for hit in actual.hits] == [hit.listing.id for hit in expected.hits], query
    assert [hit.points for hit in actual.hits] == [hit.points for hit in expected.hits], query
    for mine, right in zip(actual.hits, expected.hits, strict=True):
        assert mine.listing == right.listing
        assert close(mine.distance_m, right.distance_m), query
    assert {field: dict(counts) for field, counts in actual.facets.items()} == expected.facets, query
    assert actual.generation == expected.generation
    assert_same_cursor(actual.next, expected.next, query)


def assert_same_cursor(actual: Cursor | None, expected: Cursor | None, query: Query) -> None:
    assert (actual is None) == (expected is None), query
    if actual is None or expected is None:
        return
    assert close(actual.distance_m, expected.distance_m), query
    for name in ("id", "query", "today", "generation", "points", "sort_name"):
        assert getattr(actual, name) == getattr(expected, name), (name, query)


def close(a: float | None, b: float | None) -> bool:
    """Equal within a millionth; a micrometre where the distance itself is nearly nothing."""
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6)
