"""Loading whole files into the records: in chunks, each of them one transaction, and never twice.

A load is begun, given entries, and finished. Each chunk is compared with what is held by a digest, so that a load
that was cut off is simply run again: what had arrived is unchanged. Every chunk that changes anything is one
revision with one outbox row, a marker: the subjects it stands for carry that revision.

Order: clinics, then practitioners (whose roles name clinics), then links.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import date
from functools import partial

from sqlalchemy import Column, Connection, Engine, exc

from directory.domain.clinic import ReferralLink
from directory.domain.errors import InvalidInput
from directory.records.changes import Change, changing, clinics_of
from directory.records.database import reading, remember_more, writing
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
from directory.records.telling import Telling, Written, as_given, revision_where_empty
from directory.records.unindexed import Unindexed, make_missing
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
    Taken,
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
        make_missing(self._engine)
        with writing(self._engine) as connection:
            load = open_load(connection, held, file, options or {}, allow_older=allow_older, repeat=repeat)
            empty_at = revision_where_empty(connection)
            remember_more(connection)
            unindexed = None if empty_at is None else Unindexed.begin(connection)
        return SqlLoad(self._engine, load, file, empty_at, unindexed)

    def latest(self, limit: int = 10) -> tuple[LoadRecord, ...]:
        with reading(self._engine) as connection:
            return latest_loads(connection, limit)


class SqlLoad:
    """Implements `registration.loading.Load`."""

    def __init__(
        self, engine: Engine, load: LoadRecord, file: LoadFile, empty_at: int | None, unindexed: Unindexed | None
    ) -> None:
        """`empty_at` is the revision at which the records held nothing, None where they hold something; `unindexed` is
        there as long as indices are missing."""
        self._engine = engine
        self._file = file
        self._held = Held() if empty_at is None else Held.nothing(empty_at)
        self._telling = None if empty_at is None else Telling(empty_at)
        self._unindexed = unindexed
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
        self._index()
        with self._changing() as change:
            return write_links(change, links)

    def deactivate(self, days: Mapping[str, date]) -> Tally:
        held = self._sought(days)
        total = Tally(unknown=len(days) - len(held))
        for part in sliced(held):
            with self._changing() as change:
                total += deactivate(change, {npi: days[npi] for npi in part}, self._file)
        return total

    def withdraw(self, npis: Collection[str]) -> Tally:
        held = self._sought(npis)
        total = Tally(unknown=len(npis) - len(held))
        for part in sliced(held):
            with self._changing() as change:
                total += withdraw(change, part, self._file)
        return total

    def _sought(self, npis: Collection[str]) -> set[str]:
        """Those of the NPIs that are held. What belongs to them is found by indices, which are there from now on."""
        with reading(self._engine) as connection:
            held = self._held.among(connection, npis)
        if held:
            self._index()
        return held

    def listed(self, npis: Collection[str]) -> Mapping[str, Listed]:
        self._index()
        with reading(self._engine) as connection:
            return listed(connection, npis, self._file.origin)

    def further(self, entries: Iterable[FurtherEntry]) -> Tally:
        total = Tally()
        self._index()
        # They bring locations of which nothing is noted.
        self._held.places = None
        for chunk in chunked(entries):
            with self._changing() as change:
                total += write_further(change, chunk, self._file)
        return total

    def withdraw_further(self, what: Further, *, whole: bool, unclear: Set[str] = frozenset()) -> int:
        self._index()
        with reading(self._engine) as connection:
            people, clinics = outdated(connection, what, self._file, whole=whole, unclear=unclear)
        for part in sliced(people):
            with self._changing() as change:
                take_back(change, what, part, (), self._file)
        for part in sliced(clinics):
            with self._changing() as change:
                take_back(change, what, (), part, self._file)
        return len(people) + len(clinics)

    def taken(self) -> Taken | None:
        return None if self._telling is None else self._telling.taken()

    def finish(self, counts: Mapping[str, int]) -> LoadRecord:
        self._index()
        with writing(self._engine) as connection:
            return close_load(connection, self.id, counts)

    def _index(self) -> None:
        """Makes the indices that are missing since the load began: what comes now looks for what is held."""
        if self._unindexed is not None:
            self._unindexed.end(self._engine)
            self._unindexed = None

    def _index_within(self, connection: Connection, sifted: Sifted[Entry]) -> None:
        if sifted.changed and self._unindexed is not None:
            self._unindexed.end_within(connection)
            self._unindexed = None

    @contextmanager
    def _changing(self) -> Iterator[Change]:
        with self._writing(()) as (change, _):
            yield change

    @contextmanager
    def _writing(self, npis: Iterable[str]) -> Iterator[tuple[Change, Written]]:
        """A change after which these NPIs are held, and what is to be said of it."""
        written = Written()
        try:
            with changing(self._engine, "load", load_id=self.id) as change:
                yield change, written
            if change.subjects:
                self._held.added(change, npis, written.places)
                if self._telling is not None:
                    self._telling.add(change, written)
        except exc.IntegrityError as error:
            message = "A record names a clinic that was not loaded: load clinics before their staff and links."
            raise InvalidInput(message) from error
        except exc.DataError as error:
            message = "A record holds an identifier that is too long for the database."
            raise InvalidInput(message) from error

    def _clinics(self, chunk: Mapping[str, ClinicEntry]) -> Tally:
        npis = {entry.key: entry.clinic.npi for entry in chunk.values()}
        stated = [npi for npi in npis.values() if npi]
        with self._writing(stated) as (change, written):
            known = self._held.possible(change, stated)
            possible = [key for key, npi in npis.items() if not npi or npi in known]
            sifted = sift(change.connection, clinic.c.id, chunk, self._file.date, possible)
            self._index_within(change.connection, sifted)
            values = {entry.key: clinic_values(entry.clinic) for entry in sifted.written}
            self._write(change, clinic.c.id, values, sifted, written)
            write_sites(change.connection, sifted, self._file.source)
            change.clinics.update(entry.key for entry in sifted.changed)
            change.new_clinics.update(entry.key for entry in sifted.added)
            change.relinked()
            return sifted.tally

    def _practitioners(self, chunk: Mapping[str, PractitionerEntry]) -> Tally:
        with self._writing(chunk) as (change, written):
            possible = self._held.possible(change, chunk.keys())
            sifted = sift(change.connection, practitioner.c.npi, chunk, self._file.date, possible)
            self._index_within(change.connection, sifted)
            # Clinics that somebody leaves show it too, and after the change nothing would lead to them.
            change.of_clinic |= clinics_of(change.connection, [entry.key for entry in sifted.changed])
            change.of_clinic |= {role.clinic_id for entry in sifted.added for role in entry.roles if role.clinic_id}
            values = {entry.key: practitioner_values(entry.practitioner) for entry in sifted.written}
            self._write(change, practitioner.c.npi, values, sifted, written)
            write_roles(change.connection, sifted, self._file.source)
            change.practitioners.update(entry.key for entry in sifted.changed)
            change.new_practitioners.update(entry.key for entry in sifted.added)
            return sifted.tally

    def _write(
        self, change: Change, key: Column[str], values: Mapping[str, Values], sifted: Sifted[Entry], written: Written
    ) -> None:
        shared = {"as_of": self._file.date, "load_id": self.id, "revision": change.revision}
        rows = {name: {**row, **shared, "digest": sifted.digests[name]} for name, row in values.items()}
        insert_rows(change.connection, key.table, [rows[entry.key] for entry in sifted.added])
        update_rows(change.connection, key, [rows[entry.key] for entry in sifted.changed])
        hide_as_loaded(change.connection, key, sifted.written)
        otherwise = hide_excluded(change.connection, key, sifted.keys)
        subjects = {_subject(key, name): name for name in sifted.keys}
        otherwise |= {subjects[subject] for subject in restate(change.connection, subjects)}
        places = write_locations(change, sifted.written, partial(self._held.possible_places, change))
        written.places = places.named
        given = as_given(sifted.added, otherwise, places.unlike)
        written.as_given = frozenset(_subject(key, name) for name in given)


def _subject(key: Column[str], name: str) -> str:
    return f"{'c' if key.table is clinic else 'p'}{name}"
