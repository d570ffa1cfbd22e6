"""What searches for a name alone need, ready in a segment: the first documents of each word, by id and by sorting name.

A *beginning* is a range of the vocabulary: all words that begin with the same letters. Those that many documents share
have their own first documents, and the number of documents that hold any of their words. So neither a page nor a total
needs the documents of the hundreds of words that begin with two letters.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from directory.engines.embedded.arrays import Array, Ints, distinct
from directory.engines.embedded.container import Container, ContainerWriter
from directory.search.fold import MAX_WORD
from directory.search.query import PREFIX_LETTERS

BY_ID, BY_NAME = "id", "name"
WIDTH = 32
"""So many first documents are kept of each word and each beginning."""
_MANY = 4096
"""Beginnings that stand more often than this in names are made ready; the documents of others are quickly read."""
_LOW = 0xFFFF_FFFF
Chunks = Iterable[tuple[Ints, Ints]]
"""Pairs of a word's number and a document's, some documents at a time, ascending by document."""
Range = tuple[int, int]


def write_heads(
    writer: ContainerWriter,
    name: str,
    vocabulary: Sequence[str],
    counts: Ints,
    chunks: Chunks,
    ranked: Mapping[str, Chunks],
) -> None:
    """Stores what `Heads` reads. `chunks` name documents by their number, `ranked` by their rank in each order."""
    ranges, documents = _beginnings(vocabulary, counts, chunks)
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(np.minimum(counts, WIDTH), out=starts[1:])
    writer.put(f"{name}.beginnings", _keys(ranges))
    writer.put(f"{name}.beginning_documents", documents)
    writer.put(f"{name}.head_starts", starts)
    for order, pairs in ranked.items():
        heads = _first_of_words(starts, pairs)
        joined = [distinct(heads[starts[first] : starts[last]])[:WIDTH] for first, last in ranges.tolist()]
        writer.put(f"{name}.heads.{order}", heads)
        writer.put(f"{name}.beginning_heads.{order}", np.concatenate([np.empty(0, np.uint32), *joined]))


def _keys(ranges: Ints) -> Array:
    return (ranges[:, 0].astype(np.uint64) << np.uint64(32)) | ranges[:, 1].astype(np.uint64)


def _beginnings(vocabulary: Sequence[str], counts: Ints, chunks: Chunks) -> tuple[Ints, Ints]:
    """Ranges of words, sorted, with the number of documents that have any of them: at least WIDTH."""
    levels = list(_levels(vocabulary, counts))
    found = dict(
        zip((item for level in levels for item in level), _documents(levels, len(counts), chunks), strict=True)
    )
    kept = sorted((item, amount) for item, amount in found.items() if amount >= WIDTH)
    ranges = np.array([item for item, _ in kept], np.int64).reshape(-1, 2)
    return ranges, np.array([amount for _, amount in kept], np.int64)


def _levels(vocabulary: Sequence[str], counts: Ints) -> Iterator[list[Range]]:
    """Ranges of several words that begin with the same letters: two, three and so on, while any is large; each once."""
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]).tolist()
    level: list[Range] = [(0, len(vocabulary))]
    known: set[Range] = set()
    for letters in range(PREFIX_LETTERS, MAX_WORD + 1):
        parts = (part for whole in level for part in _parted(vocabulary, whole, letters))
        level = [(a, b) for a, b in parts if b - a > 1 and ends[b] - ends[a] > _MANY]
        if not level:
            return
        if fresh := [item for item in level if item not in known]:
            known.update(fresh)
            yield fresh


def _parted(vocabulary: Sequence[str], whole: Range, letters: int) -> Iterator[Range]:
    first, last = whole
    for _, group in groupby(vocabulary[first:last], key=lambda word: word[:letters]):
        after = first + sum(1 for _ in group)
        yield first, after
        first = after


def _documents(levels: Sequence[Sequence[Range]], words: int, chunks: Chunks) -> list[int]:
    """How many documents have words of each range, level after level."""
    if not levels:
        return []
    members = [_members(level, words) for level in levels]
    totals = [np.zeros(len(level), np.int64) for level in levels]
    for numbers, owners in chunks:
        pairs = np.sort((owners << 32) | numbers)
        own, of = pairs >> 32, pairs & _LOW
        for at, member in enumerate(members):
            totals[at] += _counted(member[of], own, len(levels[at]))
    return [count for total in totals for count in total.tolist()]


def _counted(ranges: Ints, owners: Ints, amount: int) -> Ints:
    """Documents per range, of pairs in order: a document's words of one range stand together, the first is counted."""
    fresh = ranges >= 0
    fresh[1:] &= (ranges[1:] != ranges[:-1]) | (owners[1:] != owners[:-1])
    return np.bincount(ranges[fresh], minlength=amount)


def _members(level: Sequence[Range], words: int) -> Ints:
    """Per word the range it is in, or -1."""
    member = np.full(words, -1, np.int64)
    for number, (first, last) in enumerate(level):
        member[first:last] = number
    return member


def _first_of_words(starts: Ints, chunks: Chunks) -> Array:
    """The first documents of each word, ascending: those of word number i from `starts[i]` to `starts[i + 1]`."""
    heads = np.empty(int(starts[-1]), np.uint32)
    following = starts[:-1].copy()
    for words, ranks in chunks:
        wanting = following[words] < starts[words + 1]
        pairs = np.sort((words[wanting] << 32) | ranks[wanting])
        of, rank = pairs >> 32, pairs & _LOW
        begin = np.flatnonzero(np.diff(of, prepend=-1))
        amount = np.diff(begin, append=len(of))
        at = following[of] + np.arange(len(of)) - np.repeat(begin, amount)
        kept = at < starts[of + 1]
        heads[at[kept]] = rank[kept]
        following[of[begin]] += amount
    return heads


class Heads:
    """The first documents of words and beginnings of a mapped segment, named by their rank in an order."""

    def __init__(self, container: Container, name: str) -> None:
        # Single numbers come out of memoryviews several times faster than out of arrays.
        self._beginnings = container.array(f"{name}.beginnings").data
        self._documents = container.array(f"{name}.beginning_documents").data
        self._starts = container.array(f"{name}.head_starts").data
        self._words = {order: container.array(f"{name}.heads.{order}") for order in (BY_ID, BY_NAME)}
        self._joined = {order: container.array(f"{name}.beginning_heads.{order}") for order in (BY_ID, BY_NAME)}

    def documents(self, first: int, last: int) -> int | None:
        """How many documents have any of the words of a range, where that is ready."""
        at = self._beginning(first, last)
        return None if at is None else self._documents[at]

    def of(self, order: str, first: int, last: int) -> Array:
        """Ranks of documents that have any of the words: among them the first WIDTH, or all where they are fewer."""
        at = self._beginning(first, last)
        if at is not None:
            return self._joined[order][at * WIDTH : (at + 1) * WIDTH]
        return self._words[order][self._starts[first] : self._starts[last]]

    def _beginning(self, first: int, last: int) -> int | None:
        key = (first << 32) | last
        at = bisect_left(self._beginnings, key)
        return at if at < len(self._beginnings) and self._beginnings[at] == key else None
