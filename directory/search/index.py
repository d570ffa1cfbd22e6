"""The port through which an index is written. Only the indexer uses it; one writer at a time.

A *generation* is one complete index. `position` is the revision of the record up to which an index is complete;
each index keeps its own. `fingerprint` names what the listings were made with (vocabulary, mapping, folding).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from directory.domain.errors import InvalidInput
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


@dataclass(frozen=True, slots=True)
class Contents:
    """The live generation at one moment. `listings` can be read once, in no order, expired ones included; `generation`
    has their exact number and a position up to which they are complete."""

    generation: Generation
    listings: Iterator[Listing]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A generation as it was when it was kept. `taken_at` is ISO 8601, UTC."""

    name: str
    generation: Generation
    taken_at: str


Advance = Callable[[int], None]
"""Called with the number of bytes done since the last call."""


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

    def contents(self) -> AbstractContextManager[Contents]:
        """The live generation as it is on entering, whatever is written meanwhile. Needs no lock."""
        ...


class Archive(Protocol):
    """Snapshots of one index, kept apart from it. Taking, restoring and dropping need the index's lock.

    Raises EngineUnavailable when the engine is down or nothing can be kept, InvalidInput for a name there is none of
    (or one already), or where the archive is not set up.
    """

    where: str
    """The place, for people."""

    def take(self, name: str, advance: Advance) -> Snapshot:
        """Keeps the live generation under a name that `snapshot_name` allows; it is whole on return, or not there."""
        ...

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Those that are whole, newest first."""
        ...

    def find(self, name: str) -> Snapshot: ...

    def restore(self, name: str, advance: Advance) -> Draft:
        """A draft beside the live generation that holds what the snapshot does, deletions included, to the byte."""
        ...

    def drop(self, name: str) -> None: ...


_SNAPSHOT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


def snapshot_name(text: str) -> str:
    """The name of a snapshot; raises InvalidInput for one that not every engine can use."""
    if not _SNAPSHOT_NAME.fullmatch(text):
        raise InvalidInput(
            f"A snapshot is named with 1 to 100 of a-z, 0-9, - and _, beginning with a letter or digit, not {text!r}.",
            "name",
        )
    return text
