"""A query that cannot be asked is refused where it is made, with what to do about it."""

import pytest

from directory.domain.errors import InvalidInput
from directory.domain.place import Point
from directory.search.listing import Field
from directory.search.query import Boost, Filter, Query, Sort
from tests.factories.records import TODAY


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"radius_m": 5.0}, "needs a place"),
        ({"near": Point(0, 0), "radius_m": 0.0}, "more than 0"),
        ({"near": Point(0, 0), "radius_m": float("nan")}, "more than 0"),
        ({"near": Point(0, 0), "radius_m": 3e7}, "half the way round"),
        ({"sort": Sort.DISTANCE}, "needs a place"),
        ({"limit": 101}, "from 0 to 100"),
        ({"limit": -1}, "from 0 to 100"),
        ({"text": tuple(f"w{i}" for i in range(17))}, "at most 16 words"),
        ({"facets": (Field.NPI,)}, "not offered"),
        ({"filters": tuple(Filter(Field.STATE, ("IL",)) for _ in range(65))}, "at most 64"),
    ],
)
def test_what_is_refused(parts, message):
    with pytest.raises(InvalidInput, match=message):
        Query(TODAY, **parts)


def test_filters_and_boosts_have_values():
    with pytest.raises(InvalidInput):
        Filter(Field.STATE, ())
    with pytest.raises(InvalidInput):
        Boost("g", "f", Field.STATE, ("IL",), 0)
