"""Keeping a generation apart from its index, and bringing it back beside the live one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from directory.search.document import Making
from directory.search.index import Archive, Index, Snapshot
from directory.search.source import ListingSource
from indexer.publishing import Filled, Published, publish
from indexer.publishing import as_lines as published_lines
from indexer.reporting import BYTES, Reporter
from indexer.sync import fits


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot of an engine's index, and where it lies."""

    engine: str
    where: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    snapshot: Snapshot
    published: Published


def default_name(now: datetime) -> str:
    """A name that sorts by time."""
    return f"{now:%Y%m%d-%H%M%S}"


def take(index: Index, archive: Archive, name: str, reporter: Reporter) -> Kept:
    """Keeps the live generation. It holds the lock: changes wait in the outbox, so that the position is exact.

    Raises LockHeld, EngineUnavailable, InvalidInput.
    """
    with index.lock(), reporter.task(f"Keeping {index.name} as {name}", None, BYTES) as advance:
        return Kept(index.name, archive.where, archive.take(name, advance))


def drop(index: Index, archive: Archive, name: str) -> None:
    """Deletes a snapshot. Raises LockHeld, EngineUnavailable, InvalidInput."""
    with index.lock():
        archive.drop(name)


def restore(
    source: ListingSource,
    index: Index,
    archive: Archive,
    name: str,
    making: Making,
    reporter: Reporter,
    *,
    force: bool = False,
) -> Restored:
    """Brings a snapshot back as a new generation, replays all that changed since it was taken, and switches.

    So nobody who left meanwhile comes back, not even for a moment. The live generation serves until then and stays when
    anything fails. Raises RebuildNeeded where the snapshot was made with another vocabulary, mapping or folding, or is
    ahead of the records; LockHeld, EngineUnavailable, InvalidInput, RecordsUnavailable, FencedOut, and PromotionRefused
    unless `force` is set.
    """
    with index.lock():
        kept = archive.find(name)
        fits(kept.generation, f"snapshot {name}", source, making)

        def fill() -> Filled:
            with reporter.task(f"Restoring {index.name} from {name}", None, BYTES) as advance:
                return Filled(archive.restore(name, advance), kept.generation.position)

        return Restored(kept, publish(index, fill, source, making, force=force))


def kept_lines(engine: str, where: str, there: Sequence[Snapshot]) -> list[str]:
    """The snapshots of an engine, for people."""
    if not there:
        return [f"{engine}: no snapshots in {where}"]
    return [f"{engine}: {len(there):,} in {where}", *(f"  {_line(item)}" for item in there)]


def kept_data(engine: str, where: str, there: Sequence[Snapshot]) -> dict[str, Any]:
    """The same for programs."""
    return {"engine": engine, "where": where, "snapshots": [asdict(item) for item in there]}


def _line(item: Snapshot) -> str:
    held = item.generation
    return (
        f"{item.name}: taken {item.taken_at[:16]}, {held.listings:,} listings of {held.name}, "
        f"complete up to revision {held.position:,}"
    )


def taken_lines(done: Kept) -> list[str]:
    """What was kept, for people."""
    return [f"{done.engine}: {_line(done.snapshot)}; in {done.where}"]


def as_lines(done: Restored) -> list[str]:
    """What a restore did, for people."""
    lead = f"{done.published.engine}: restored {_line(done.snapshot)}"
    return [lead, *published_lines(done.published)]
