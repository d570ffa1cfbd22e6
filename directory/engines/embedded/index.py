"""The writer: generations beside each other, one pointer, one writer at a time."""

import heapq
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from directory.domain.errors import EngineUnavailable, FencedOut, LockHeld
from directory.engines.embedded.disk import naming_faults, replace_durably
from directory.engines.embedded.draft import EmbeddedDraft
from directory.engines.embedded.edits import Edit, first_to_merge, merge, standing_listings
from directory.engines.embedded.errors import Damaged
from directory.engines.embedded.manifest import (
    GENERATIONS,
    Manifest,
    folder_of,
    live_manifest,
    publish,
    published_manifests,
)
from directory.engines.embedded.segment import Segment, View
from directory.engines.embedded.snapshot import Snapshot, described, open_snapshot
from directory.search.index import Applied, Change, Contents, Draft, Entry, Generation
from directory.search.listing import Listing

_LOCK = "writer.lock"
_FENCE = "fence"
_ENTRIES_AT_ONCE = 1 << 16


class EmbeddedIndex:
    """Writes the generations of one directory. `clock` gives the time, with its zone, that generations carry."""

    name = "embedded"

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        self._directory = directory
        self._clock = clock
        self._drafts: dict[str, EmbeddedDraft] = {}
        self._token: int | None = None
        self._snapshot: Snapshot | None = None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Takes the next fencing token together with the lock; a writer with an older token publishes nothing."""
        with naming_faults():
            self._directory.mkdir(parents=True, exist_ok=True)
            lock = _acquired(self._directory / _LOCK)
        try:
            with naming_faults():
                self._token = self._next_token()
            yield
        finally:
            self._token = None
            lock.release()

    def live(self) -> Generation | None:
        manifest = self._live()
        return None if manifest is None else manifest.as_generation()

    def draft(self, fingerprint: str) -> EmbeddedDraft:
        created = self._clock().astimezone(UTC)
        with naming_faults():
            draft = EmbeddedDraft(self._new_folder(created), fingerprint, created.isoformat())
        self._drafts[draft.name] = draft
        return draft

    def restored(self, state: Manifest, fill: Callable[[Path], None]) -> EmbeddedDraft:
        """A draft that begins as this state, whose segments `fill` puts into the folder that it is given."""
        folder = self._new_folder(self._clock().astimezone(UTC))
        with naming_faults():
            folder.mkdir(parents=True)
            try:
                fill(folder)
                draft = EmbeddedDraft(folder, state.fingerprint, state.created_at, state.sequence)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        self._drafts[draft.name] = draft
        return draft

    def state(self) -> tuple[Manifest, Path]:
        """The live state, and the folder of its segments. Raises EngineUnavailable where none is whole."""
        manifest = self._opened().manifest
        return manifest, folder_of(self._directory, manifest.generation)

    def promote(self, draft: Draft) -> Generation:
        ours = self._drafts[draft.name]
        if ours.finished is None:
            raise ValueError(f"generation {draft.name} is not finished")
        with self._exclusive(), naming_faults():
            live = self._live()
            manifest = Manifest(
                sequence=max(self._last_sequence(), ours.sequence) + 1,
                previous=self._worth_keeping(live),
                segments=ours.files(),
                **_as_fields(ours.finished),
            )
            self._publish(manifest)
        del self._drafts[draft.name]
        return ours.finished

    def discard(self, draft: Draft) -> None:
        ours = self._drafts.pop(draft.name, None)
        live = self._live()
        # What failed after the pointer was replaced is live.
        if ours is not None and (live is None or live.generation != ours.name):
            ours.discard()

    def reap(self) -> tuple[str, ...]:
        with self._exclusive(), naming_faults():
            live = self._live()
            kept = set() if live is None else {live.generation, live.previous}
            left = [path for path in self._folders() if path.name not in kept]
            for path in left:
                shutil.rmtree(path)
            if live is not None:
                self._sweep(live, live)
        return tuple(path.name for path in left)

    def apply(self, changes: Sequence[Change], position: int) -> Applied:
        with self._exclusive(), naming_faults():
            snapshot = self._opened()
            edit = Edit(snapshot.views)
            applied = edit.apply(changes)
            manifest = replace(
                snapshot.manifest,
                sequence=self._last_sequence() + 1,
                position=position,
                listings=snapshot.manifest.listings + edit.balance(),
            )
            segments = list(snapshot.segments)
            if len(edit):
                segments = self._with_delta(manifest, segments, edit)
            manifest = replace(manifest, segments=tuple(described(segment) for segment in segments))
            self._publish(manifest)
            self._sweep(manifest, snapshot.manifest)
        return applied

    def entries(self) -> Iterator[Entry]:
        with _naming_damage():
            yield from heapq.merge(*(_entries(view) for view in self._opened().views), key=lambda entry: entry.id)

    @contextmanager
    def contents(self) -> Iterator[Contents]:
        """Segments stay mapped until the end, so that it is no matter what becomes of their files."""
        snapshot = self._opened()
        yield Contents(snapshot.manifest.as_generation(), _standing(snapshot.views))

    def verify(self) -> tuple[str, ...]:
        """Reads every byte of the live generation; says what is damaged, nothing when all is well."""
        try:
            manifest = live_manifest(self._directory)
            if manifest is not None:
                open_snapshot(self._directory, manifest, ()).verify()
        except Damaged as error:
            return (str(error),)
        return ()

    def _with_delta(self, manifest: Manifest, segments: list[Segment], edit: Edit) -> list[Segment]:
        """The segments and one more, or fewer where they had become too many."""
        folder = folder_of(self._directory, manifest.generation)
        scratch = folder / "scratch"
        path = folder / f"delta-{manifest.sequence:08d}.seg"
        edit.write(path, scratch)
        segments = [*segments, Segment(path)]
        first = first_to_merge([segment.length for segment in segments])
        if first is None:
            return segments
        joined = folder / f"{'delta' if first else 'base'}-{manifest.sequence:08d}-merged.seg"
        merge(segments, first, joined, scratch)
        return [*segments[:first], Segment(joined)]

    def _opened(self) -> Snapshot:
        """The live state. Raises EngineUnavailable where there is none, or none that is whole."""
        try:
            manifest = live_manifest(self._directory)
            if manifest is None:
                raise EngineUnavailable("There is no search index yet: run `indexer rebuild`.")
            if self._snapshot is None or self._snapshot.manifest != manifest:
                known = () if self._snapshot is None else self._snapshot.segments
                self._snapshot = open_snapshot(self._directory, manifest, known)
        except Damaged as error:
            raise EngineUnavailable(f"The search index is damaged ({error}): run `indexer rebuild`.") from error
        return self._snapshot

    def _live(self) -> Manifest | None:
        """What the pointer names or, where it is damaged, the newest state that was ever live."""
        try:
            return live_manifest(self._directory)
        except Damaged:
            return next(iter(published_manifests(self._directory)), None)

    def _worth_keeping(self, live: Manifest | None) -> str:
        """The generation to fall back on: the live one or, where that is damaged, the one before it."""
        if live is None:
            return ""
        try:
            open_snapshot(self._directory, live, ())
        except Damaged:
            return live.previous
        return live.generation

    def _publish(self, manifest: Manifest) -> None:
        if self._token != self._fence():
            raise FencedOut("Another indexer took over while this one was paused: nothing was published.")
        publish(self._directory, manifest)

    def _exclusive(self) -> AbstractContextManager[None]:
        return self.lock() if self._token is None else nullcontext()

    def _fence(self) -> int:
        try:
            return int((self._directory / _FENCE).read_bytes())
        except (FileNotFoundError, ValueError):
            return 0

    def _next_token(self) -> int:
        token = self._fence() + 1
        replace_durably(self._directory / _FENCE, str(token).encode())
        return token

    def _folders(self) -> list[Path]:
        return sorted(path for path in (self._directory / GENERATIONS).glob("*") if path.is_dir())

    def _new_folder(self, created: datetime) -> Path:
        return folder_of(self._directory, f"{self._next_number():06d}-{created:%Y%m%dT%H%M%SZ}")

    def _next_number(self) -> int:
        numbers = [int(found[0]) for path in self._folders() if (found := re.match(r"\d+", path.name))]
        return max(numbers, default=0) + 1

    def _last_sequence(self) -> int:
        known = [manifest.sequence for manifest in published_manifests(self._directory)]
        live = self._live()
        return max([*known, 0 if live is None else live.sequence])

    def _sweep(self, live: Manifest, before: Manifest) -> None:
        """Removes segment files that neither state names. One that a reader is just opening may be of the last."""
        named = {item.file for item in (*live.segments, *before.segments)}
        folder = folder_of(self._directory, live.generation)
        for path in folder.glob("*.seg"):
            if path.name not in named:
                path.unlink()
        shutil.rmtree(folder / "scratch", ignore_errors=True)


def _acquired(path: Path) -> FileLock:
    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockHeld("Another indexer is at work on this index: wait until it is done.") from error
    return lock


def _as_fields(finished: Generation) -> dict[str, Any]:
    return {
        "generation": finished.name,
        "fingerprint": finished.fingerprint,
        "created_at": finished.created_at,
        "position": finished.position,
        "listings": finished.listings,
    }


def _standing(views: Sequence[View]) -> Iterator[Listing]:
    with _naming_damage():
        yield from standing_listings(views)


@contextmanager
def _naming_damage() -> Iterator[None]:
    try:
        yield
    except Damaged as error:
        raise EngineUnavailable(f"The search index is damaged ({error}): run `indexer rebuild`.") from error


def _entries(view: View) -> Iterator[Entry]:
    segment = view.segment
    for first in range(0, segment.length, _ENTRIES_AT_ONCE):
        for rank, doc in enumerate(segment.by_id[first : first + _ENTRIES_AT_ONCE].tolist(), first):
            if view.holds(doc):
                yield Entry(segment.ids.at(rank).decode(), int(segment.versions[doc]), segment.digest_of(doc))
