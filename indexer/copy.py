"""Moving from one engine to the other: everything that one index holds, in a new generation of the other."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from directory.domain.errors import EngineUnavailable, InvalidInput
from directory.search.document import Making
from directory.search.index import Contents, Draft, Generation, Index, Refused
from directory.search.listing import Listing
from directory.search.source import ListingSource
from indexer.garbage import rarely_collected
from indexer.publishing import Filled, Published, publish, removed_on_failure
from indexer.publishing import as_lines as published_lines
from indexer.reporting import Advance, Reporter
from indexer.sync import fits

_REPORTED = 1_000


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy did. `origin` is the generation that was read in the `source` engine."""

    source: str
    origin: Generation
    published: Published


def copy(
    source: ListingSource, origin: Index, target: Index, making: Making, reporter: Reporter, *, force: bool = False
) -> Copied:
    """Both serve throughout: `origin` is only read, and the target's live generation stays until the switch.

    The position travels along, and what changed since is replayed from the records. Raises LockHeld (of the target),
    RebuildNeeded where the origin cannot be brought up to date, EngineUnavailable, RecordsUnavailable, FencedOut, and
    PromotionRefused unless `force` is set.
    """
    if origin.name == target.name:
        raise InvalidInput(f"A copy goes from one engine to the other, not from {origin.name} to itself.", "to")
    with target.lock(), ExitStack() as reading:
        contents = reading.enter_context(origin.contents())
        copied = contents.generation
        fits(copied, f"{origin.name} index", source, making)

        def fill() -> Filled:
            # Read no longer than this: completing the draft may take longer than an origin keeps a moment open.
            with reading:
                draft = target.draft(copied.fingerprint)
                with removed_on_failure(target, draft), rarely_collected():
                    refused = _fill(draft, contents, reporter, f"Copying {origin.name} to {target.name}")
                return Filled(draft, copied.position, refused)

        return Copied(origin.name, copied, publish(target, fill, source, making, force=force))


def _fill(draft: Draft, contents: Contents, reporter: Reporter, label: str) -> tuple[Refused, ...]:
    """Raises EngineUnavailable where the origin gave another number of listings than it has."""
    expected = contents.generation.listings
    with reporter.task(label, expected, "listings") as advance:
        counted = _Counted(contents.listings, advance)
        refused = draft.add(counted).refused
    if counted.read != expected:
        raise EngineUnavailable(f"{counted.read:,} of {expected:,} listings could be read: run the copy again.")
    return refused


class _Counted:
    """Listings, counted as they are read."""

    def __init__(self, listings: Iterator[Listing], advance: Advance) -> None:
        self._listings = listings
        self._advance = advance
        self.read = 0

    def __iter__(self) -> Iterator[Listing]:
        for listing in self._listings:
            yield listing
            self.read += 1
            if self.read % _REPORTED == 0:
                self._advance(_REPORTED)
        self._advance(self.read % _REPORTED)


def as_lines(done: Copied) -> list[str]:
    """What a copy did, for people."""
    lead = f"{done.source} {done.origin.name}, complete up to revision {done.origin.position:,}, copied"
    return [lead, *published_lines(done.published)]
