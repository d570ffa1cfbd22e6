"""Loading whole files into the records: in chunks, each of them one transaction, and never twice.

A load is begun, given entries, and finished. Each chunk is compared with what is held by a digest, so that a load
that was cut off is simply run again: what had arrived is unchanged. Every chunk that changes anything is one
revision with one outbox row, a marker: the subjects it stands for carry that revision.

Order: clinics, then practitioners (whose roles name clinics), then links.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import date

from sqlalchemy import Column, Engine, exc

from directory.domain.clinic import ReferralLink
from directory.domain.errors import InvalidInput
from directory.records.changes import Change, changing, clinics_of
from directory.records.database import reading, writing
from directory.records.entries import Entry, Sifted, chunks, sift
from directory.records.exclusions import hide_excluded
from directory.records.further import chunked, listed, outdated, take_back, write_further
from directory.records.held import Held
from directory.records.keyed import sliced
from directory.records.leaving import deactivate, withdraw
from directory.records.loads import close_load, latest_loads, note_progress, open_load
from directory.records.rows import Values, clinic_values, practitioner_values
from directory.records.stated import restate
from directory.records.tables import clinic, practitioner
from directory.records.writes import (
    hide_as_loaded,
    insert_rows,
    update_rows,
    write_links,
    write_locations,
    write_roles,
    write_sites,
)
from directory.registration.loading import (
    ClinicEntry,
    Dataset,
    Further,
    FurtherEntry,
    Listed,
    LoadFile,
    LoadRecord,
    PractitionerEntry,
    Tally,
)


class SqlLoading:
    """Implements `registration.loading.Loading`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self,
        held: Dataset,
        file: LoadFile,
        *,
        options: Mapping[str, str] | None = None,
        allow_older: bool = False,
        repeat: bool = False,
    ) -> "SqlLoad":
        with writing(self._engine) as connection:
            load = open_load(connection, held, file, options or {}, allow_older=allow_older, repeat=repeat)
        return SqlLoad(self._engine, load, file)

    def latest(self, limit: int = 10) -> tuple[LoadRecord, ...]:
        with reading(self._engine) as connection:
            return latest_loads(connection, limit)


class SqlLoad:
    """Implements `registration.loading.Load`."""

    def __init__(self, engine: Engine, load: LoadRecord, file: LoadFile) -> None:
        self._engine = engine
        self._file = file
        self._held = Held()
        self.id = load.id
        self.before = load.counts

    def advance(self, counts: Mapping[str, int]) -> None:
        with writing(self._engine) as connection:
            note_progress(connection, self.id, counts)

    def clinics(self, entries: Iterable[ClinicEntry]) -> Tally:
        return sum((self._clinics(chunk) for chunk in chunks(entries)), Tally())

    def practitioners(self, entries: Iterable[PractitionerEntry]) -> Tally:
        return sum((self._practitioners(chunk) for chunk in chunks(entries)), Tally())

    def links(self, links: Iterable[ReferralLink]) -> Tally:
        with self._changing() as change:
            return write_links(change, links)

    def deactivate(self, days: Mapping[str, date]) -> Tally:
        total = Tally()
        for part in sliced(days):
            with self._changing() as change:
                total += deactivate(change, {npi: days[npi] for npi in part}, self._file)
        return total

    def withdraw(self, npis: Collection[str]) -> Tally:
        with reading(self._engine) as connection:
            held = self._held.among(connection, npis)
        total = Tally(unknown=len(npis) - len(held))
        for part in sliced(held):
            with self._changing() as change:
                total += withdraw(change, part, self._file)
        return total

    def listed(self, npis: Collection[str]) -> Mapping[str, Listed]:
        with reading(self._engine) as connection:
            return listed(connection, npis, self._file.origin)

    def further(self, entries: Iterable[FurtherEntry]) -> Tally:
        total = Tally()
        for chunk in chunked(entries):
            with self._changing() as change:
                total += write_further(change, chunk, self._file)
        return total

    def withdraw_further(self, what: Further, *, whole: bool, unclear: Set[str] = frozenset()) -> int:
        with reading(self._engine) as connection:
            people, clinics = outdated(connection, what, self._file, whole=whole, unclear=unclear)
        for part in sliced(people):
            with self._changing() as change:
                take_back(change, what, part, (), self._file)
        for part in sliced(clinics):
            with self._changing() as change:
                take_back(change, what, (), part, self._file)
        return len(people) + len(clinics)

    def finish(self, counts: Mapping[str, int]) -> LoadRecord:
        with writing(self._engine) as connection:
            return close_load(connection, self.id, counts)

    @contextmanager
    def _changing(self, npis: Iterable[str] = ()) -> Iterator[Change]:
        """A change after which these NPIs are held."""
        try:
            with changing(self._engine, "load", load_id=self.id) as change:
                yield change
            if change.touches:
                self._held.added(change, npis)
        except exc.IntegrityError as error:
            message = "A record names a clinic that was not loaded: load clinics before their staff and links."
            raise InvalidInput(message) from error
        except exc.DataError as error:
            message = "A record holds an identifier that is too long for the database."
            raise InvalidInput(message) from error

    def _clinics(self, chunk: Mapping[str, ClinicEntry]) -> Tally:
        with self._changing(entry.clinic.npi for entry in chunk.values() if entry.clinic.npi) as change:
            sifted = sift(change.connection, clinic.c.id, chunk, self._file.date)
            values = {entry.key: clinic_values(entry.clinic) for entry in sifted.written}
            self._write(change, clinic.c.id, values, sifted)
            write_sites(change.connection, sifted, self._file.source)
            restate(change.connection, [f"c{key}" for key in sifted.keys])
            change.clinics.update(sifted.keys)
            change.relinked()
            return sifted.tally

    def _practitioners(self, chunk: Mapping[str, PractitionerEntry]) -> Tally:
        with self._changing(chunk) as change:
            sifted = sift(change.connection, practitioner.c.npi, chunk, self._file.date)
            # Clinics that somebody leaves show it too, and after the change nothing would lead to them.
            change.of_clinic |= clinics_of(change.connection, [entry.key for entry in sifted.changed])
            values = {entry.key: practitioner_values(entry.practitioner) for entry in sifted.written}
            self._write(change, practitioner.c.npi, values, sifted)
            write_roles(change.connection, sifted, self._file.source)
            restate(change.connection, [f"p{key}" for key in sifted.keys])
            change.practitioners.update(sifted.keys)
            return sifted.tally

    def _write(self, change: Change, key: Column[str], values: Mapping[str, Values], sifted: Sifted[Entry]) -> None:
        shared = {"as_of": self._file.date, "load_id": self.id, "revision": change.revision}
        rows = {name: {**row, **shared, "digest": sifted.digests[name]} for name, row in values.items()}
        insert_rows(change.connection, key.table, [rows[entry.key] for entry in sifted.added])
        update_rows(change.connection, key, [rows[entry.key] for entry in sifted.changed])
        hide_as_loaded(change.connection, key, sifted.written)
        hide_excluded(change.connection, key, sifted.keys)
        write_locations(change, sifted.written)
