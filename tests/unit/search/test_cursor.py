"""Cursors come back as they went out, and nothing else is taken for one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.domain.errors import InvalidInput
from directory.domain.place import Point
from directory.search.cursor import decode_cursor, encode_cursor
from directory.search.query import Cursor, Query, Sort

CURSOR = Cursor("p2000000004.a1", "0" * 16, date(2026, 11, 25), "g1", points=12, distance_m=1234.5678901234567)


@given(st.floats(0, 2.1e7), st.integers(0, 10_000), st.text(max_size=40))
def test_a_cursor_survives_its_text(distance, points, name):
    cursor = replace(CURSOR, distance_m=distance, points=points, sort_name=name)
    assert decode_cursor(encode_cursor(cursor, distance)) == (cursor, distance)


@given(st.text(max_size=60))
def test_any_other_text_is_refused_with_a_clear_message(text):
    with pytest.raises(InvalidInput, match="start again"):
        decode_cursor(text)


@pytest.mark.parametrize("text", ["W10", "bnVsbA", "e30", "WzEsMiwzLDQsNSw2LDcsOF0", "x" * 2000])
def test_text_of_the_right_alphabet_is_refused_too(text):
    with pytest.raises(InvalidInput):
        decode_cursor(text)


def test_a_cursor_of_another_search_is_refused():
    first = Query(date(2026, 11, 25), near=Point(1, 1))
    cursor = replace(CURSOR, query=first.fingerprint())
    assert replace(first, after=cursor, limit=5).fingerprint() == first.fingerprint()
    with pytest.raises(InvalidInput, match="another search"):
        replace(first, sort=Sort.NAME, after=cursor)
