"""One typo, against optimal string alignment worked out the plain way."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory.engines.embedded.container import Container, ContainerWriter
from directory.engines.embedded.typos import Typos, write_typos
from directory.search.fold import MAX_WORD

FEW = st.text("abcé1王", min_size=1, max_size=7)
WORDS = st.lists(st.one_of(FEW, st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)), max_size=40)


def alignment(a: str, b: str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours."""
    table = [[max(i, j) if min(i, j) == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            same = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, same)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[len(a)][len(b)]


def near(words: list[str], word: str) -> list[str]:
    with TemporaryDirectory() as folder:
        writer = ContainerWriter(Path(folder) / "words")
        write_typos(writer, "w", words)
        writer.finish({})
        return [words[number] for number in Typos(Container(writer.path), "w").near(word)]


@given(WORDS.map(lambda words: sorted(set(words))), FEW)
@example(["ab", "abc", "acb", "ba", "bac"], "abc")
@example(["a", "aa", "aaa", "aaaa"], "aaa")
def test_exactly_the_words_one_typo_away_are_found(words: list[str], word: str) -> None:
    assert near(words, word) == [other for other in words if alignment(word, other) <= 1]


@pytest.mark.parametrize("length", [MAX_WORD - 1, MAX_WORD])
def test_the_longest_words_have_neighbours_too(length: int) -> None:
    longest = ("abcdefghij" * 5)[:MAX_WORD]
    words = sorted({longest, longest[:-1], longest[:-1] + "x", "x" + longest[1:], longest[1:]})
    for asked in (longest[:length], longest + "x", longest + "xy", longest * 9):
        assert near(words, asked) == [word for word in words if alignment(word, asked) <= 1]


def test_thousands_of_neighbours_are_all_found() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = sorted({"martinez"[:at] + a + b + "martinez"[at:] for at in range(9) for a in letters for b in ("", "x")})
    assert len(words) > 400
    assert near(words, "martinez") == [word for word in words if alignment("martinez", word) <= 1]
