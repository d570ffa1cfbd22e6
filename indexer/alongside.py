"""An index made of the first load while it goes on: what is written into records that held nothing need not be read
back from them.

A process of its own gets every piece that the load has written, and what the load tells of it. Whatever the records
may hold otherwise than the piece says is read from them at the end. A load that cannot tell everything is left alone:
its index is then made by a rebuild, as any other is.
"""

import multiprocessing
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection

import msgspec

from directory.registration.loading import ClinicEntry, PractitionerEntry, Taken
from directory.search.document import Making, listings
from directory.search.index import Draft, Index, Refused
from directory.search.listing import Listing
from directory.search.source import ClinicRecord, ListingSource, PractitionerRecord, Record
from indexer.changes import AT_ONCE, changes_of
from indexer.garbage import rarely_collected
from indexer.publishing import Filled, Published, publish, removed_on_failure
from indexer.sources.batches import Batch

_END, _LEAVE = b"end", b"leave"
_GONE = (EOFError, ConnectionError)


class Left(Exception):
    """The load told that it cannot tell everything, or ended early."""


@dataclass(slots=True)
class Maker:
    """The load's side. It is told nothing any more once it `left`, which is no failure."""

    _connection: Connection
    _told: bool = False
    _left: bool = False

    def take(self, taken: Taken | None, piece: bytes = b"") -> None:
        """What was written of a piece, an encoded batch; None where the load cannot tell."""
        if taken is None:
            self.leave()
        if self._left:
            return
        try:
            self._connection.send_bytes(_ENCODER.encode(taken))
            self._connection.send_bytes(piece)
        except _GONE:
            self._left = True
        self._told = True

    def leave(self) -> None:
        if not self._left:
            self._left = True
            with suppress(*_GONE):
                self._connection.send_bytes(_LEAVE)

    def published(self) -> Published | None:
        """What went live once the load has told all, or None where a rebuild has to make the index.

        Raises whatever kept the index from going live.
        """
        if self._left or not self._told:
            return None
        try:
            self._connection.send_bytes(_END)
            found = self._connection.recv()
        except _GONE:
            return None
        if isinstance(found, Exception):
            raise found
        made: Published = found
        return made


@contextmanager
def alongside(index: Index, source: ListingSource, making: Making) -> Iterator[Maker]:
    """A process that makes the index, held locked meanwhile. Where processes cannot be copied, nobody makes it."""
    mine, its = multiprocessing.Pipe()
    if "fork" not in multiprocessing.get_all_start_methods():
        yield Maker(mine, _left=True)
        return
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_make, args=(its, mine, index, source, making), daemon=True)
    process.start()
    its.close()
    maker = Maker(mine)
    try:
        yield maker
    finally:
        maker.leave()
        mine.close()
        process.join()


def _make(its: Connection, others: Connection, index: Index, source: ListingSource, making: Making) -> None:
    others.close()
    # Ctrl-C reaches both; the load ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with index.lock():
            fill = partial(_filled, its, index, source, making)
            its.send(publish(index, fill, source, making, force=False))
    except (Left, *_GONE):
        return
    except Exception as error:  # whatever it is, it is for the load that asked
        with suppress(*_GONE):
            its.send(error)


@dataclass(slots=True)
class _Heard:
    """What the load has told so far: up to which revision, and who is to be read from the records."""

    position: int = 0
    others: set[str] = field(default_factory=set)

    def pieces(self, its: Connection) -> Iterator[tuple[Taken, bytes]]:
        while (message := its.recv_bytes()) != _END:
            if message == _LEAVE:
                raise Left
            taken = _DECODER.decode(message)
            self.position = taken.position
            self.others |= taken.others
            yield taken, its.recv_bytes()


def _filled(its: Connection, index: Index, source: ListingSource, making: Making) -> Filled:
    draft, heard, refused = index.draft(making.fingerprint()), _Heard(), tuple[Refused, ...]()
    with removed_on_failure(index, draft), rarely_collected():
        for taken, piece in heard.pieces(its):
            if piece:
                refused += draft.add(_listings(Batch.decode(piece), taken, making)).refused
        refused += _read(draft, sorted(heard.others), heard.position, source, making)
    return Filled(draft, heard.position, refused)


def _read(
    draft: Draft, subjects: Sequence[str], position: int, source: ListingSource, making: Making
) -> tuple[Refused, ...]:
    refused, remaining = tuple[Refused, ...](), iter(subjects)
    while part := list(islice(remaining, AT_ONCE)):
        refused += draft.apply(changes_of(part, position, source, making)).refused
    return refused


def _listings(batch: Batch, taken: Taken, making: Making) -> Iterator[Listing]:
    entries: dict[str, PractitionerEntry | ClinicEntry] = {}
    entries |= {f"p{entry.key}": entry for entry in batch.practitioners.values()}
    entries |= {f"c{entry.key}": entry for entry in batch.clinics.values()}
    for version, subjects in taken.written.items():
        for record in _records((entries[subject] for subject in subjects), version):
            yield from listings(record, making)


def _records(entries: Iterable[PractitionerEntry | ClinicEntry], version: int) -> Iterator[Record]:
    for entry in entries:
        if isinstance(entry, PractitionerEntry):
            yield PractitionerRecord(entry.practitioner, entry.roles, version)
        else:
            yield ClinicRecord(entry.clinic, entry.sites, (), (), "", version)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Taken)
