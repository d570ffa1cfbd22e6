"""Words and where they stand: a sorted vocabulary with, per word, the documents that hold it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from directory.engines.embedded.arrays import Array, Ints, expand
from directory.engines.embedded.container import Container, ContainerWriter
from directory.engines.embedded.docsets import DENSE, NOTHING, Bits, DocSet, Listed, any_of, merged
from directory.engines.embedded.heads import Heads, Range, write_heads
from directory.engines.embedded.spill import Ends, Numbers, Spill
from directory.engines.embedded.strings import Strings, packed
from directory.engines.embedded.typos import Typos, write_typos

_CHUNK = 1 << 16


class WordsBuilder:
    """Collects the words of documents in order of arrival. Memory holds the vocabulary, never the documents."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._numbers = Numbers()
        self._words = Spill(folder / f"{name}.words", np.uint32)
        self._ends = Ends(folder / f"{name}.ends")

    def extend(self, values: Iterable[Iterable[str]]) -> None:
        """Adds documents by their words."""
        single = list(map(dict.fromkeys, values))
        lengths = list(map(len, single))
        numbers = map(self._numbers.__getitem__, chain.from_iterable(single))
        self._words.extend(np.fromiter(numbers, np.uint32, sum(lengths)))
        self._ends.extend(lengths)

    def write(self, writer: ContainerWriter, arrival: Ints, orders: Mapping[str, Ints]) -> None:
        """Stores vocabulary and documents, these numbered in final order.

        For each of the `orders`, documents in another order, the first documents of words are stored too.
        """
        vocabulary = sorted(self._numbers)
        packed([word.encode("utf-8", "surrogatepass") for word in vocabulary]).put(writer, self.name)
        write_typos(writer, self.name, vocabulary)
        rank = np.empty(len(vocabulary), np.int64)
        rank[[self._numbers[word] for word in vocabulary]] = np.arange(len(vocabulary))
        offsets = self._ends.offsets().astype(np.int64)
        postings = _Postings(self._words.column(), offsets, rank, arrival)
        counts = postings.write(writer, self.name)
        if orders:
            ranked = {order: postings.ordered(docs).chunks() for order, docs in orders.items()}
            write_heads(writer, self.name, vocabulary, counts, postings.chunks(), ranked)


