"""Snapshots of generations: copies of their files in a folder of their own, on another disk if need be.

A segment never changes, so a snapshot is the segments that one manifest names, and that manifest. Each copy is read
back against its checksums before it counts.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from directory.domain.errors import EngineUnavailable, InvalidInput
from directory.engines.embedded.disk import naming_faults, replace_durably, sync_folder
from directory.engines.embedded.draft import EmbeddedDraft
from directory.engines.embedded.errors import Damaged
from directory.engines.embedded.index import EmbeddedIndex
from directory.engines.embedded.manifest import Manifest, SegmentFile, manifest_in, write_manifest
from directory.engines.embedded.segment import Segment
from directory.engines.embedded.snapshot import described
from directory.search.index import Advance, Snapshot, snapshot_name

_BLOCK = 8 << 20
_TAKEN = "taken_at"
_UNFINISHED = ".unfinished-"


class EmbeddedArchive:
    """Implements `directory.search.index.Archive` with one folder a snapshot. `clock` gives the time with its zone."""

    def __init__(self, index: EmbeddedIndex, folder: Path, clock: Callable[[], datetime]) -> None:
        self._index = index
        self._folder = folder
        self._clock = clock
        self.where = str(folder)

    def take(self, name: str, advance: Advance) -> Snapshot:
        folder = self._folder / snapshot_name(name)
        if folder.exists():
            raise InvalidInput(f"There is a snapshot called {name} already: drop it, or choose another name.", "name")
        manifest, source = self._index.state()
        taken_at = self._clock().astimezone(UTC).isoformat()
        with naming_faults():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._clear()
            draft = self._folder / f"{_UNFINISHED}{name}"
            draft.mkdir()
            try:
                _copy(manifest, source, draft, advance)
                write_manifest(draft, manifest)
                replace_durably(draft / _TAKEN, taken_at.encode())
                draft.rename(folder)
            except BaseException:
                # What is left of it may be what filled the disk.
                shutil.rmtree(draft, ignore_errors=True)
                raise
            sync_folder(self._folder)
        return Snapshot(name, manifest.as_generation(), taken_at)

    def snapshots(self) -> tuple[Snapshot, ...]:
        return tuple(sorted(self._whole(), key=lambda item: (item.taken_at, item.name), reverse=True))

    def find(self, name: str) -> Snapshot:
        folder = self._existing(name)
        try:
            return _read(folder)
        except (OSError, Damaged) as error:
            raise _damaged(name, error) from error

    def restore(self, name: str, advance: Advance) -> EmbeddedDraft:
        folder = self._existing(name)
        try:
            manifest = manifest_in(folder)
            return self._index.restored(manifest, partial(_copy, manifest, folder, advance=advance))
        except Damaged as error:
            raise _damaged(name, error) from error
        except EngineUnavailable as error:
            if isinstance(error.__cause__, Damaged):
                raise _damaged(name, error.__cause__) from error
            raise

    def drop(self, name: str) -> None:
        with naming_faults():
            shutil.rmtree(self._existing(name))

    def _existing(self, name: str) -> Path:
        folder = self._folder / snapshot_name(name)
        if not folder.is_dir():
            known = ", ".join(item.name for item in self.snapshots()) or "none"
            raise InvalidInput(f"There is no snapshot called {name} in {self.where}; there are: {known}.", "name")
        return folder

    def _whole(self) -> Iterator[Snapshot]:
        for folder in self._folder.glob("[!.]*"):
            try:
                yield _read(folder)
            except (OSError, Damaged):
                continue

    def _clear(self) -> None:
        """Removes what a crash left. Whoever takes a snapshot holds the index's lock, so nobody is at work on it."""
        for folder in self._folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(folder)


def _read(folder: Path) -> Snapshot:
    taken_at = (folder / _TAKEN).read_text(encoding="ascii")
    return Snapshot(folder.name, manifest_in(folder).as_generation(), taken_at)


def _copy(manifest: Manifest, source: Path, target: Path, advance: Advance) -> None:
    """Raises Damaged where a segment is not, to the byte, what the manifest names."""
    for item in manifest.segments:
        _copy_file(source / item.file, target / item.file, advance)
        _prove(target / item.file, item)
    sync_folder(target)


def _copy_file(source: Path, target: Path, advance: Advance) -> None:
    with source.open("rb") as reading, target.open("xb") as writing:
        while block := reading.read(_BLOCK):
            writing.write(block)
            advance(len(block))
        writing.flush()
        os.fsync(writing.fileno())


def _prove(path: Path, item: SegmentFile) -> None:
    segment = Segment(path)
    if described(segment) != item:
        raise Damaged(f"{item.file} is not the file the manifest names")
    segment.container.verify()


def _damaged(name: str, error: Exception) -> EngineUnavailable:
    return EngineUnavailable(f"Snapshot {name} is damaged ({error}): restore another, or run `indexer rebuild`.")
