"""One file of named arrays: written once, mapped read-only, every block checksummed.

Layout: a header of 64 bytes (magic, where the table of contents lies, its digest), the arrays, each aligned to 64
bytes, one CRC-32 per block of 1 MiB of what lies between header and table, and the table of contents in JSON. The
digest covers table and checksums, so that opening a file of any size proves its structure by reading a few
kilobytes; the blocks are proved by `damage`, all of them or a sample.
"""

import hashlib
import mmap
import os
import random
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson

from directory.engines.embedded.arrays import Array
from directory.engines.embedded.errors import Damaged

MAGIC = b"BPSEG001"
"""Names the layout of the file; another layout takes another name."""
BLOCK = 1 << 20
_HEADER = struct.Struct("<8sQQQ32s")
_START = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an array lies in the file."""

    dtype: str
    offset: int
    length: int


class ContainerWriter:
    """Writes the arrays one after the other; nothing is valid before `finish`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO = path.open("w+b")
        self._file.write(bytes(_START))
        self._end = _START
        self._entries: dict[str, Entry] = {}

    def put(self, name: str, array: Array) -> None:
        """Stores an array of one dimension."""
        self._begin(name, array.dtype, len(array))
        self._file.write(np.ascontiguousarray(array).data)
        self._end += array.nbytes

    def append(self, name: str, data: bytes) -> None:
        """Adds bytes to the array that is being written; starts it when it is new."""
        if name not in self._entries:
            self._begin(name, np.dtype(np.uint8), 0)
        entry = self._entries[name]
        self._entries[name] = Entry(entry.dtype, entry.offset, entry.length + len(data))
        self._file.write(data)
        self._end += len(data)

    def reserve(self, name: str, dtype: type[np.generic], length: int) -> Array:
        """An array of zeros in the file, to be filled in any order before `finish`."""
        kind = np.dtype(dtype)
        self._begin(name, kind, length)
        self._end += kind.itemsize * length
        self._file.truncate(self._end)
        self._file.seek(self._end)
        if not length:
            return np.empty(0, kind)
        return np.memmap(self._file, kind, "r+", self._entries[name].offset, (length,))

    def finish(self, meta: dict[str, Any]) -> None:
        """Adds checksums and table of contents, and makes the file durable."""
        checksums = np.fromiter(self._checksums(), np.uint32)
        entries = {name: [entry.dtype, entry.offset, entry.length] for name, entry in self._entries.items()}
        table = orjson.dumps({"arrays": entries, "meta": meta})
        self._file.seek(self._end)
        self._file.write(checksums.data)
        self._file.write(table)
        digest = _digest(checksums.tobytes(), table)
        self._file.seek(0)
        self._file.write(_HEADER.pack(MAGIC, self._end, len(checksums), len(table), digest))
        self.close(durably=True)

    def close(self, *, durably: bool = False) -> None:
        if durably:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()

    def _begin(self, name: str, dtype: np.dtype[Any], length: int) -> None:
        padding = -self._end % 64
        self._file.seek(self._end)
        self._file.write(bytes(padding))
        self._end += padding
        self._entries[name] = Entry(dtype.str, self._end, length)

    def _checksums(self) -> Iterable[int]:
        self._file.flush()
        self._file.seek(_START)
        for start in range(_START, self._end, BLOCK):
            yield zlib.crc32(self._file.read(min(BLOCK, self._end - start)))


class Container:
    """A mapped file of arrays. `digest` names its content; `meta` is what the writer said about it.

    Raises Damaged where the file is not, to the byte, what `ContainerWriter.finish` left.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._map = _mapped(path)
        if len(self._map) < _START:
            raise Damaged(f"{path.name} is cut short")
        magic, self._end, count, length, self.digest = _HEADER.unpack_from(self._map)
        if magic != MAGIC or len(self._map) != self._end + 4 * count + length:
            raise Damaged(f"{path.name} is cut short or of another kind")
        table = self._map[self._end + 4 * count :]
        if self.digest != _digest(self._map[self._end : self._end + 4 * count], table):
            raise Damaged(f"the table of contents of {path.name} does not match its checksum")
        self._checksums = np.frombuffer(self._map, np.uint32, count, self._end)
        raw = orjson.loads(table)
        self.meta: dict[str, Any] = raw["meta"]
        self._entries = {name: Entry(*values) for name, values in raw["arrays"].items()}

    @property
    def size(self) -> int:
        return len(self._map)

    @property
    def blocks(self) -> int:
        return len(self._checksums)

    def array(self, name: str) -> Array:
        """The mapped array; empty when the file has none of that name."""
        entry = self._entries.get(name)
        if entry is None:
            return np.empty(0, np.uint8)
        if not entry.length:
            return np.empty(0, np.dtype(entry.dtype))
        return np.frombuffer(self._map, np.dtype(entry.dtype), entry.length, entry.offset)

    def verify(self) -> None:
        """Reads every block. Raises Damaged."""
        self.damage(range(self.blocks))

    def sample(self, most: int) -> None:
        """Reads so many blocks, chosen at random, or all when there are fewer. Raises Damaged."""
        # The choice only spreads the reading: nothing depends on its being hard to guess.
        self.damage(random.sample(range(self.blocks), min(most, self.blocks)))  # nosec B311

    def damage(self, blocks: Iterable[int]) -> None:
        """Reads the blocks, from the file: the map would count them as memory. Raises Damaged when one is wrong."""
        try:
            with self.path.open("rb", buffering=0) as file:
                for block in blocks:
                    if zlib.crc32(self._block(file, block)) != int(self._checksums[block]):
                        raise Damaged(f"block {block} of {self.path.name} does not match its checksum")
        except OSError as error:
            raise Damaged(f"{self.path.name} cannot be read") from error

    def _block(self, file: FileIO, block: int) -> bytes:
        start = _START + block * BLOCK
        file.seek(start)
        return file.read(min(BLOCK, self._end - start))


def _mapped(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise Damaged(f"{path.name} is missing, empty or cannot be read") from error


def _digest(checksums: bytes, table: bytes) -> bytes:
    return hashlib.blake2b(checksums + table, digest_size=32).digest()
