"""All words of a vocabulary that one typo turns into another: exactly those, however many there are.

Words stand by length, as rows of code points. A 64-bit signature per word (has the letter once, has it twice) throws
out nearly all others: one typo changes at most two of its bits. What is left is compared letter by letter, in bulk.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from directory.engines.embedded.arrays import Array, Bools, Ints
from directory.engines.embedded.container import Container, ContainerWriter
from directory.search.fold import MAX_WORD

_PER_LETTER = 2
_LETTERS = 26
_OTHERS = 64 - _PER_LETTER * _LETTERS


def signature(word: str) -> int:
    """Letters a..z take two bits each (once, twice or more), everything else shares the remaining twelve."""
    bits = 0
    for letter in word:
        code = ord(letter) - ord("a")
        if not 0 <= code < _LETTERS:
            bits |= 1 << (_PER_LETTER * _LETTERS + ord(letter) % _OTHERS)
        elif bits >> (_PER_LETTER * code) & 1:
            bits |= 2 << (_PER_LETTER * code)
        else:
            bits |= 1 << (_PER_LETTER * code)
    return bits


def write_typos(writer: ContainerWriter, name: str, words: Iterable[str]) -> None:
    """Stores what `Typos` reads, for words numbered in the order given."""
    lengths, signatures, letters = [], [], []
    for word in words:
        lengths.append(len(word))
        signatures.append(signature(word))
        letters.append(word)
    by_length = np.argsort(np.array(lengths, np.int64), kind="stable")
    ordered = np.array(lengths, np.int64)[by_length]
    codes = "".join(letters[index] for index in by_length.tolist()).encode("utf-32-le", "surrogatepass")
    writer.put(f"{name}.typo_words", by_length.astype(np.uint32))
    writer.put(f"{name}.typo_signatures", np.array(signatures, np.uint64)[by_length])
    writer.put(f"{name}.typo_starts", np.searchsorted(ordered, np.arange(MAX_WORD + 3)))
    writer.put(f"{name}.typo_letters", np.frombuffer(codes, np.uint32))


class Typos:
    """The vocabulary's words by length."""

    def __init__(self, container: Container, name: str) -> None:
        self._words = container.array(f"{name}.typo_words")
        self._signatures = container.array(f"{name}.typo_signatures")
        self._starts = container.array(f"{name}.typo_starts").tolist()
        self._letters = container.array(f"{name}.typo_letters")
        self._at = self._letter_starts()

    def near(self, word: str) -> Ints:
        """Numbers of the words at most one typo away from the word (itself included), ascending."""
        found = list(self._near(word))
        return np.sort(np.concatenate(found)).astype(np.int64) if found else np.empty(0, np.int64)

    def _near(self, word: str) -> Iterator[Array]:
        code = np.frombuffer(word.encode("utf-32-le", "surrogatepass"), np.uint32)
        mark = np.uint64(signature(word))
        shortest, longest = max(1, len(word) - 1), min(MAX_WORD, len(word) + 1)
        begin, end = self._starts[shortest], self._starts[longest + 1]
        likely = np.flatnonzero(np.bitwise_count(self._signatures[begin:end] ^ mark) <= 2) + begin
        for length, compare in ((len(word) - 1, _shorter), (len(word), _equally_long), (len(word) + 1, _longer)):
            if not shortest <= length <= longest:
                continue
            first, last = self._starts[length], self._starts[length + 1]
            own = likely[slice(*np.searchsorted(likely, (first, last)).tolist())]
            if len(own):
                rows = self._letters[self._at[length] : self._at[length + 1]].reshape(-1, length)[own - first]
                yield self._words[own[compare(rows, code)]]

    def _letter_starts(self) -> list[int]:
        starts = [0]
        for length in range(MAX_WORD + 1):
            starts.append(starts[-1] + length * (self._starts[length + 1] - self._starts[length]))
        return starts


def _equally_long(rows: Array, word: Array) -> Bools:
    """One substitution, or one swap of neighbours."""
    differs = rows != word
    wrong = differs.sum(axis=1)
    close: Bools = wrong <= 1
    pairs = np.flatnonzero(wrong == 2)
    at = differs[pairs].argmax(axis=1)
    beside = np.minimum(at + 1, len(word) - 1)
    swapped = (rows[pairs, at] == word[beside]) & (rows[pairs, beside] == word[at]) & differs[pairs, beside]
    close[pairs[swapped]] = True
    return close


def _longer(rows: Array, word: Array) -> Bools:
    """One letter more than the word: what agrees from the left and from the right covers the word."""
    left = np.logical_and.accumulate(rows[:, :-1] == word, axis=1).sum(axis=1)
    right = np.logical_and.accumulate((rows[:, 1:] == word)[:, ::-1], axis=1).sum(axis=1)
    covered: Bools = left + right >= len(word)
    return covered


def _shorter(rows: Array, word: Array) -> Bools:
    """One letter fewer than the word."""
    left = np.logical_and.accumulate(rows == word[:-1], axis=1).sum(axis=1)
    right = np.logical_and.accumulate((rows == word[1:])[:, ::-1], axis=1).sum(axis=1)
    covered: Bools = left + right >= len(word) - 1
    return covered
