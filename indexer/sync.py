"""Bringing an index up to date with the records: once, or for as long as it is asked to."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from directory.domain.errors import (
    DirectoryError,
    EngineUnavailable,
    FencedOut,
    LockHeld,
    PromotionRefused,
    RecordsUnavailable,
)
from directory.search.document import Making
from directory.search.index import Applied, Generation, Index, Refused
from directory.search.source import ListingSource
from indexer.changes import pending
from indexer.garbage import rarely_collected
from indexer.reporting import Reporter

LONGEST_WAIT_S = 60.0
_TRIED_AGAIN = (EngineUnavailable, RecordsUnavailable, LockHeld, FencedOut, PromotionRefused)


class RebuildNeeded(DirectoryError):
    """The index cannot be brought up to date change by change."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What one drain of the outbox did; `position` is the revision up to which the index is complete."""

    engine: str
    position: int
    upserted: int = 0
    deleted: int = 0
    stale: int = 0
    refused: tuple[Refused, ...] = ()

    @property
    def changed(self) -> int:
        return self.upserted + self.deleted


def sync(source: ListingSource, index: Index, making: Making) -> Synced:
    """Applies every change since the index's own position, under its lock.

    Raises RebuildNeeded, LockHeld, EngineUnavailable, RecordsUnavailable, FencedOut.
    """
    with index.lock():
        return drain(source, index, making)


def drain(source: ListingSource, index: Index, making: Making, stopped: Callable[[], bool] = lambda: False) -> Synced:
    """The same for a caller that holds the lock. It ends early, at a position that is kept, once `stopped`."""
    done = Synced(index.name, usable(source, index, making).position)
    with rarely_collected():
        for changes, position in pending(done.position, source, making):
            done = _sum(done, index.apply(changes, position), position)
            if stopped():
                break
    return done


def _sum(done: Synced, applied: Applied, position: int) -> Synced:
    return replace(
        done,
        position=position,
        upserted=done.upserted + applied.upserted,
        deleted=done.deleted + applied.deleted,
        stale=done.stale + applied.stale,
        refused=done.refused + applied.refused,
    )


def usable(source: ListingSource, index: Index, making: Making) -> Generation:
    """The live generation. Raises RebuildNeeded when changes cannot bring it up to date."""
    live = index.live()
    if live is None:
        raise RebuildNeeded(f"The {index.name} engine has no index yet: run `indexer rebuild`.")
    fits(live, f"{index.name} index", source, making)
    return live


def fits(held: Generation, what: str, source: ListingSource, making: Making) -> None:
    """Raises RebuildNeeded when changes cannot bring a generation up to date; `what` names it in the message."""
    if held.fingerprint != making.fingerprint():
        raise RebuildNeeded(
            f"The {what} was made with another vocabulary, document shape or folding of names: run `indexer rebuild`."
        )
    if held.position > source.position():
        raise RebuildNeeded(
            f"The {what} is ahead of the records (revision {held.position}); were they restored from a backup? "
            "Run `indexer rebuild`."
        )


class Stopping(Protocol):
    """The wish to stop, which may come at any time (`threading.Event` is one)."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool:
        """Waits so many seconds at most; True once stopping is wished."""
        ...


@dataclass(slots=True)
class Follower:
    """Keeps indices up to date until told to stop; what is down is tried again, at growing intervals.

    `rebuild` is called with an index that needs one, where that is wanted. `making` gives what listings are made
    with today; `clock` counts seconds and never goes back.
    """

    source: ListingSource
    indices: tuple[Index, ...]
    making: Callable[[], Making]
    reporter: Reporter
    stopping: Stopping
    interval_s: float = 1.0
    rebuild: Callable[[Index], None] | None = None
    clock: Callable[[], float] = time.monotonic
    _delays: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        """Returns when told to stop, after the change in hand.

        Raises RebuildNeeded where nobody rebuilds the only index; beside another one it is waited for.
        """
        due = {index.name: self.clock() for index in self.indices}
        while not self.stopping.is_set():
            for index in self.indices:
                if due[index.name] <= self.clock():
                    due[index.name] = self.clock() + self._attempt(index)
            self.stopping.wait(max(0.0, min(due.values()) - self.clock()))

    def _attempt(self, index: Index) -> float:
        """Seconds until the next attempt."""
        try:
            done = self._synced(index)
        except (*_TRIED_AGAIN, RebuildNeeded) as error:
            if isinstance(error, RebuildNeeded) and len(self.indices) == 1:
                raise
            delay = min(2 * self._delays.get(index.name, self.interval_s), LONGEST_WAIT_S)
            self.reporter.say(f"{index.name}: {error} Next attempt in {delay:.0f} s.")
        else:
            delay = self.interval_s
            if done is not None and (done.changed or done.refused):
                self.reporter.say(summary(done))
        self._delays[index.name] = delay
        return delay

    def _synced(self, index: Index) -> Synced | None:
        making = self.making()
        try:
            # Looking needs no lock, and mostly there is nothing to do.
            if usable(self.source, index, making).position == self.source.position():
                return None
            with index.lock():
                return drain(self.source, index, making, self.stopping.is_set)
        except RebuildNeeded as needed:
            if self.rebuild is None:
                raise
            self.reporter.say(str(needed))
            self.rebuild(index)
            return None


def summary(done: Synced) -> str:
    """One line for people."""
    refused = f", {len(done.refused):,} refused" if done.refused else ""
    return (
        f"{done.engine}: {done.upserted:,} listings written, {done.deleted:,} removed, {done.stale:,} already newer"
        f"{refused}; complete up to revision {done.position:,}"
    )
