"""Folding, splitting and matching of words."""

from hypothesis import given
from hypothesis import strategies as st

from directory.search.fold import fold, index_words, query_words
from directory.search.spelling import Tier, tier, within_one_typo

WORDS = st.text("abcñ", max_size=6)


def test_case_and_accents_are_folded_away():
    assert fold("NÚÑEZ Łukasz Straße") == "nunez lukasz strasse"


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_a_name_is_found_however_its_apostrophe_and_hyphen_are_typed():
    indexed = index_words(["O'Brien-Smith"])
    for typed in ("o'brien smith", "OBrien", "o brien", "obrien-smith", "Smith"):
        assert set(query_words(typed)) <= set(indexed), typed
    assert "obriensmith" in indexed


@given(st.lists(st.text(max_size=30), max_size=4))
def test_every_word_as_written_can_be_asked_for(texts):
    indexed = set(index_words(texts))
    assert all(set(query_words(text)) <= indexed for text in texts)


def distance(a: str, b: str) -> int:
    """Optimal string alignment, by the book."""
    rows = [[max(i, j) if not i or not j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_one_typo_is_optimal_string_alignment_distance_of_at_most_one(a, b):
    assert within_one_typo(a, b) == (distance(a, b) <= 1)


def test_tiers_are_tried_best_first():
    names = ("smith", "smithson")
    assert tier("smith", names) is Tier.EXACT
    assert tier("smi", names) is Tier.PREFIX
    assert tier("simth", names) is Tier.TYPO
    assert tier("sith", ("smith",)) is Tier.TYPO
    assert tier("sit", ("smi", "sid")) is None, "three letters forgive nothing"
    assert tier("s", names) is None, "one letter is no prefix"
