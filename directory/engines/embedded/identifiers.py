"""Fields whose tokens grow with the data (identifiers): sorted 64-bit hashes of the tokens beside their documents.

Two different tokens of one field share a hash once in about 10^12 queries at ten million tokens; in return no
dictionary of ten million strings is kept, neither while building nor while serving.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from directory.engines.embedded.arrays import Array, Ints, expand
from directory.engines.embedded.container import Container, ContainerWriter
from directory.engines.embedded.docsets import DocSet, Listed, merged
from directory.engines.embedded.spill import Spill


def hashed(text: str) -> int:
    """64 bits that stand for the text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class IdentifiersBuilder:
    """Collects the tokens of one open field, in order of arrival."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._hashes = Spill(folder / f"{name}.hashes", "Q")
        self._ends = Spill(folder / f"{name}.hash_ends", "Q")
        self._end = 0

    def add(self, tokens: tuple[str, ...]) -> None:
        found = [hashed(token) for token in dict.fromkeys(tokens)]
        self._hashes.buffer.extend(found)
        self._end += len(found)
        self._ends.buffer.append(self._end)

    def settle(self) -> None:
        self._hashes.settle()
        self._ends.settle()

    def write(self, writer: ContainerWriter, arrival: Ints) -> None:
        offsets = np.concatenate([np.zeros(1, np.uint64), self._ends.column()]).astype(np.int64)
        starts, ends = offsets[arrival], offsets[arrival + 1]
        hashes = self._hashes.column()[expand(starts, ends)]
        docs = np.repeat(np.arange(len(arrival), dtype=np.uint32), ends - starts)
        order = np.argsort(hashes, kind="stable")
        writer.put(f"{self.name}.hashes", hashes[order])
        writer.put(f"{self.name}.docs", docs[order])

    def discard(self) -> None:
        self._hashes.discard()
        self._ends.discard()


class IdentifiersColumn:
    """One open field of a mapped segment of so many documents."""

    def __init__(self, container: Container, name: str, length: int) -> None:
        self._length = length
        self._hashes = container.array(f"{name}.hashes")
        self._docs = container.array(f"{name}.docs")

    def holding(self, any_of: Iterable[str]) -> DocSet:
        """Documents that hold any of the tokens."""
        lists = [self._docs_of(token) for token in any_of]
        return Listed(lists[0]) if len(lists) == 1 else merged(lists, self._length)

    def _docs_of(self, token: str) -> Array:
        key = np.uint64(hashed(token))
        return self._docs[slice(*(np.searchsorted(self._hashes, key, side) for side in ("left", "right")))]
