"""Rows of a table sorted by what the records do with them, a batch at a time, in a form that crosses processes."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count, repeat
from typing import Any

import msgspec

from directory.domain.clinic import Site
from directory.domain.evidence import Evidence
from directory.domain.practitioner import Role
from directory.registration.loading import ClinicEntry, PractitionerEntry
from indexer.sources.archive import Part, opened
from indexer.sources.nppes import NOT_OURS, Reading, judged
from indexer.sources.outcome import (
    Deactivated,
    Loaded,
    Outcome,
    RegistryClinic,
    RegistryPractitioner,
    Rejected,
    Skipped,
    Tally,
)
from indexer.sources.scan import Others

FIRST, BATCH = 10_000, 60_000
"""Rows taken together: few at first, so that writing begins soon, and twice as many each time up to what the records
write fast."""


@dataclass(slots=True)
class Batch:
    """Outcomes by NPI; of rows with one NPI the last counts. `tally` counts all rows; `table` names their file."""

    table: str
    practitioners: dict[str, PractitionerEntry] = field(default_factory=dict)
    clinics: dict[str, ClinicEntry] = field(default_factory=dict)
    deactivated: dict[str, date] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    rejected: list[Rejected] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def encoded(self) -> bytes:
        places = list(self._places())
        evidence = [place.evidence for place in places]
        distinct = {id(item): item for stated in evidence for item in stated}
        number = dict(zip(distinct, count(), strict=False)).__getitem__
        which = [tuple(map(number, map(id, stated))) for stated in evidence]
        _state(places, repeat(()))
        try:
            return _ENCODER.encode(_Sent(self, tuple(distinct.values()), which))
        finally:
            _state(places, evidence)

    @staticmethod
    def decode(data: bytes) -> "Batch":
        """The batch that was encoded. Each piece of evidence is one object, by which it is known again."""
        sent = _DECODER.decode(data)
        item = sent.evidence.__getitem__
        _state(sent.batch._places(), (tuple(map(item, numbers)) for numbers in sent.which))
        return sent.batch

    def _places(self) -> Iterator[Role | Site]:
        for practitioner in self.practitioners.values():
            yield from practitioner.roles
        for clinic in self.clinics.values():
            yield from clinic.sites

    def skip(self, npis: Collection[str]) -> None:
        """Rows of others, which `scan` told apart."""
        self.tally.skip(NOT_OURS, len(npis))
        for held in (self.practitioners, self.clinics, self.deactivated):
            for npi in held.keys() & npis:
                del held[npi]
        self.skipped.update(npis)

    def add(self, outcome: Outcome) -> None:
        self.tally.add(outcome)
        if isinstance(outcome, Rejected):
            self.rejected.append(outcome)
            return
        self.practitioners.pop(outcome.npi, None)
        self.clinics.pop(outcome.npi, None)
        self.deactivated.pop(outcome.npi, None)
        self.skipped.discard(outcome.npi)
        if isinstance(outcome, Loaded):
            self._add_loaded(outcome)
        elif isinstance(outcome, Deactivated):
            self.deactivated[outcome.npi] = outcome.on
        elif isinstance(outcome, Skipped):
            self.skipped.add(outcome.npi)

    def _add_loaded(self, outcome: Loaded) -> None:
        entry, quarantined = outcome.entry, outcome.quarantined
        if isinstance(entry, RegistryPractitioner):
            self.practitioners[outcome.npi] = PractitionerEntry(entry.practitioner, (entry.role,), quarantined)
        elif isinstance(entry, RegistryClinic):
            self.clinics[outcome.npi] = ClinicEntry(entry.clinic, (entry.site,), quarantined)


@dataclass(slots=True)
class _Sent:
    """A batch whose places state no evidence, and which of it each of them has: half of an entry, and the same few in
    all of them."""

    batch: Batch
    evidence: tuple[Evidence, ...]
    which: list[tuple[int, ...]]


def _state(places: Iterable[Role | Site], evidence: Iterable[tuple[Evidence, ...]]) -> None:
    """Nobody else has these objects, so that they may be finished or taken apart: making others takes longer than all
    the rest."""
    for place, stated in zip(places, evidence, strict=False):
        object.__setattr__(place, "evidence", stated)


def _counter(_kind: type, value: Any) -> Counter[str]:
    return Counter(value)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Sent, dec_hook=_counter)


def encoded_batches(parts: Iterable[Part], reading: Reading) -> Iterator[bytes]:
    """Every row of the parts, for `Batch.decode`. Raises as `nppes.judged` does."""
    for part in parts:
        with opened(part) as stream:
            for batch in batches(judged(stream, part.label, reading), part.label):
                yield batch.encoded()


def batches(found: Iterable[Outcome | Others], table: str) -> Iterator[Batch]:
    batch, size = Batch(table), min(FIRST, BATCH)
    for item in found:
        if isinstance(item, Others):
            batch.skip(item.npis)
        else:
            batch.add(item)
        if batch.tally.rows >= size:
            yield batch
            batch, size = Batch(table), min(2 * size, BATCH)
    if batch.tally.rows:
        yield batch
