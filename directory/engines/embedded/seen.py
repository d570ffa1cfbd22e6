"""Which versions of which ids a build has seen, in sixteen bytes an id."""

from collections.abc import Sequence

import numpy as np

from directory.engines.embedded.arrays import Array, Ints
from directory.engines.embedded.identifiers import hashes


class SeenVersions:
    """Counts which listings of a batch are news. Ids are known by 64-bit hashes: it counts, it decides nothing."""

    def __init__(self) -> None:
        self._runs: list[tuple[Array, Ints]] = []

    def news(self, ids: Sequence[str], versions: Sequence[int]) -> int:
        """How many of the versions are higher than all that were seen of their ids before, one after the other."""
        keys, numbers = hashes(ids), np.array(versions, np.int64)
        if not len(keys):
            return 0
        order = np.argsort(keys, kind="stable")
        keys, numbers = keys[order], numbers[order]
        best = np.maximum(self._older(keys), _earlier(keys, numbers))
        fresh = numbers > best
        self._store(keys[fresh], numbers[fresh])
        return int(np.count_nonzero(fresh))

    def _older(self, keys: Array) -> Ints:
        """The highest version of each key in earlier batches, or -1."""
        known = np.full(len(keys), -1, np.int64)
        for stored, versions in self._runs:
            at = np.minimum(np.searchsorted(stored, keys), len(stored) - 1)
            known = np.maximum(known, np.where(stored[at] == keys, versions[at], -1))
        return known

    def _store(self, keys: Array, versions: Ints) -> None:
        """Makes a sorted run, and joins runs of like size."""
        if not len(keys):
            return
        run = _sorted_run(keys, versions)
        while self._runs and len(self._runs[-1][0]) <= 2 * len(run[0]):
            earlier, numbers = self._runs.pop()
            run = _sorted_run(np.concatenate([earlier, run[0]]), np.concatenate([numbers, run[1]]))
        self._runs.append(run)


def _earlier(keys: Array, versions: Ints) -> Ints:
    """For each of the sorted keys the highest version before it among equal keys, or -1."""
    highest = np.full(len(keys), -1, np.int64)
    for at in np.flatnonzero(keys[1:] == keys[:-1]).tolist():
        highest[at + 1] = max(int(highest[at]), int(versions[at]))
    return highest


def _sorted_run(keys: Array, versions: Ints) -> tuple[Array, Ints]:
    order = np.lexsort((versions, keys))
    keys, versions = keys[order], versions[order]
    last = np.append(keys[1:] != keys[:-1], True)
    return keys[last], versions[last]
