"""Array types of the engine, and spans: half-open ranges [start, end) of documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

NO_DOCS: Ints = np.empty(0, np.int64)


def expand(starts: Array, ends: Array) -> Ints:
    """All numbers of the ranges [starts, ends), one range after the other."""
    lengths = (ends - starts).astype(np.int64)
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    numbers: Ints = np.arange(total, dtype=np.int64) + np.repeat(starts.astype(np.int64) - before, lengths)
    return numbers


def distinct(numbers: Array) -> Array:
    """The numbers in ascending order, each once: by sorting, which numpy does faster than `np.unique` by hashing."""
    ordered = np.sort(numbers)
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered.compress(fresh)


@dataclass(frozen=True, slots=True)
class Spans:
    """Ranges of documents, ascending and apart: the contiguous slices of every column that a query reads."""

    starts: Ints
    ends: Ints

    @classmethod
    def whole(cls, length: int) -> "Spans":
        return cls(np.array([0], np.int64), np.array([length], np.int64))

    def __len__(self) -> int:
        return int((self.ends - self.starts).sum())

    def docs(self) -> Ints:
        return expand(self.starts, self.ends)

    def blocks(self, most: int) -> Iterator[tuple[int, int]]:
        """The ranges, none longer than so many documents."""
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            for first in range(start, end, most):
                yield first, min(end, first + most)

    def without(self, inner: "Spans") -> "Spans":
        """What is left of the ranges without those ranges, each of which lies in one of these."""
        starts = np.sort(np.concatenate([self.starts, inner.ends]))
        ends = np.sort(np.concatenate([inner.starts, self.ends]))
        filled = starts < ends
        return Spans(starts[filled], ends[filled])

    def places(self, parts: "Spans") -> Ints:
        """How many of the documents of these ranges come before each of those parts, which lie in them."""
        own = np.searchsorted(self.starts, parts.starts, "right") - 1
        lengths = self.ends - self.starts
        before: Ints = (np.cumsum(lengths) - lengths)[own] + parts.starts - self.starts[own]
        return before

    def of(self, column: Array) -> Array:
        """The column's values within the spans: slices, never a gather."""
        if len(self.starts) == 1:
            return column[int(self.starts[0]) : int(self.ends[0])]
        parts = [column[a:b] for a, b in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]
        return np.concatenate(parts) if parts else column[:0]

    def within(self, docs: Array) -> Ints:
        """Those of the sorted documents that lie within the spans."""
        first = np.searchsorted(docs, self.starts.astype(docs.dtype))
        last = np.searchsorted(docs, self.ends.astype(docs.dtype))
        parts = [docs[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True) if b > a]
        return np.concatenate(parts).astype(np.int64) if parts else NO_DOCS


def joined(starts: Ints, ends: Ints) -> Spans:
    """The ascending ranges without those that are empty, neighbours in one."""
    filled = ends > starts
    starts, ends = starts.compress(filled), ends.compress(filled)
    apart = np.ones(len(starts) + 1, np.bool_)
    np.not_equal(starts[1:], ends[:-1], out=apart[1:-1])
    return Spans(starts.compress(apart[:-1]), ends.compress(apart[1:]))


def narrowest(highest: int) -> type[np.unsignedinteger[Any]]:
    """The smallest unsigned type that holds the number."""
    for kind in (np.uint8, np.uint16, np.uint32):
        if highest <= np.iinfo(kind).max:
            return kind
    return np.uint64
