"""A generation while it is built beside the live one."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

from directory.engines.embedded.builder import SegmentBuilder, misfit, objection
from directory.engines.embedded.disk import naming_faults, sync_folder
from directory.engines.embedded.edits import Edit
from directory.engines.embedded.manifest import SegmentFile
from directory.engines.embedded.seen import SeenVersions
from directory.engines.embedded.segment import Segment
from directory.engines.embedded.snapshot import described, views_of
from directory.search.index import Applied, Change, Generation, Refused
from directory.search.listing import Listing

BASE = "base.seg"
_BATCH = 8_192
_EDIT_LIMIT = 50_000


class EmbeddedDraft:
    """Listings stream into the base segment; from the first replayed change on, changes go into deltas above it."""

    def __init__(self, folder: Path, fingerprint: str, created_at: str, restored: int | None = None) -> None:
        """`restored` is the sequence of a state that the folder holds already: new deltas then come after its own."""
        folder.mkdir(parents=True, exist_ok=restored is not None)
        self.name = folder.name
        self.folder = folder
        self.fingerprint = fingerprint
        self.created_at = created_at
        self.finished: Generation | None = None
        self._base: SegmentBuilder | None = None
        self._seen = SeenVersions()
        self._segments: list[Segment] = []
        self._edit = Edit(())
        self._sequence = restored or 0
        if restored is None:
            self._base = SegmentBuilder(folder / BASE, folder / "scratch")
        else:
            self._reopen()

    def add(self, listings: Iterable[Listing]) -> Applied:
        self.finished = None
        incoming = iter(listings)
        total = Applied()
        while batch := list(islice(incoming, _BATCH)):
            with naming_faults():
                total = _sum(total, self._edited(self._edit.add(batch)) if self._base is None else self._stream(batch))
        return total

    def apply(self, changes: Sequence[Change]) -> Applied:
        self.finished = None
        with naming_faults():
            self._seal()
            return self._edited(self._edit.apply(changes))

    def finish(self, position: int) -> Generation:
        with naming_faults():
            self._seal()
            self._flush()
            for segment in self._segments:
                segment.container.verify()
            sync_folder(self.folder)
            sync_folder(self.folder.parent)
        listings = sum(view.listings for view in views_of(self._segments))
        self.finished = Generation(self.name, listings, position, self.fingerprint, self.created_at)
        return self.finished

    @property
    def sequence(self) -> int:
        """At least the number of every segment's file, so that a later one takes no name that is taken."""
        return self._sequence + len(self._segments)

    def files(self) -> tuple[SegmentFile, ...]:
        """The finished draft's segments."""
        return tuple(described(segment) for segment in self._segments)

    def discard(self) -> None:
        """Removes everything that was written."""
        if self._base is not None:
            self._base.abandon()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stream(self, batch: list[Listing]) -> Applied:
        """What is not Unicode shows when a batch is encoded: then each listing of it is tried alone."""
        if self._base is None:
            raise RuntimeError("The base of this draft is sealed.")
        fit, refused = _parted(batch, misfit)
        try:
            self._base.extend(fit)
        except UnicodeEncodeError:
            fit, refused = _parted(batch, objection)
            self._base.extend(fit)
        news = self._seen.news([item.id for item in fit], [item.version for item in fit])
        return Applied(upserted=news, stale=len(fit) - news, refused=refused)

    def _seal(self) -> None:
        if self._base is not None:
            self._base.seal()
            self._base = None
            self._seen = SeenVersions()
            self._reopen()

    def _edited(self, applied: Applied) -> Applied:
        if len(self._edit) > _EDIT_LIMIT:
            self._flush()
        return applied

    def _flush(self) -> None:
        if len(self._edit):
            self._edit.write(self.folder / f"delta-{self.sequence:08d}.seg", self.folder / "scratch")
            self._reopen()

    def _reopen(self) -> None:
        self._segments = [Segment(path) for path in sorted(self.folder.glob("*.seg"))]
        self._edit = Edit(tuple(views_of(self._segments)))


def _parted(batch: Iterable[Listing], objection: Callable[[Listing], str]) -> tuple[list[Listing], tuple[Refused, ...]]:
    """Those that nothing is found against, and the others with what is."""
    fit: list[Listing] = []
    refused: list[Refused] = []
    for listing in batch:
        if reason := objection(listing):
            refused.append(Refused(listing.id, reason))
        else:
            fit.append(listing)
    return fit, tuple(refused)


def _sum(a: Applied, b: Applied) -> Applied:
    return Applied(a.upserted + b.upserted, a.deleted + b.deleted, a.stale + b.stale, a.refused + b.refused)
