"""The fields that can be counted: each document points to a *row*, a set of tokens that many documents share.

A filter becomes one flag per row, a boost one number per row, a facet one count per row; a document costs one look
into a column of one or two bytes, however many tokens it has.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from directory.engines.embedded.arrays import Array, Bools, Ints, Spans, expand, narrowest
from directory.engines.embedded.container import Container, ContainerWriter
from directory.engines.embedded.docsets import DENSE, Selection
from directory.engines.embedded.groups import Pieces
from directory.engines.embedded.spill import Ends, Numbers, Spill

_REMEMBERED_ROWS = 1 << 16
_READ_ROWS = 1 << 12
_TABLE = 1 << 17
"""Numbers of a table of rows by tokens that is multiplied rather than walked through."""
_SUMMED_TOKENS = 512
"""Fields of more tokens are not counted beforehand."""
_SUMMED_AT_ONCE = 1 << 8
"""Groups counted at once: some ten thousand documents, each with a hundred tokens at most."""
_SCATTER = 4
"""Rows are counted one by one when there are this many times more of them than documents."""


class FieldBuilder:
    """Collects the token sets of one field, in order of arrival."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._tokens = Numbers()
        self._rows = Spill(folder / f"{name}.rows", np.uint32)
        self._row_tokens = Spill(folder / f"{name}.row_tokens", np.uint32)
        self._row_ends = Ends(folder / f"{name}.row_ends")
        self._known = _Rows(self._new_row)
        self._count = 0

    def rows_of(self, values: Sequence[tuple[str, ...]]) -> Array:
        """Rows that hold the documents' token sets. Raises UnicodeEncodeError for tokens that are not Unicode."""
        return np.fromiter(map(self._known.__getitem__, values), np.uint32, len(values))

    def extend(self, rows: Array) -> None:
        """Adds documents by their rows."""
        self._rows.extend(rows)

    @property
    def row_count(self) -> int:
        return self._count

    def rows(self) -> Array:
        """The documents' rows, in order of arrival."""
        return self._rows.column()

    def write(self, writer: ContainerWriter, arrival: Ints, pieces: Pieces) -> list[str]:
        """Stores the field, documents in final order. Returns its tokens, as `Field.of` wants them back."""
        rows = self._rows.column()[arrival]
        offsets = self._row_ends.offsets().astype(np.int64)
        tokens = self._row_tokens.column()
        owners = np.repeat(np.arange(self._count, dtype=np.int64), np.diff(offsets))
        order = np.argsort(tokens, kind="stable")
        starts = np.searchsorted(tokens[order], np.arange(len(self._tokens) + 1))
        writer.put(f"{self.name}.rows", rows.astype(narrowest(max(0, self._count - 1))))
        writer.put(f"{self.name}.offsets", offsets)
        writer.put(f"{self.name}.tokens", tokens)
        counts = np.bincount(rows, minlength=self._count)
        writer.put(f"{self.name}.counts", counts)
        self._write_rare(writer, rows, counts)
        self._write_sums(writer, rows, pieces, _Lists(offsets, tokens, len(self._tokens)))
        writer.put(f"{self.name}.token_starts", starts.astype(np.int64))
        writer.put(f"{self.name}.token_rows", owners[order].astype(np.uint32))
        return list(self._tokens)

    def _write_rare(self, writer: ContainerWriter, rows: Array, counts: Ints) -> None:
        """Documents of each rare row, so that a rare token is found without reading the column."""
        rare = counts * DENSE <= len(rows)
        docs = np.flatnonzero(rare[rows])
        starts = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(np.where(rare, counts, 0), out=starts[1:])
        writer.put(f"{self.name}.rare_starts", starts)
        writer.put(f"{self.name}.rare_docs", docs[np.argsort(rows[docs], kind="stable")].astype(np.uint32))

    def _write_sums(self, writer: ContainerWriter, rows: Array, pieces: Pieces, lists: "_Lists") -> None:
        """How many documents of each larger group hold each token, where tokens are few."""
        if not 0 < lists.width <= _SUMMED_TOKENS:
            return
        summed = pieces.summed()
        sums = writer.reserve(f"{self.name}.sums", np.uint8, len(summed) * lists.width)
        for first in range(0, len(summed), _SUMMED_AT_ONCE):
            some = summed[first : first + _SUMMED_AT_ONCE]
            counts = _sums(rows, pieces.starts[some], pieces.starts[some + 1], lists)
            sums[first * lists.width : first * lists.width + len(counts)] = counts

    def _new_row(self, values: tuple[str, ...]) -> int:
        for token in values:
            token.encode()
        numbers = [self._tokens[token] for token in dict.fromkeys(values)]
        self._row_tokens.extend(numbers)
        self._row_ends.extend((len(numbers),))
        self._count += 1
        return self._count - 1


