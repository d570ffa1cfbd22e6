"""The reader. Any number of processes may serve from one directory while one indexer writes."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from directory.domain.errors import EngineUnavailable
from directory.engines.embedded import searching
from directory.engines.embedded.errors import Damaged
from directory.engines.embedded.manifest import POINTER, Manifest, live_manifest, published_manifests
from directory.engines.embedded.snapshot import Snapshot, open_snapshot
from directory.search.engine import Readiness
from directory.search.listing import Listing
from directory.search.query import Query
from directory.search.result import Result

NAME = "embedded"
_Answer = TypeVar("_Answer")
_TRIES = 20
_Stamp = tuple[int, int, int]


class EmbeddedEngine:
    """Answers from the generation that the directory's pointer names.

    One `stat` per query tells whether the pointer moved; a query in flight ends on the state it began with. A damaged
    state is set aside and the generation before it is served, which `readiness().detail` says.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._pointer = directory / POINTER
        self._lock = threading.Lock()
        self._stamp: _Stamp | None = None
        self._snapshot: Snapshot | None = None
        self._detail = ""
        self._damaged: set[int] = set()

    def search(self, query: Query) -> Result:
        return self._answer(lambda state: searching.search(state.views, query, state.manifest.generation))

    def of_subject(self, subject: str, today: date) -> tuple[Listing, ...]:
        return self._answer(lambda state: searching.of_subject(state.views, subject, today))

    def get(self, ids: Sequence[str], today: date) -> tuple[Listing, ...]:
        return self._answer(lambda state: searching.get(state.views, ids, today))

    def readiness(self) -> Readiness:
        try:
            manifest = self._current().manifest
        except EngineUnavailable as error:
            return Readiness(ready=False, engine=NAME, detail=str(error))
        return Readiness(True, NAME, manifest.generation, manifest.listings, self._detail)

    def state(self) -> str:
        """Names what is served now: another name after every change. Raises EngineUnavailable."""
        manifest = self._current().manifest
        return f"{manifest.generation}.{manifest.sequence}"

    def _answer(self, ask: Callable[[Snapshot], _Answer]) -> _Answer:
        state = self._current()
        try:
            return ask(state)
        except (Damaged, IndexError, ValueError) as error:
            self._set_aside(state, error)
        try:
            return ask(self._current())
        except Damaged as error:
            raise EngineUnavailable(f"The search index is damaged ({error}): run `indexer rebuild`.") from error

    def _set_aside(self, state: Snapshot, error: Exception) -> None:
        """Marks the state as damaged. Raises the error again where the files are whole: then the code is at fault."""
        if not isinstance(error, Damaged):
            try:
                state.suspect()
            except Damaged:
                pass
            else:
                raise error
        with self._lock:
            self._damaged.add(state.manifest.sequence)
            self._stamp = None

    def _current(self) -> Snapshot:
        stamp = self._pointer_stamp()
        snapshot = self._snapshot
        if snapshot is not None and stamp == self._stamp:
            return snapshot
        with self._lock:
            return self._switched()

    def _switched(self) -> Snapshot:
        """Opens what the pointer names now, again while it moves on and its old files go."""
        for _ in range(_TRIES):
            stamp = self._pointer_stamp()
            if self._snapshot is not None and stamp == self._stamp:
                return self._snapshot
            wrong: list[str] = []
            snapshot = self._opened(wrong)
            if stamp == self._pointer_stamp() or (snapshot is not None and not wrong):
                return self._took(stamp, snapshot, wrong)
        raise EngineUnavailable("The search index changes faster than it can be opened: try again.", retry_after=1)

    def _took(self, stamp: _Stamp, snapshot: Snapshot | None, wrong: Sequence[str]) -> Snapshot:
        said = "; ".join(wrong)
        self._snapshot, self._stamp = snapshot, stamp
        if snapshot is None and wrong:
            raise EngineUnavailable(f"The search index is damaged ({said}): run `indexer rebuild`.")
        if snapshot is None:
            raise EngineUnavailable("There is no search index yet: run `indexer rebuild`.")
        answers = f"Generation {snapshot.manifest.generation} answers instead: run `indexer rebuild`."
        self._detail = f"The search index is damaged ({said}). {answers}" if wrong else ""
        return snapshot

    def _pointer_stamp(self) -> _Stamp:
        try:
            found = self._pointer.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def _opened(self, wrong: list[str]) -> Snapshot | None:
        """The newest state that is whole; adds to `wrong` what the newer ones suffer from."""
        known = () if self._snapshot is None else tuple(self._snapshot.segments)
        for manifest in self._states(wrong):
            if manifest.sequence in self._damaged:
                wrong.append(f"generation {manifest.generation} failed while it was read")
                continue
            try:
                return open_snapshot(self._directory, manifest, known)
            except Damaged as error:
                wrong.append(str(error))
        return None

    def _states(self, wrong: list[str]) -> Iterator[Manifest]:
        """The live state, then the generation kept for recovery; all there are where the pointer is damaged."""
        try:
            live = live_manifest(self._directory)
        except Damaged as error:
            wrong.append(str(error))
            yield from published_manifests(self._directory)
            return
        if live is not None:
            yield live
            yield from (item for item in published_manifests(self._directory) if item.generation == live.previous)
