"""Sets of documents in whichever form suits their size, and selections: the documents a query still looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np

from directory.engines.embedded.arrays import NO_DOCS, Array, Bools, Ints, Spans, distinct

DENSE = 32
"""A set that holds more than one document in so many is kept as bits: they are smaller than a list of numbers."""


class Selection:
    """Documents in ascending order: all of some spans (columns are sliced) or a list of them (columns are gathered)."""

    def __init__(self, spans: Spans | None, docs: Ints | None = None) -> None:
        self._spans = spans
        self._docs = docs

    @property
    def spans(self) -> Spans | None:
        """The spans, where it is all of some."""
        return self._spans

    @property
    def docs(self) -> Ints:
        if self._docs is None:
            self._docs = NO_DOCS if self._spans is None else self._spans.docs()
        return self._docs

    def __len__(self) -> int:
        if self._docs is not None:
            return len(self._docs)
        return 0 if self._spans is None else len(self._spans)

    def of(self, column: Array) -> Array:
        """The column's values for the documents."""
        return column[self.docs] if self._spans is None else self._spans.of(column)

    def keep(self, kept: Bools) -> "Selection":
        return Selection(None, self.docs.compress(kept))


class DocSet(Protocol):
    """`size` is at least the number of documents; it decides which set is read first."""

    @property
    def size(self) -> int: ...

    def docs(self) -> Ints:
        """All documents, ascending, each once."""
        ...

    def within(self, spans: Spans) -> Ints:
        """Those within the spans, ascending, each once."""
        ...

    def among(self, selection: Selection) -> Bools:
        """Whether each document of the selection is in the set."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """Sorted document numbers, each once."""

    numbers: Array

    @property
    def size(self) -> int:
        return len(self.numbers)

    def docs(self) -> Ints:
        return self.numbers.astype(np.int64)

    def within(self, spans: Spans) -> Ints:
        return spans.within(self.numbers)

    def among(self, selection: Selection) -> Bools:
        if not len(self.numbers):
            return np.zeros(len(selection), np.bool_)
        docs = selection.docs.astype(self.numbers.dtype)
        at = np.searchsorted(self.numbers, docs)
        held: Bools = self.numbers[np.minimum(at, len(self.numbers) - 1)] == docs
        return held


@dataclass(frozen=True, slots=True)
class Bits:
    """One bit per document, the lowest first."""

    bits: Array
    size: int

    def docs(self) -> Ints:
        return numbered(self.bits)

    def within(self, spans: Spans) -> Ints:
        selection = Selection(spans)
        return selection.docs.compress(self.among(selection))

    def among(self, selection: Selection) -> Bools:
        docs = selection.docs
        held = (self.bits[docs >> 3] >> (docs & 7).astype(np.uint8)) & 1
        return np.asarray(held, np.bool_)


@dataclass(frozen=True, slots=True)
class Flags:
    """One flag per document of the segment."""

    flags: Bools
    size: int

    def docs(self) -> Ints:
        return np.flatnonzero(self.flags)

    def within(self, spans: Spans) -> Ints:
        selection = Selection(spans)
        return selection.docs.compress(selection.of(self.flags))

    def among(self, selection: Selection) -> Bools:
        return selection.of(self.flags)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The union of at least one set, over a segment of so many documents."""

    parts: tuple[DocSet, ...]
    length: int

    @property
    def size(self) -> int:
        return min(self.length, sum(part.size for part in self.parts))

    def docs(self) -> Ints:
        return merged([part.docs() for part in self.parts], self.length).docs()

    def within(self, spans: Spans) -> Ints:
        return distinct(np.concatenate([part.within(spans) for part in self.parts]))

    def among(self, selection: Selection) -> Bools:
        return reduce(np.logical_or, [part.among(selection) for part in self.parts])


NOTHING = Listed(NO_DOCS)


def numbered(bits: Array) -> Ints:
    """Documents whose bits are set. (numpy finds what is set in booleans several times faster than in bytes.)"""
    return np.flatnonzero(np.unpackbits(bits, bitorder="little").view(np.bool_))


def packed(docs: DocSet, length: int) -> Array:
    """The set as bits, over a segment of so many documents."""
    match docs:
        case Bits(own):
            return own
        case Flags(flags):
            return np.packbits(flags, bitorder="little")
        case AnyOf(parts):
            bits: Array = np.bitwise_or.reduce([packed(part, length) for part in parts])
            return bits
        case _:
            flags = np.zeros(length, np.bool_)
            flags[docs.docs()] = True
            return np.packbits(flags, bitorder="little")


def any_of(parts: Sequence[DocSet], length: int) -> DocSet:
    """The union of sets, empty ones left out."""
    filled = tuple(part for part in parts if part.size)
    if len(filled) < 2:
        return filled[0] if filled else NOTHING
    return AnyOf(filled, length)


def merged(lists: Sequence[Array], length: int) -> DocSet:
    """The union of lists of numbers in any order, over a segment of so many documents."""
    filled = [item for item in lists if len(item)]
    if not filled:
        return NOTHING
    if sum(len(item) for item in filled) * DENSE < length:
        return Listed(distinct(np.concatenate(filled)))
    flags = np.zeros(length, np.bool_)
    for item in filled:
        flags[item] = True
    return Flags(flags, int(np.count_nonzero(flags)))
