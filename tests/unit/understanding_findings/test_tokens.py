"""Words that remember the characters they came from."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.understanding.findings.tokens import Pause, tokens


def words(text: str) -> list[str]:
    return [token.word for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I can’t FEEL it", ["i", "cant", "feel", "it"]),
        ("fiebré 38,5°C", ["fiebre", "38,5", "c"]),
        ("fell 10ft", ["fell", "10", "ft"]),
        ("follow-up", ["follow", "up"]),
        ("entumecidó", ["entumecido"]),
        ("💥 numb 💥", ["numb"]),
        ("", []),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(("text", "number"), [("38,5", 38.5), ("101.4", 101.4), ("20", 20.0)])
def test_numbers_are_read_in_both_notations(text: str, number: float) -> None:
    assert tokens(text)[0].number == number


@pytest.mark.parametrize(
    ("text", "pause"),
    [
        ("a b", Pause.NONE),
        ("a, b", Pause.COMMA),
        ("a - b", Pause.COMMA),
        ("a... b", Pause.COMMA),
        ("a. b", Pause.SENTENCE),
        ("a? b", Pause.SENTENCE),
        ("a\nb", Pause.SENTENCE),
        ("dr. b", Pause.NONE),
    ],
)
def test_pauses_stand_before_the_next_word(text: str, pause: Pause) -> None:
    assert tokens(text)[1].pause is pause


@given(st.text(max_size=80))
def test_every_word_points_at_its_characters_in_order(text: str) -> None:
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
