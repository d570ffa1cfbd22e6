"""What a load takes out of search: numbers that were deactivated, and those of which the file says nothing of ours."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Connection, delete, select

from directory.records.changes import Change, clinics_of
from directory.records.keyed import AnyRow, rows_with, sliced, values_of
from directory.records.rows import Values
from directory.records.tables import clinic, clinic_site, practitioner, role
from directory.records.writes import update_rows
from directory.registration.loading import LoadFile, Tally, further


def deactivate(change: Change, days: Mapping[str, date], file: LoadFile) -> Tally:
    """NPI -> day: these practitioners and organizations leave search, unless what is held is of a later day."""
    people, clinics = _standing(change.connection, days, file)
    gone_people = _mark(change.connection, practitioner.c.npi, people, days, file)
    gone_clinics = _mark(change.connection, clinic.c.id, clinics, days, file)
    # The main table alone brings a number back, and says nothing of what its other tables stated.
    _delete(change.connection, role.c.npi, gone_people, {further(file.origin)})
    _delete(change.connection, clinic_site.c.clinic_id, gone_clinics, {further(file.origin)})
    change.practitioners |= gone_people
    change.clinics |= gone_clinics
    change.relinked()
    return _tally(days, (people, clinics), len(gone_people) + len(gone_clinics))


def withdraw(change: Change, npis: Collection[str], file: LoadFile) -> Tally:
    """The roles and sites that this source stated for these NPIs go, unless what is held is of a later day."""
    people, clinics = _standing(change.connection, npis, file)
    of_people = _stated(change.connection, role.c.npi, people, file)
    of_clinics = _stated(change.connection, clinic_site.c.clinic_id, clinics, file)
    change.of_clinic |= clinics_of(change.connection, of_people)
    _take_back(change.connection, role.c.npi, practitioner.c.npi, of_people, file)
    _take_back(change.connection, clinic_site.c.clinic_id, clinic.c.id, of_clinics, file)
    change.practitioners |= of_people
    change.clinics |= of_clinics
    return _tally(npis, (people, clinics), len(of_people) + len(of_clinics))


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is held under some NPIs: rows that the file may change, and how many are of a later day."""

    current: Sequence[AnyRow]
    older: int
    npis: frozenset[str]


def _standing(connection: Connection, npis: Collection[str], file: LoadFile) -> tuple[_Standing, _Standing]:
    """Practitioners and clinics with these NPIs."""
    return _of(connection, practitioner.c.npi, npis, file), _of(connection, clinic.c.id, npis, file)


def _of(connection: Connection, key: Column[str], npis: Collection[str], file: LoadFile) -> _Standing:
    table = key.table
    statement = select(key.label("key"), table.c.npi, table.c.deactivated_on, table.c.as_of)
    held = list(rows_with(connection, statement, table.c.npi, npis))
    current = [row for row in held if row.as_of is None or row.as_of <= file.date]
    return _Standing(current, len(held) - len(current), frozenset(row.npi for row in held))


def _mark(
    connection: Connection, key: Column[str], standing: _Standing, days: Mapping[str, date], file: LoadFile
) -> set[str]:
    changed = [row for row in standing.current if row.deactivated_on != days[row.npi]]
    rows = [{key.name: row.key, "deactivated_on": days[row.npi], **_forgotten(file)} for row in changed]
    update_rows(connection, key, rows)
    return {row.key for row in changed}


def _stated(connection: Connection, parent: Column[str], standing: _Standing, file: LoadFile) -> set[str]:
    """Those of whom this source states anything."""
    keys = {row.key for row in standing.current}
    return values_of(connection, parent, parent, keys, parent.table.c.origin.in_(_own(file)))


def _take_back(
    connection: Connection, parent: Column[str], key: Column[str], keys: Collection[str], file: LoadFile
) -> None:
    _delete(connection, parent, keys, _own(file))
    update_rows(connection, key, [{key.name: item, **_forgotten(file)} for item in sorted(keys)])


def _delete(connection: Connection, parent: Column[str], keys: Collection[str], origins: Collection[str]) -> None:
    for part in sliced(keys):
        connection.execute(delete(parent.table).where(parent.in_(part), parent.table.c.origin.in_(origins)))


def _own(file: LoadFile) -> tuple[str, str]:
    return file.origin, further(file.origin)


def _forgotten(file: LoadFile) -> Values:
    # Without its digest, the same facts in a later file count as a change: that is how an NPI comes back.
    return {"as_of": file.date, "digest": None, "further": None}


def _tally(npis: Collection[str], standings: Sequence[_Standing], changed: int) -> Tally:
    known = frozenset[str]().union(*(standing.npis for standing in standings))
    current = sum(len(standing.current) for standing in standings)
    older = sum(standing.older for standing in standings)
    return Tally(changed=changed, unchanged=current - changed, older=older, unknown=len(set(npis) - known))
