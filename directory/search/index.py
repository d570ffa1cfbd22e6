"""The port through which an index is written. Only the indexer uses it; one writer at a time.

A *generation* is one complete index. `position` is the revision of the record up to which an index is complete;
each index keeps its own. `fingerprint` names what the listings were made with (vocabulary, mapping, folding).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from directory.search.listing import Listing


@dataclass(frozen=True, slots=True)
class Generation:
    """`listings` counts those that are not deleted, expired ones included. `created_at` is ISO 8601, UTC."""

    name: str
    listings: int
    position: int
    fingerprint: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Change:
    """All listings of one subject as of `version`: what the index holds of it beside these is deleted."""

    subject: str
    version: int
    listings: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A listing the engine would not take, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` or `add` did. A stale version counts as `stale`, which is success: something newer is there."""

    upserted: int = 0
    deleted: int = 0
    stale: int = 0
    refused: tuple[Refused, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Entry:
    """What reconcile compares: the id, version and `digest` (blake2b-128 hex of `Listing.encoded()`)."""

    id: str
    version: int
    digest: str


class Draft(Protocol):
    """A generation being built beside the live one."""

    name: str

    def add(self, listings: Iterable[Listing]) -> Applied:
        """Adds listings; may be called many times, with changes of earlier ones too (the higher version wins)."""
        ...

    def apply(self, changes: Sequence[Change]) -> Applied:
        """Replays changes that were made while the draft was built."""
        ...

    def finish(self, position: int) -> Generation:
        """Completes and makes durable what was added; the draft is not live yet. Returns exact counts."""
        ...


class Index(Protocol):
    """Raises EngineUnavailable when the engine is down."""

    name: str

    def lock(self) -> AbstractContextManager[None]:
        """Excludes every other writer, across processes and machines; raises LockHeld at once when taken."""
        ...

    def live(self) -> Generation | None: ...

    def draft(self, fingerprint: str) -> Draft: ...

    def promote(self, draft: Draft) -> Generation:
        """One atomic switch; readers see the old or the new generation, never neither. Raises FencedOut."""
        ...

    def discard(self, draft: Draft) -> None: ...

    def reap(self) -> tuple[str, ...]:
        """Deletes generations that are neither live nor kept for recovery (left by a crash); names them."""
        ...

    def apply(self, changes: Sequence[Change], position: int) -> Applied:
        """Applies changes to the live generation and stores the position with them; searchable on return."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Every listing of the live generation in order of id, expired ones included."""
        ...
