"""A new generation beside the live one, complete up to the moment of its promotion."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import msgspec

from directory.search.document import Making, listings
from directory.search.index import Index
from directory.search.listing import Listing
from directory.search.source import ClinicRecord, ListingSource, PractitionerRecord, Record
from indexer.beside import Beside, here
from indexer.garbage import rarely_collected
from indexer.publishing import Filled, Published, publish, removed_on_failure
from indexer.reporting import Advance, Reporter

_CHUNK = 2_000


def rebuild(
    source: ListingSource,
    index: Index,
    making: Making,
    reporter: Reporter,
    *,
    force: bool = False,
    beside: Beside = here,
) -> Published:
    """Builds and promotes a generation; the old one serves until then, and stays when anything fails.

    `beside` says where records are read. Raises CutOff, LockHeld, EngineUnavailable,
    RecordsUnavailable, FencedOut, and PromotionRefused unless `force` is set.
    """
    # Its copy of this process must not hold the lock, nor what keeps it.
    with beside(partial(_pieces, source)) as pieces, index.lock():
        return publish(index, partial(_filled, source, index, making, reporter, pieces), source, making, force=force)


def _filled(source: ListingSource, index: Index, making: Making, reporter: Reporter, pieces: Iterator[bytes]) -> Filled:
    start = source.position()
    draft = index.draft(making.fingerprint())
    with (
        removed_on_failure(index, draft),
        rarely_collected(),
        reporter.task(f"Building {index.name}", source.count(), "records") as advance,
    ):
        return Filled(draft, start, draft.add(_made(pieces, making, advance)).refused)


def _made(pieces: Iterator[bytes], making: Making, advance: Advance) -> Iterator[Listing]:
    """One stream, so that an engine can send one part while the next is made."""
    for piece in pieces:
        part = _DECODER.decode(piece)
        yield from _listings(part.clinics, making)
        yield from _listings(part.practitioners, making)
        advance(len(part.clinics) + len(part.practitioners))


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
