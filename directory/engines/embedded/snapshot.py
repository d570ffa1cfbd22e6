"""A state of the index, opened: what one query sees from beginning to end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from directory.engines.embedded.errors import Damaged
from directory.engines.embedded.manifest import Manifest, SegmentFile, folder_of
from directory.engines.embedded.segment import Segment, View

SAMPLED_BLOCKS = 32
"""Blocks of 1 MiB that opening a segment proves: all of a small one, as many at random of a large one."""
SUSPECTED_BLOCKS = 512
"""Blocks that are proved when a query failed in a way that damage might explain."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Views are of the base first, then of the deltas, oldest first. A listing stands in at most one of them."""

    manifest: Manifest
    views: tuple[View, ...]

    @property
    def segments(self) -> Iterator[Segment]:
        return (view.segment for view in self.views)

    def verify(self) -> None:
        """Reads every byte. Raises Damaged where one is wrong."""
        for segment in self.segments:
            segment.container.verify()

    def suspect(self) -> None:
        """Reads as much as can be read within about a second. Raises Damaged."""
        for segment in self.segments:
            segment.container.sample(SUSPECTED_BLOCKS)


def open_snapshot(directory: Path, manifest: Manifest, known: Iterable[Segment]) -> Snapshot:
    """Maps the manifest's files; those that are mapped already are used again. Raises Damaged."""
    folder = folder_of(directory, manifest.generation)
    mapped = {described(segment): segment for segment in known}
    segments = [mapped.get(item) or _opened(folder, item) for item in manifest.segments]
    return Snapshot(manifest, tuple(views_of(segments)))


def described(segment: Segment) -> SegmentFile:
    """The line of a manifest that names the segment."""
    container = segment.container
    return SegmentFile(segment.name, container.size, container.digest.hex(), segment.length)


def views_of(segments: Sequence[Segment]) -> Iterator[View]:
    """What is left of each segment after the newer ones."""
    for at, segment in enumerate(segments):
        killed = [newer.killed(segment.name) for newer in segments[at + 1 :]]
        yield View(segment, np.unique(np.concatenate(killed)).astype(np.int64) if killed else np.empty(0, np.int64))


def _opened(folder: Path, item: SegmentFile) -> Segment:
    try:
        segment = Segment(folder / item.file)
    except (IndexError, KeyError, MemoryError, TypeError, ValueError) as error:
        raise Damaged(f"{item.file} cannot be read by this version") from error
    if described(segment) != item:
        raise Damaged(f"{item.file} is not the file the manifest names")
    segment.container.sample(SAMPLED_BLOCKS)
    return segment
