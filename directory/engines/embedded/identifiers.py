"""Fields whose tokens grow with the data (identifiers): sorted 64-bit hashes of the tokens beside their documents.

Two different tokens of one field share a hash once in about 10^12 queries at ten million tokens; in return no
dictionary of ten million strings is kept, neither while building nor while serving.
"""

import hashlib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np

from directory.engines.embedded.arrays import Array, Ints, expand
from directory.engines.embedded.container import Container, ContainerWriter
from directory.engines.embedded.docsets import DocSet, Listed, merged
from directory.engines.embedded.spill import Ends, Spill


def digest(text: str) -> bytes:
    """Eight bytes that stand for the text, as they lie in a column of 64-bit numbers."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def hashes(texts: Iterable[str]) -> Array:
    """64 bits that stand for each of the texts."""
    return np.frombuffer(b"".join(map(digest, texts)), "<u8")


class IdentifiersBuilder:
    """Collects the tokens of one open field, in order of arrival."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._hashes = Spill(folder / f"{name}.hashes", np.uint64)
        self._ends = Ends(folder / f"{name}.hash_ends")

    def extend(self, values: Iterable[tuple[str, ...]]) -> None:
        """Adds documents by their tokens."""
        single = [tokens if len(tokens) < 2 else tuple(dict.fromkeys(tokens)) for tokens in values]
        self._hashes.append(b"".join(map(digest, chain.from_iterable(single))))
        self._ends.extend(list(map(len, single)))

    def write(self, writer: ContainerWriter, arrival: Ints) -> None:
        offsets = self._ends.offsets().astype(np.int64)
        starts, ends = offsets[arrival], offsets[arrival + 1]
        hashes = self._hashes.column()[expand(starts, ends)]
        docs = np.repeat(np.arange(len(arrival), dtype=np.uint32), ends - starts)
        order = np.argsort(hashes, kind="stable")
        writer.put(f"{self.name}.hashes", hashes[order])
        writer.put(f"{self.name}.docs", docs[order])


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
        key = hashes((token,))[0]
        return self._docs[slice(*(np.searchsorted(self._hashes, key, side) for side in ("left", "right")))]
