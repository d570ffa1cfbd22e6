"""A new generation beside the live one, complete up to the moment of its promotion."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import msgspec

from directory.domain.errors import EngineUnavailable, PromotionRefused
from directory.search.document import Making, listings
from directory.search.index import Applied, Draft, Generation, Index, Refused
from directory.search.listing import Listing
from directory.search.source import ClinicRecord, ListingSource, PractitionerRecord, Record
from indexer.beside import Beside, here
from indexer.changes import pending
from indexer.garbage import rarely_collected
from indexer.reporting import Advance, Reporter

FEWEST = 0.95
"""A new generation with fewer listings than this share of the live one is not promoted unasked."""
REFUSABLE = 0.001
"""Share of listings that an engine may refuse before the generation is not promoted unasked."""
_CHUNK = 2_000
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did. `replayed` counts changes made while it ran; `reaped` names what a crash had left."""

    engine: str
    generation: Generation
    before: Generation | None
    replayed: int
    refused: tuple[Refused, ...]
    reaped: tuple[str, ...]


def rebuild(
    source: ListingSource,
    index: Index,
    making: Making,
    reporter: Reporter,
    *,
    force: bool = False,
    beside: Beside = here,
) -> Rebuilt:
    """Builds and promotes a generation; the old one serves until then, and stays when anything fails.

    `beside` says where records are read. Raises CutOff, LockHeld, EngineUnavailable,
    RecordsUnavailable, FencedOut, and PromotionRefused unless `force` is set.
    """
    # Its copy of this process must not hold the lock, nor what keeps it.
    with beside(partial(_pieces, source)) as pieces, index.lock():
        reaped = index.reap()
        before = index.live()
        start = source.position()
        draft = index.draft(making.fingerprint())
        try:
            with rarely_collected():
                refused = _fill(
                    draft, pieces, making, reporter.task(f"Building {index.name}", source.count(), "records")
                )
            position, replayed, late = _replay(draft, start, source, making)
            finished = draft.finish(position)
            refused += late
            if not force:
                _check(finished, before, refused)
            live = index.promote(draft)
        except BaseException:
            # The first error says what went wrong; that the draft could not be removed either adds nothing.
            with suppress(EngineUnavailable):
                index.discard(draft)
            raise
        return Rebuilt(index.name, live, before, replayed, refused, (*reaped, *index.reap()))


def _fill(
    draft: Draft, pieces: Iterator[bytes], making: Making, task: AbstractContextManager[Advance]
) -> tuple[Refused, ...]:
    refused: tuple[Refused, ...] = ()
    with task as advance:
        for piece in pieces:
            part = _DECODER.decode(piece)
            refused += draft.add(_listings(part.clinics, making)).refused
            refused += draft.add(_listings(part.practitioners, making)).refused
            advance(len(part.clinics) + len(part.practitioners))
    return refused


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the records, in a form that crosses processes."""

    clinics: tuple[ClinicRecord, ...]
    practitioners: tuple[PractitionerRecord, ...]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Part)


def _pieces(source: ListingSource) -> Iterator[bytes]:
    records = source.records()
    while chunk := list(islice(records, _CHUNK)):
        clinics = tuple(record for record in chunk if isinstance(record, ClinicRecord))
        practitioners = tuple(record for record in chunk if isinstance(record, PractitionerRecord))
        yield _ENCODER.encode(_Part(clinics, practitioners))


def _listings(records: Iterable[Record], making: Making) -> Iterator[Listing]:
    for record in records:
        yield from listings(record, making)


def _replay(draft: Draft, position: int, source: ListingSource, making: Making) -> tuple[int, int, tuple[Refused, ...]]:
    """The position reached, how many changes were applied, and what was refused of them."""
    total = Applied()
    count = 0
    for changes, reached in pending(position, source, making):
        applied = draft.apply(changes)
        total = replace(total, refused=total.refused + applied.refused)
        count += len(changes)
        position = reached
    return position, count, total.refused


def _check(new: Generation, old: Generation | None, refused: tuple[Refused, ...]) -> None:
    if old is not None and new.listings < FEWEST * old.listings:
        raise PromotionRefused(
            f"The new generation has {new.listings:,} listings, the live one {old.listings:,}: less than "
            f"{FEWEST:.0%}. The live one stays. If so many left rightly, run again with --force."
        )
    if len(refused) > REFUSABLE * max(new.listings, 1):
        examples = "; ".join(f"{item.id}: {item.reason}" for item in refused[:3])
        raise PromotionRefused(
            f"The engine refused {len(refused):,} listings ({examples}). The live generation stays. "
            "Mend what it refuses, or run again with --force to leave them out."
        )


def as_lines(done: Rebuilt) -> list[str]:
    """What a rebuild did, for people."""
    live, before = done.generation, done.before
    was = f", {before.listings:,} before" if before else ""
    complete = f"live as {live.name}, complete up to revision {live.position:,}"
    lines = [f"{done.engine}: {live.listings:,} listings{was}, {complete}"]
    if done.replayed:
        lines.append(f"  {done.replayed:,} changes made meanwhile are in it")
    if done.refused:
        lines.append(f"  {len(done.refused):,} listings were refused:")
        lines += [f"    {item.id}: {item.reason}" for item in done.refused[:_SHOWN]]
    if done.reaped:
        lines.append(f"  removed what earlier runs had left: {', '.join(done.reaped)}")
    return lines
