"""Columns that grow while a segment is built and go to disk when they are long, so that memory stays bounded."""

from array import array
from pathlib import Path
from typing import Any

import numpy as np

from directory.engines.embedded.arrays import Array

_KEEP_BYTES = 1 << 20


class Spill:
    """A growing column of numbers (`typecode` as in the array module) or bytes ("B").

    Small ones never touch the disk. Callers may append to `buffer` directly and call `settle` now and then.
    """

    def __init__(self, path: Path, typecode: str) -> None:
        self._path = path
        self._spilled = False
        self.buffer: array[Any] = array(typecode)

    def settle(self) -> None:
        """Writes the buffer to disk when it is long."""
        if len(self.buffer) * self.buffer.itemsize >= _KEEP_BYTES:
            self._write()

    def column(self) -> Array:
        """Everything appended, mapped when it is on disk."""
        dtype = np.dtype(self.buffer.typecode)
        if not self._spilled:
            return np.frombuffer(self.buffer, dtype) if self.buffer else np.empty(0, dtype)
        self._write()
        return np.memmap(self._path, dtype, "r")

    def discard(self) -> None:
        if self._spilled:
            self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        with self._path.open("ab") as file:
            self.buffer.tofile(file)
        self._spilled = True
        del self.buffer[:]
