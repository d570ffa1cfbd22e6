"""All words of a vocabulary that one typo turns into another: exactly those, however many there are.

A word has a key, and one more for each of its letters: that of the word with any letter in this place. A word that is
asked for has the same, and those of everything that a typo made of it: a letter more, a letter fewer, two neighbours
swapped. Words that share such a key are one typo apart. So a few dozen keys are looked up, however long the vocabulary
is. Keys are sums of 64 bits per letter and place: two words share one by chance once in about 10^12 questions.
"""

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from directory.engines.embedded.arrays import Array
from directory.engines.embedded.container import Container, ContainerWriter
from directory.engines.embedded.identifiers import digest
from directory.search.fold import MAX_WORD

_MASK = (1 << 64) - 1
_PLACES = range(MAX_WORD + 2)


def _mark(letter: str, place: int) -> int:
    """64 bits that stand for a letter in a place; the empty string is any letter."""
    return int.from_bytes(digest(f"{place} {letter}"), "little")


_ANY = [_mark("", place) for place in _PLACES]
_MARKS = {letter: [_mark(letter, place) for place in _PLACES] for letter in string.ascii_lowercase + string.digits}


def _marks(letter: str, place: int) -> Mapping[int, int] | Sequence[int]:
    """Of a letter, in a place and the two beside it."""
    return _MARKS.get(letter) or {near: _mark(letter, near) for near in (place - 1, place, place + 1)}


def write_typos(writer: ContainerWriter, name: str, words: Sequence[str]) -> None:
    """Stores what `Typos` reads, for words numbered in the order given."""
    numbers, keys = [np.empty(0, np.uint32)], [np.empty(0, np.uint64)]
    for length, own in groupby(
        sorted(range(len(words)), key=lambda number: len(words[number])), lambda n: len(words[n])
    ):
        of_length = np.fromiter(own, np.uint32)
        numbers.append(np.repeat(of_length, length + 1))
        keys.append(_stored([words[number] for number in of_length.tolist()], length).ravel())
    together = np.concatenate(keys)
    order = np.argsort(together)
    writer.put(f"{name}.typo_keys", together[order])
    writer.put(f"{name}.typo_words", np.concatenate(numbers)[order])


def _stored(words: Iterable[str], length: int) -> Array:
    """Per word of one length its key and those with any letter in each place."""
    letters, codes = np.unique(
        np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32), return_inverse=True
    )
    marks = np.array([[_mark(chr(letter), place) for place in range(length)] for letter in letters.tolist()], np.uint64)
    here = marks.reshape(-1, length)[codes.reshape(-1, length), np.arange(length)]
    whole = here.sum(axis=1, dtype=np.uint64, keepdims=True)
    return np.hstack([whole, whole - here + np.array(_ANY[:length], np.uint64)])


class Typos:
    """The keys of a vocabulary's words, in order."""

    def __init__(self, container: Container, name: str) -> None:
        self._keys = container.array(f"{name}.typo_keys")
        self._words = container.array(f"{name}.typo_words")

    def near(self, word: str) -> list[int]:
        """Numbers of the words at most one typo away from the word (itself included), ascending."""
        if len(word) > MAX_WORD + 1:
            return []
        keys = np.array([key & _MASK for key in _asked(word)], np.uint64)
        starts, ends = (np.searchsorted(self._keys, keys, side).tolist() for side in ("left", "right"))
        found: set[int] = set()
        for first, last in zip(starts, ends, strict=True):
            if first < last:
                found.update(self._words[first:last].tolist())
        return sorted(found)


def _asked(word: str) -> Iterator[int]:
    """Keys, but for their size, of the word and of everything that is one typo from it."""
    marks = [_marks(letter, place) for place, letter in enumerate(word)]
    here = [own[place] for place, own in enumerate(marks)]
    later = [own[place + 1] for place, own in enumerate(marks)]
    earlier = [own[place - 1] if place else 0 for place, own in enumerate(marks)]
    whole, before, pushed, pulled = sum(here), 0, sum(later), sum(earlier)
    yield whole
    for place, own in enumerate(here):
        pulled -= earlier[place]
        yield whole - own + _ANY[place]
        yield before + _ANY[place] + pushed
        yield before + pulled
        if place:
            yield whole - here[place - 1] - own + later[place - 1] + earlier[place]
        pushed -= later[place]
        before += own
    yield whole + _ANY[len(word)]
