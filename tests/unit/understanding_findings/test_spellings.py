"""Misspelt words are read as what they nearly are, ordinary words never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.understanding.findings.spellings import Spellings, one_slip_apart

SPELLINGS = Spellings(["fever", "bladder", "ladder", "numb", "overdose"], ["incontin"], ["lever", "never", "sadder"])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("fever", ("fever",)),
        ("feverr", ("fever",)),
        ("fevr", ("fever",)),
        ("fveer", ("fever",)),
        ("fevor", ("fever",)),
        ("lever", ()),
        ("never", ()),
        ("blader", ("bladder",)),
        ("badder", ("bladder", "ladder")),
        ("ladders", ("ladder",)),
        ("nuuuumb", ("numb",)),
        ("nmb", ()),
        ("incontinance", ("incontin*",)),
        ("overdoses", ("overdose",)),
        ("xylophone", ()),
    ],
)
def test_a_word_is_read(word: str, expected: tuple[str, ...]) -> None:
    assert SPELLINGS.readings(word) == expected


WORDS = st.text("abc", min_size=1, max_size=6)


def slips(word: str) -> set[str]:
    cuts = range(len(word) + 1)
    deleted = {word[:i] + word[i + 1 :] for i in range(len(word))}
    inserted = {word[:i] + letter + word[i:] for i in cuts for letter in "abc"}
    replaced = {word[:i] + letter + word[i + 1 :] for i in range(len(word)) for letter in "abc"}
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    return deleted | inserted | replaced | swapped


@given(WORDS, WORDS)
def test_one_slip_is_what_one_edit_reaches(one: str, other: str) -> None:
    if one != other:
        assert one_slip_apart(one, other) is (other in slips(one))
