"""Columns that grow while a segment is built and go to disk when they are long, so that memory stays bounded."""

from collections.abc import Iterable, Sized
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from directory.engines.embedded.arrays import Array

_KEEP_BYTES = 1 << 20


class Values(Iterable[Any], Sized, Protocol):
    """As many numbers as it says."""


class Spill:
    """A growing column of numbers of one type. Small ones never touch the disk."""

    def __init__(self, path: Path, dtype: type[np.generic]) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._buffer = bytearray()
        self._spilled = False

    def extend(self, values: Values) -> None:
        """Appends the numbers, in the column's type."""
        of = values if isinstance(values, np.ndarray) else np.fromiter(values, self._dtype, len(values))
        self.append(of.astype(self._dtype, copy=False).tobytes())

    def append(self, data: bytes) -> None:
        """Appends numbers as they lie in memory."""
        self._buffer += data
        if len(self._buffer) >= _KEEP_BYTES:
            self._write()

    def column(self) -> Array:
        """Everything appended, mapped when it is on disk."""
        if not self._spilled:
            return np.frombuffer(bytes(self._buffer), self._dtype)
        self._write()
        return np.memmap(self._path, self._dtype, "r")

    def _write(self) -> None:
        with self._path.open("ab") as file:
            file.write(self._buffer)
        self._spilled = True
        self._buffer.clear()


class Ends:
    """Where each of many things ends that lie one after the other: a column of running sums of their lengths."""

    def __init__(self, path: Path) -> None:
        self._spill = Spill(path, np.uint64)
        self._end = 0

    def extend(self, lengths: Values) -> None:
        ends = np.cumsum(np.fromiter(lengths, np.int64, len(lengths))) + self._end
        if len(ends):
            self._end = int(ends[-1])
        self._spill.extend(ends)

    def offsets(self) -> Array:
        """Thing number i lies from offset i to offset i + 1."""
        return np.concatenate([np.zeros(1, np.uint64), self._spill.column()])


class Numbers(dict[str, int]):
    """Numbers what it is asked for, in the order of first asking."""

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self)
        return number