@dataclass(frozen=True, slots=True)
class _Lists:
    """The tokens of each row, of so many different ones."""

    offsets: Ints
    tokens: Array
    width: int


def _sums(rows: Array, starts: Ints, ends: Ints, lists: _Lists) -> Array:
    """How many documents of each group hold each token, group after group. Pairs of group and row are few."""
    owners, highest = np.repeat(np.arange(len(starts)), ends - starts), len(lists.offsets)
    pairs, weights = np.unique(owners * highest + rows[expand(starts, ends)], return_counts=True)
    owners, own = np.divmod(pairs, highest)
    first, last = lists.offsets[own], lists.offsets[own + 1]
    places = np.repeat(owners, last - first) * lists.width + lists.tokens[expand(first, last)]
    return np.bincount(places, np.repeat(weights, last - first), len(starts) * lists.width)


class _Rows(dict[tuple[str, ...], int]):
    """Rows by what they hold. What is remembered is bounded: rows may repeat, and that changes no answer."""

    def __init__(self, make: Callable[[tuple[str, ...]], int]) -> None:
        self._make = make

    def __missing__(self, values: tuple[str, ...]) -> int:
        if len(self) >= _REMEMBERED_ROWS:
            self.clear()
        row = self[values] = self._make(values)
        return row


class _Held(dict[int, tuple[str, ...]]):
    """What rows hold; so many of them at most, since every process has its own."""

    def __init__(self, read: Callable[[int], tuple[str, ...]]) -> None:
        self._read = read

    def __missing__(self, row: int) -> tuple[str, ...]:
        if len(self) >= _READ_ROWS:
            self.clear()
        tokens = self[row] = self._read(row)
        return tokens


class _Sizes(dict[str, int]):
    """How many documents hold each token of a column. What nobody holds is not remembered."""

    def __init__(self, column: "FieldColumn") -> None:
        self._column = column

    def __missing__(self, token: str) -> int:
        size = self._column.size(token)
        if size:
            self[token] = size
        return size


