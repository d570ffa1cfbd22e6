"""Rows of a registry table that need no judgement, told apart in bulk before anything is decoded.

Six rows of seven are about others: sound, in use, and without a taxonomy of ours. A block of the file is searched for
`","` at once, which gives the place of every cell of every row; taking such rows apart one by one costs many times
as much. A block with any line that is not plainly sound goes, whole, through `rows`.
"""

import io
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TypeAlias

import numpy as np
import numpy.typing as npt

from indexer.sources.layout import Layout
from indexer.sources.rows import BETWEEN, Row, rows

BLOCK = 1 << 20
"""Bytes read together: some nine hundred rows, and what is made of them stays in the processor's cache."""
_BOM = b"\xef\xbb\xbf"
_QUOTE, _COMMA, _NEWLINE, _ZERO = b'",\n0'
_NPI, _CODE = 10, 10
"""Letters of an NPI, and of a taxonomy code."""
_ISSUER = 24
"""What the card issuer's prefix 80840 adds to the Luhn sum of an NPI."""
Places: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Others:
    """Sound rows about numbers in use without a taxonomy of ours: the line that each starts on, and its NPI."""

    lines: tuple[int, ...]
    npis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What makes a row worth a closer look: one of these taxonomy codes. An NPI begins with one of `first_digits`."""

    codes: frozenset[str]
    first_digits: tuple[str, ...]


class Lines:
    """The lines of a table, decoded as they are asked for, with a look at the undecoded rest.

    Lines end where a CSV reader ends them: at CR, LF or both.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._blocks = _blocks(stream)
        self._decoded: deque[str] = deque()
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self._decoded:
            self.decode(next(self._blocks))
        self.taken += 1
        return self._decoded.popleft()

    @property
    def between_blocks(self) -> bool:
        return not self._decoded

    def block(self) -> bytes:
        """The next block, undecoded; empty at the end."""
        return next(self._blocks, b"")

    def decode(self, block: bytes) -> None:
        """Makes the lines of a block the next ones."""
        self._decoded.extend(io.StringIO(block.decode("utf-8", "surrogateescape"), newline=""))


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in blocks that end with a line feed, without a byte order mark."""
    rest = stream.read(len(_BOM)).removeprefix(_BOM)
    while read := stream.read(BLOCK):
        end = read.rfind(b"\n") + 1
        if end:
            yield rest + read[:end]
            rest = read[end:]
        else:
            rest += read
    if rest:
        yield rest


def scan(lines: Lines, layout: Layout, wanted: Wanted, ahead: deque[str]) -> Iterator[Row | Others]:
    """Every further row of a table, in order but for the rows of one block. `ahead` holds lines read too far.

    No NPI is there twice in a block of which `Others` were set apart, so that order says nothing in it.
    """
    while True:
        slowly = rows(lines, layout.width, layout.upto, lines.taken - len(ahead) + 1, ahead)
        while ahead or not lines.between_blocks:
            row = next(slowly, None)
            if row is not None:
                yield row
        block = lines.block()
        if not block:
            return
        found = _Block(block, layout)
        if found.is_sound:
            yield from found.sorted_out(wanted, lines.taken + 1)
            lines.taken += found.count
        else:
            lines.decode(block)


class _Block:
    """Whole lines, and where their cells lie."""

    def __init__(self, data: bytes, layout: Layout) -> None:
        self._data, self._layout = data, layout
        self._bytes = np.frombuffer(data, dtype=np.uint8)
        newlines = np.flatnonzero(self._bytes == _NEWLINE)
        self._starts = np.concatenate([np.zeros(1, dtype=np.int64), newlines[:-1] + 1])
        self._ends = newlines - self._carriage_returns(newlines)
        self.count = len(newlines)

    def _carriage_returns(self, newlines: Places) -> int:
        """1 where lines end with CR and LF."""
        return int(len(newlines) > 0 and newlines[0] > 0 and self._data[newlines[0] - 1 : newlines[0]] == b"\r")

    @cached_property
    def is_sound(self) -> bool:
        """Whether every line is ASCII, ends alike, and has its quotes around its cells and nowhere else."""
        data, quotes = self._data, self._bytes == _QUOTE
        if not data.endswith(b"\n") or not data.isascii() or b"\0" in data or not self._ends_alike():
            return False
        framed = quotes[self._starts] & quotes[self._ends - 1] & (self._ends - self._starts > 1)
        if not framed.all() or not self._cells_are_whole(quotes):
            return False
        # Every line has two for each of its cells by now, so that none has more if all together have no more.
        return int(np.count_nonzero(quotes)) == 2 * self._layout.width * self.count

    def _ends_alike(self) -> bool:
        # To look for one takes a sixth of the time of counting them.
        if b"\r" not in self._data:
            return True
        return self._data.count(b"\r") == self.count == self._data.count(b"\r\n")

    def _cells_are_whole(self, quotes: Flags) -> bool:
        """Whether each line has as many `","` as there are columns to part, none overlapping another."""
        between = quotes[:-2] & (self._bytes[1:-1] == _COMMA) & quotes[2:]
        if (between[:-2] & between[2:]).any():
            return False
        self._between = np.flatnonzero(between)
        per_line = np.diff(np.searchsorted(self._between, np.append(self._starts, len(self._data))))
        if (per_line != self._layout.width - 1).any():
            return False
        # A quote of the frame may stand beside a comma as well: then it parts nothing.
        first, last = self._places[:, 0], self._places[:, -1]
        return bool((first > self._starts).all() and (last + 2 < self._ends - 1).all())

    def sorted_out(self, wanted: Wanted, first_line: int) -> Iterator[Row | Others]:
        """Those about others in one, then each of the rest."""
        passed = self._in_use(wanted.first_digits) & ~self._with_code(wanted.codes)
        numbers = self._numbers()
        if len(set(numbers.tolist())) < self.count:
            passed[:] = False
        text = numbers[passed].tobytes().decode("ascii")
        npis = tuple(text[place : place + _NPI] for place in range(0, len(text), _NPI))
        yield Others(tuple((np.flatnonzero(passed) + first_line).tolist()), npis)
        for place in np.flatnonzero(~passed).tolist():
            body = self._text(self._starts[place] + 1, self._ends[place] - 1)
            yield Row(first_line + place, body.split(BETWEEN, self._layout.upto), "")

    def _text(self, start: int, end: int) -> str:
        return self._data[start:end].decode("ascii")

    @cached_property
    def _places(self) -> Places:
        return self._between.reshape(self.count, -1)

    def _cell(self, column: int) -> tuple[Places, Places]:
        """Where a cell of each line starts, and its length."""
        starts = self._places[:, column - 1] + 3 if column else self._starts + 1
        ends = self._places[:, column] if column < self._layout.width - 1 else self._ends - 1
        return starts, ends - starts

    def _letters(self, starts: Places, length: int) -> npt.NDArray[np.uint8]:
        """So many bytes from each place; past the end of the data its last byte."""
        found: npt.NDArray[np.uint8] = self._bytes[
            np.minimum(starts[:, None] + np.arange(length), len(self._bytes) - 1)
        ]
        return found

    def _numbers(self) -> npt.NDArray[np.bytes_]:
        """What stands where the NPI is expected."""
        return _joined(self._letters(self._cell(self._layout.index["npi"])[0], _NPI))

    def _in_use(self, first_digits: Collection[str]) -> Flags:
        """Lines with a right NPI and entity type, and without a deactivation date."""
        index = self._layout.index
        entity, entity_length = self._cell(index["entity"])
        kind = self._letters(entity, 1)[:, 0]
        known = (entity_length == 1) & np.isin(kind, np.frombuffer(b"12", dtype=np.uint8))
        in_use: Flags = known & (self._cell(index["deactivated"])[1] == 0) & self._right_npi(first_digits)
        return in_use

    def _right_npi(self, first_digits: Collection[str]) -> Flags:
        """The rules of `domain.npi`, for all lines at once."""
        starts, length = self._cell(self._layout.index["npi"])
        letters = self._letters(starts, _NPI)
        digits = letters.astype(np.int64) - _ZERO
        doubled = 2 * digits[:, 0::2]
        total = _ISSUER + (doubled // 10 + doubled % 10).sum(axis=1) + digits[:, 1::2].sum(axis=1)
        allowed = np.isin(letters[:, 0], np.frombuffer("".join(first_digits).encode(), dtype=np.uint8))
        decimal = ((digits >= 0) & (digits <= 9)).all(axis=1)
        right: Flags = (length == _NPI) & decimal & allowed & (total % 10 == 0)
        return right

    def _with_code(self, codes: frozenset[str]) -> Flags:
        """Lines that have one of the codes."""
        known = np.array(sorted(code.encode() for code in codes), dtype=f"S{_CODE}")
        found = np.zeros(self.count, dtype=bool)
        for column in self._layout.code_columns:
            starts, length = self._cell(column)
            lines = np.flatnonzero(length == _CODE)
            if len(lines):
                found[lines] |= np.isin(_joined(self._letters(starts[lines], _CODE)), known)
        return found


def _joined(letters: npt.NDArray[np.uint8]) -> npt.NDArray[np.bytes_]:
    return np.ascontiguousarray(letters).view(f"S{letters.shape[1]}")[:, 0]
