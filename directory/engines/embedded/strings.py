"""Sorted strings in a mapped blob: found by bisection, never held as Python objects."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from directory.engines.embedded.arrays import Array, Bools, Ints, expand
from directory.engines.embedded.container import Container, ContainerWriter


@dataclass(frozen=True, slots=True)
class Strings:
    """UTF-8 strings one after the other; string i is blob[offsets[i]:offsets[i + 1]].

    Bytes in UTF-8 sort as their code points do, hence as Python's strings and Elasticsearch's keywords.
    """

    blob: Array
    offsets: Array

    def __len__(self) -> int:
        return max(0, len(self.offsets) - 1)

    def at(self, index: int) -> bytes:
        return self.blob[int(self.offsets[index]) : int(self.offsets[index + 1])].tobytes()

    def all_at(self, indices: Array) -> list[bytes]:
        starts, ends = self.offsets[indices].tolist(), self.offsets[indices.astype(np.int64) + 1].tolist()
        blob = self.blob.data
        return [bytes(blob[first:last]) for first, last in zip(starts, ends, strict=True)]

    def first_not_below(self, key: bytes, after: int = 0) -> int:
        """Index of the first string >= key, where it is known to be this one or a later one; the strings are sorted."""
        # Looked at through memoryviews: single numbers come out of them several times faster than out of arrays.
        blob, offsets = self.blob.data, self.offsets.data
        low, high = after, len(self)
        while low < high:
            middle = (low + high) // 2
            if bytes(blob[offsets[middle] : offsets[middle + 1]]) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def all_beginning_with(self, prefix: bytes) -> Iterator[int]:
        """Indices of the sorted strings that begin with the prefix, where they are few: one bisection, then ahead."""
        index = self.first_not_below(prefix)
        while index < len(self) and self.at(index).startswith(prefix):
            yield index
            index += 1

    def find(self, key: bytes) -> int | None:
        """Index of the string, or None."""
        index = self.first_not_below(key)
        return index if index < len(self) and self.at(index) == key else None

    def take(self, order: Ints) -> "Strings":
        """The strings in another order."""
        starts, ends = self.offsets[:-1][order], self.offsets[1:][order]
        offsets = np.zeros(len(order) + 1, np.int64)
        np.cumsum(ends - starts, out=offsets[1:])
        return Strings(_pieces(self.blob, starts, ends), offsets)

    def order(self) -> tuple[Ints, Bools]:
        """Indices in sorted order (equal strings keep theirs), and where in it a string unlike the last begins.

        Memory: a few integers per string.
        """
        order = np.arange(len(self), dtype=np.int64)
        group = np.zeros(len(self), np.int64)
        pending = order.copy()
        depth = 0
        while len(pending):
            pending = self._refine(order, group, pending, depth)
            depth += 8
        return order, group == np.arange(len(self))

    def put(self, writer: ContainerWriter, name: str) -> None:
        writer.put(f"{name}.blob", self.blob)
        writer.put(f"{name}.offsets", self.offsets)

    @classmethod
    def of(cls, container: Container, name: str) -> "Strings":
        return cls(container.array(f"{name}.blob"), container.array(f"{name}.offsets"))

    def _refine(self, order: Ints, group: Ints, pending: Ints, depth: int) -> Ints:
        """Sorts what is still tied by its next eight bytes; returns the places that are tied even then."""
        keys = self._eight(order[pending], depth)
        by = np.lexsort((keys, group[pending]))
        order[pending] = order[pending][by]
        fresh = _run_starts(group[pending], keys[by])
        run = np.cumsum(fresh) - 1
        group[pending] = pending[np.flatnonzero(fresh)][run]
        shared = np.bincount(run)[run] > 1
        ends = self.offsets[1:][order[pending]] - self.offsets[:-1][order[pending]]
        tied: Ints = pending[shared & (ends >= depth + 8)]
        return tied

    def _eight(self, indices: Ints, depth: int) -> Array:
        """Bytes [depth, depth + 8) of the strings as numbers that sort alike; zeros past the end."""
        at = self.offsets[:-1][indices].astype(np.int64) + depth
        ends = self.offsets[1:][indices].astype(np.int64)
        keys = np.zeros(len(indices), np.uint64)
        last = max(0, len(self.blob) - 1)
        for step in range(8):
            letters = self.blob[np.minimum(at + step, last)] if len(self.blob) else np.zeros(len(at), np.uint8)
            keys = (keys << np.uint64(8)) | np.where(at + step < ends, letters, 0).astype(np.uint64)
        return keys


def _run_starts(group: Ints, keys: Array) -> Bools:
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = (group[1:] != group[:-1]) | (keys[1:] != keys[:-1])
    return fresh


def _pieces(blob: Array, starts: Array, ends: Array, chunk: int = 1 << 18) -> Array:
    parts = [blob[expand(starts[a : a + chunk], ends[a : a + chunk])] for a in range(0, len(starts), chunk)]
    return np.concatenate(parts) if parts else np.empty(0, np.uint8)


def packed(texts: list[bytes]) -> Strings:
    """Strings of a list, in its order."""
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    return Strings(np.frombuffer(b"".join(texts), np.uint8), offsets)
