"""Which versions of which ids a build has seen, in sixteen bytes an id."""

import numpy as np

from directory.engines.embedded.arrays import Array, Ints
from directory.engines.embedded.identifiers import hashed

_RECENT = 1 << 17


class SeenVersions:
    """Tells, batch by batch, which listings are news. Ids are known by 64-bit hashes: it counts, it decides nothing."""

    def __init__(self) -> None:
        self._recent: dict[int, int] = {}
        self._runs: list[tuple[Array, Ints]] = []

    def news(self, ids: list[str], versions: list[int]) -> list[bool]:
        """Whether each version is higher than all that were seen of its id before."""
        keys = [hashed(item) for item in ids]
        older = self._older(np.array(keys, np.uint64)).tolist()
        fresh = []
        for key, version, known in zip(keys, versions, older, strict=True):
            fresh.append(version > max(known, self._recent.get(key, known)))
            if fresh[-1]:
                self._recent[key] = version
        if len(self._recent) >= _RECENT:
            self._store()
        return fresh

    def _older(self, keys: Array) -> Ints:
        known = np.full(len(keys), -1, np.int64)
        for stored, versions in self._runs:
            at = np.minimum(np.searchsorted(stored, keys), len(stored) - 1)
            known = np.maximum(known, np.where(stored[at] == keys, versions[at], -1))
        return known

    def _store(self) -> None:
        """Makes a sorted run of the recent ones, and joins runs of like size."""
        run = _sorted_run(np.fromiter(self._recent.keys(), np.uint64), np.fromiter(self._recent.values(), np.int64))
        self._recent.clear()
        while self._runs and len(self._runs[-1][0]) <= 2 * len(run[0]):
            keys, versions = self._runs.pop()
            run = _sorted_run(np.concatenate([keys, run[0]]), np.concatenate([versions, run[1]]))
        self._runs.append(run)


def _sorted_run(keys: Array, versions: Ints) -> tuple[Array, Ints]:
    order = np.lexsort((versions, keys))
    keys, versions = keys[order], versions[order]
    last = np.append(keys[1:] != keys[:-1], True)
    return keys[last], versions[last]