class _Postings:
    """Turns "words of each document" into "documents of each word", a few thousand documents at a time."""

    def __init__(self, words: Array, offsets: Ints, rank: Ints, arrival: Ints) -> None:
        self._words, self._offsets, self._rank, self._arrival = words, offsets, rank, arrival
        self._length = len(arrival)

    def ordered(self, docs: Ints) -> "_Postings":
        """The same with the documents in another order, and numbered by their place in it."""
        return _Postings(self._words, self._offsets, self._rank, self._arrival[docs])

    def write(self, writer: ContainerWriter, name: str) -> Ints:
        """Returns how many documents each word has."""
        counts = np.zeros(len(self._rank), np.int64)
        for words, _ in self.chunks():
            counts += np.bincount(words, minlength=len(counts))
        dense = np.flatnonzero(counts * DENSE > self._length)
        starts = np.zeros(len(counts) + 1, np.int64)
        listed = counts.copy()
        listed[dense] = 0
        np.cumsum(listed, out=starts[1:])
        writer.put(f"{name}.counts", counts)
        writer.put(f"{name}.starts", starts)
        writer.put(f"{name}.dense", dense)
        self._fill_lists(writer.reserve(f"{name}.docs", np.uint32, int(starts[-1])), starts, dense)
        width = (self._length + 7) // 8
        self._fill_bits(writer.reserve(f"{name}.bits", np.uint8, width * len(dense)).reshape(len(dense), width), dense)
        return counts

    def _fill_lists(self, docs: Array, starts: Ints, dense: Ints) -> None:
        following = starts[:-1].copy()
        is_listed = np.ones(len(self._rank), np.bool_)
        is_listed[dense] = False
        for words, owners in self.chunks():
            kept = is_listed[words]
            order = np.argsort(words[kept], kind="stable")
            chosen, amount = np.unique(words[kept][order], return_counts=True)
            docs[expand(following[chosen], following[chosen] + amount)] = owners[kept][order]
            following[chosen] += amount

    def _fill_bits(self, bits: Array, dense: Ints) -> None:
        slot = np.full(len(self._rank), -1, np.int64)
        slot[dense] = np.arange(len(dense))
        for chunk, (words, owners) in enumerate(self.chunks()):
            first = chunk * _CHUNK
            flags = np.zeros((len(dense), min(_CHUNK, self._length - first)), np.bool_)
            kept = slot[words] >= 0
            flags[slot[words[kept]], owners[kept] - first] = True
            packed_bits = np.packbits(flags, axis=1, bitorder="little")
            bits[:, first // 8 : first // 8 + packed_bits.shape[1]] = packed_bits

    def chunks(self) -> Iterator[tuple[Ints, Ints]]:
        """Pairs of (word, document), by document."""
        for first in range(0, self._length, _CHUNK):
            taken = self._arrival[first : first + _CHUNK]
            starts, ends = self._offsets[taken], self._offsets[taken + 1]
            owners = np.repeat(np.arange(first, first + len(taken), dtype=np.int64), ends - starts)
            yield self._rank[self._words[expand(starts, ends)]], owners


class WordsColumn:
    """The words of a mapped segment of so many documents."""

    def __init__(self, container: Container, name: str, length: int) -> None:
        self._length = length
        self._vocabulary = Strings.of(container, name)
        self._typos = Typos(container, name)
        self._counts = container.array(f"{name}.counts")
        self._starts = container.array(f"{name}.starts")
        self._docs = container.array(f"{name}.docs")
        self._dense = container.array(f"{name}.dense")
        self._bits = container.array(f"{name}.bits").reshape(len(self._dense), (length + 7) // 8)
        self.heads = Heads(container, name)

    def place(self, word: str) -> "Place":
        """Where the word is, or would be, in the vocabulary."""
        key = _bytes(word)
        at = self._vocabulary.first_not_below(key)
        return Place(word, at, at < len(self._vocabulary) and self._vocabulary.at(at) == key)

    def exact(self, of: "Place") -> DocSet:
        """Documents with the word."""
        return self._holding(of.at) if of.is_there else NOTHING

    def prefix(self, of: "Place") -> DocSet:
        """Documents with a longer word that begins with the word."""
        first, last = of.at + of.is_there, self.end(of)
        docs = self._docs[int(self._starts[first]) : int(self._starts[last])]
        dense = range(*np.searchsorted(self._dense, [first, last]).tolist())
        return any_of([merged([docs], self._length), *(self._bits_of(slot) for slot in dense)], self._length)

    def typo(self, of: "Place") -> DocSet:
        """Documents with another word, one typo away from the word."""
        near = self.near(of)
        if not near:
            return NOTHING
        dense = np.flatnonzero(np.isin(self._dense, near))
        lists = [self._docs[int(self._starts[number]) : int(self._starts[number + 1])] for number in near]
        return any_of([merged(lists, self._length), *(self._bits_of(slot) for slot in dense.tolist())], self._length)

    def end(self, of: "Place") -> int:
        """The number of the first word after all that begin with the word."""
        return self._vocabulary.first_not_below(_bytes(of.word) + b"\xff", of.at)

    def near(self, of: "Place") -> list[int]:
        """Numbers of the other words that are one typo away from the word."""
        return [number for number in self._typos.near(of.word) if not (of.is_there and number == of.at)]

    def documents(self, ranges: Sequence[Range]) -> int | None:
        """How many documents have any word of these ranges of numbers, where that is known without reading them."""
        if len(ranges) != 1:
            return None if ranges else 0
        first, last = ranges[0]
        return int(self._counts[first]) if last == first + 1 else self.heads.documents(first, last)

    def lists(self, ranges: Sequence[Range]) -> list[Array]:
        """Documents of each range of words, perhaps several times, without those of words that keep bits."""
        return [self._docs[int(self._starts[first]) : int(self._starts[last])] for first, last in ranges]

    def dense(self, ranges: Sequence[Range]) -> list[Bits]:
        """Documents of those words of the ranges that keep bits."""
        slots = (slot for words in ranges for slot in range(*(bisect_left(self._dense, word) for word in words)))
        return [self._bits_of(slot) for slot in slots]

    def _holding(self, number: int) -> DocSet:
        slot = int(np.searchsorted(self._dense, number))
        if slot < len(self._dense) and self._dense[slot] == number:
            return self._bits_of(slot)
        return Listed(self._docs[int(self._starts[number]) : int(self._starts[number + 1])])

    def _bits_of(self, slot: int) -> Bits:
        return Bits(self._bits[slot], int(self._counts[self._dense[slot]]))


@dataclass(frozen=True, slots=True)
class Place:
    """Number `at` is the word's, where it is there, or that of the first word after it."""

    word: str
    at: int
    is_there: bool


def _bytes(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")