class FieldColumn:
    """One field of a mapped segment."""

    def __init__(self, container: Container, name: str, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.rows = container.array(f"{name}.rows")
        self._sizes = _Sizes(self)
        self._numbers = {token: number for number, token in enumerate(tokens)}
        self._offsets = container.array(f"{name}.offsets")
        self._row_tokens = container.array(f"{name}.tokens")
        self._counts = container.array(f"{name}.counts")
        self._token_starts = container.array(f"{name}.token_starts")
        self._token_rows = container.array(f"{name}.token_rows")
        self._rare_starts = container.array(f"{name}.rare_starts")
        self._rare_docs = container.array(f"{name}.rare_docs")
        self._table = self._as_table()
        sums = container.array(f"{name}.sums")
        self._sums = sums.reshape(-1, len(tokens)) if len(sums) else None
        self.held = _Held(self._tokens_of)
        """The tokens of each row, in the order in which they were given."""

    @property
    def row_count(self) -> int:
        return len(self._counts)

    def holding(self, any_of: Sequence[str]) -> "FieldSet":
        """Documents that hold any of the tokens."""
        flags = self.flags(any_of)
        return FieldSet(self, flags, self._sizes[any_of[0]] if len(any_of) == 1 else int(self._counts[flags].sum()))

    def size(self, token: str) -> int:
        """How many documents hold the token."""
        return int(self._counts[self._rows_of(token)].sum())

    def flagged(self, flags: Bools) -> Ints:
        """All documents in flagged rows, ascending."""
        rows = np.flatnonzero(flags)
        starts, ends = self._rare_starts[rows], self._rare_starts[rows + 1]
        if (ends - starts < self._counts[rows]).any():
            return np.flatnonzero(flags[self.rows])
        return np.sort(self._rare_docs[expand(starts, ends)]).astype(np.int64)

    def flags(self, any_of: Iterable[str]) -> Bools:
        """Per row, whether it holds any of the tokens."""
        flags = np.zeros(len(self._counts), np.bool_)
        for token in any_of:
            flags[self._rows_of(token)] = True
        return flags

    def raise_points(self, points: Ints, any_of: Iterable[str], worth: int) -> None:
        """Lifts the rows that hold any of the tokens to at least `worth`."""
        for token in any_of:
            rows = self._rows_of(token)
            points[rows] = np.maximum(points[rows], worth)

    def no_points(self) -> Ints:
        return np.zeros(len(self._counts), np.int64)

    def count(self, selection: Selection) -> dict[str, int]:
        """How many of the documents hold each token; tokens that none holds are left out."""
        return self.named(self.sums(selection))

    def named(self, sums: Array) -> dict[str, int]:
        """Counts by token, of those that are not zero."""
        return {token: int(count) for token, count in zip(self.tokens, sums.tolist(), strict=True) if count}

    def sums(self, selection: Selection) -> Array:
        """How many of the documents hold each token."""
        rows = selection.of(self.rows)
        if self._table is None:
            return self._spread(*self._row_counts(rows))
        if len(rows) < len(self._table):
            return np.ones(len(rows)) @ self._table.take(rows, axis=0)
        return np.bincount(rows, minlength=self.row_count) @ self._table

    def sums_by_row(self, counts: Array) -> Array:
        """How many of the documents hold each token, of which so many are in each row."""
        if self._table is not None:
            return counts @ self._table
        found = np.flatnonzero(counts)
        return self._spread(found, counts[found])

    def sums_of_groups(self, summed: Ints) -> Array | None:
        """How many documents of groups that are counted beforehand hold each token; None where this field's are not."""
        if self._sums is None:
            return None
        return np.ones(len(summed)) @ self._sums.take(summed, axis=0).astype(np.float64)

    def _spread(self, rows: Ints, weights: Array) -> Array:
        """How many documents hold each token, by the lists of what their rows hold."""
        starts, ends = self._offsets[rows], self._offsets[rows + 1]
        tokens = self._row_tokens[expand(starts, ends)]
        return np.bincount(tokens, np.repeat(weights, ends - starts), len(self.tokens))

    def _as_table(self) -> Array | None:
        """Per row and token 1 or 0, where that is small: it counts with one multiplication."""
        if self.row_count * len(self.tokens) > _TABLE:
            return None
        table = np.zeros((self.row_count, len(self.tokens)))
        table[np.repeat(np.arange(self.row_count), np.diff(self._offsets)), self._row_tokens] = 1
        return table

    def _row_counts(self, rows: Array) -> tuple[Ints, Ints]:
        if len(rows) * _SCATTER < len(self._counts):
            found, weights = np.unique(rows, return_counts=True)
            return found.astype(np.int64), weights
        counts = np.bincount(rows, minlength=len(self._counts))
        found = np.flatnonzero(counts)
        return found, counts[found]

    def _tokens_of(self, row: int) -> tuple[str, ...]:
        first, last = self._offsets[row : row + 2].tolist()
        return tuple(self.tokens[number] for number in self._row_tokens[first:last].tolist())

    def _rows_of(self, token: str) -> Array:
        number = self._numbers.get(token)
        if number is None:
            return self._token_rows[:0]
        return self._token_rows[int(self._token_starts[number]) : int(self._token_starts[number + 1])]


@dataclass(frozen=True, slots=True)
class FieldSet:
    """Documents in flagged rows of a field: read from the column where it is read anyway, from lists where rare."""

    column: FieldColumn
    flags: Bools
    size: int

    def docs(self) -> Ints:
        return self.column.flagged(self.flags)

    def within(self, spans: Spans) -> Ints:
        selection = Selection(spans)
        return selection.docs.compress(self.among(selection))

    def among(self, selection: Selection) -> Bools:
        held: Bools = self.flags[selection.of(self.column.rows)]
        return held
