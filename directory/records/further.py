"""Writing what a source's further tables state: more locations, other names, endpoints of numbers that are listed.

It is kept apart from what the main table states, so that neither changes nor takes back what the other brought. All of
a number's rows in one table hold together and carry one day: what is held of a later day stays.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, delete, exists, select

from directory.domain.evidence import Evidence
from directory.domain.facts import NOTHING_STATED
from directory.records.changes import Change
from directory.records.entries import CHUNK
from directory.records.keyed import AnyRow, rows_with, sliced, values_of
from directory.records.rows import Values, care_values, evidence_of, site_id
from directory.records.tables import clinic, clinic_site, evidence, ownership, practitioner, role
from directory.records.writes import replace_rows, update_rows, write_evidence, write_locations
from directory.registration.loading import (
    Further,
    FurtherEndpoints,
    FurtherEntry,
    FurtherLocations,
    FurtherNames,
    Listed,
    LoadFile,
    Tally,
    further,
)

_CLINIC = "n{}"
"""Id of the clinic that an organization's number becomes."""
Item = TypeVar("Item")


def listed(connection: Connection, npis: Collection[str], origin: str) -> Mapping[str, Listed]:
    """NPI -> what the main table lists under it, of those in use."""
    people = _in_use(connection, practitioner.c.npi, npis)
    clinics = _in_use(connection, clinic.c.id, [_CLINIC.format(npi) for npi in npis])
    at = _places(connection, role.c.npi, people, origin)
    sites = _places(connection, clinic_site.c.clinic_id, clinics, origin)
    return {npi: Listed(False, frozenset(at[npi])) for npi in people} | {
        key.removeprefix("n"): Listed(True, frozenset(sites[key])) for key in clinics
    }


def chunked(entries: Iterable[Item]) -> Iterator[Sequence[Item]]:
    source = iter(entries)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def write_further(change: Change, entries: Sequence[FurtherEntry], file: LoadFile) -> Tally:
    """Makes these what is stated; entries of one NPI come once."""
    known = listed(change.connection, {entry.npi for entry in entries}, file.origin)
    places = [entry for entry in entries if isinstance(entry, FurtherLocations)]
    facts = [entry for entry in entries if not isinstance(entry, FurtherLocations)]
    total = Tally(unknown=sum(entry.npi not in known for entry in entries))
    for organization in (False, True):
        own = {npi for npi, found in known.items() if found.organization is organization}
        total += _write_places(change, [entry for entry in places if entry.npi in own], known, file, organization)
        total += _write_facts(change, [entry for entry in facts if entry.npi in own], file, organization)
    return total


def outdated(
    connection: Connection, what: Further, file: LoadFile, *, whole: bool, unclear: Set[str]
) -> tuple[set[str], set[str]]:
    """NPIs of practitioners and ids of clinics of which an earlier day is held, where the file's main table (`whole`:
    the whole file) says that it holds no more. NPIs of which that is `unclear` are not among them."""
    people, clinics = _outdated(connection, what, file, whole=whole)
    return people - unclear, clinics - {_CLINIC.format(npi) for npi in unclear}


def _outdated(connection: Connection, what: Further, file: LoadFile, *, whole: bool) -> tuple[set[str], set[str]]:
    if what is Further.LOCATIONS:
        return (
            _with_old_places(connection, role.c.npi, practitioner.c.npi, evidence.c.role_id, file, whole=whole),
            _with_old_places(connection, clinic_site.c.clinic_id, clinic.c.id, evidence.c.site_id, file, whole=whole),
        )
    return (
        _with_old_facts(connection, practitioner.c.npi, what, file, whole=whole),
        _with_old_facts(connection, clinic.c.id, what, file, whole=whole),
    )


def take_back(change: Change, what: Further, people: Collection[str], clinics: Collection[str], file: LoadFile) -> None:
    """What is stated of these goes."""
    for parent, key, subjects in (
        (role.c.npi, practitioner.c.npi, people),
        (clinic_site.c.clinic_id, clinic.c.id, clinics),
    ):
        if what is Further.LOCATIONS:
            for part in sliced(subjects):
                own = parent.table.c.origin == further(file.origin)
                change.connection.execute(delete(parent.table).where(parent.in_(part), own))
        else:
            held = {row[0]: row.further or {} for row in _facts(change.connection, key, subjects)}
            left = [{key.name: name, "further": _with(held[name], what, None) or None} for name in sorted(held)]
            update_rows(change.connection, key, left)
    change.of_practitioner.update(people)
    change.of_clinic.update(clinics)


def _in_use(connection: Connection, key: Column[str], keys: Collection[str]) -> set[str]:
    # Whatever takes back what a main table stated removes the digest with it.
    stands = key.table.c.digest.is_not(None) & key.table.c.deactivated_on.is_(None)
    return values_of(connection, key, key, keys, stands)


def _places(connection: Connection, parent: Column[str], keys: Collection[str], origin: str) -> Mapping[str, set[str]]:
    table = parent.table
    found: dict[str, set[str]] = defaultdict(set)
    statement = select(parent, table.c.location_id).where(table.c.origin == origin)
    for row in rows_with(connection, statement, parent, keys):
        found[row[0]].add(row.location_id)
    return found


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is held of one further location. `phone` is None where a practice states it: its word stands."""

    phone: str | None
    evidence: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sort:
    """Where further locations of one sort of subject are kept."""

    parent: Column[str]
    subject: Column[str]
    owner: Column[str]
    prefix: str

    @property
    def key(self) -> Column[str]:
        found: Column[str] = self.parent.table.c.id
        return found


_PEOPLE = _Sort(role.c.npi, practitioner.c.npi, evidence.c.role_id, "")
_CLINICS = _Sort(clinic_site.c.clinic_id, clinic.c.id, evidence.c.site_id, "n")


def _write_places(
    change: Change, entries: Sequence[FurtherLocations], known: Mapping[str, Listed], file: LoadFile, organization: bool
) -> Tally:
    sort = _CLINICS if organization else _PEOPLE
    origin = further(file.origin)
    wanted = {sort.prefix + entry.npi: _wanted(entry, known[entry.npi].locations) for entry in entries}
    if not organization:
        wanted |= {key: {} for key in _stating_themselves(change.connection, wanted)}
    held = _kept(change.connection, sort, wanted, origin)
    older = {key for key, kept in held.items() if _day_of(kept) > file.date}
    changed = {key: wanted[key] for key in wanted.keys() - older if not _same(wanted[key], held.get(key, {}))}
    write_locations(change, [entry for entry in entries if sort.prefix + entry.npi in changed])
    _replace_places(change.connection, sort, changed, origin)
    (change.of_clinic if organization else change.of_practitioner).update(changed)
    added = sum(key not in held for key in changed)
    return Tally(added, len(changed) - added, len(wanted) - len(changed) - len(older), len(older))


def _replace_places(
    connection: Connection, sort: _Sort, changed: Mapping[str, Mapping[str, "_Wanted"]], origin: str
) -> None:
    """Makes these, by subject and name, its places."""
    named = {name: (key, place) for key in sorted(changed) for name, place in changed[key].items()}
    rows = {name: _values(sort, key, name, place, origin) for name, (key, place) in named.items()}
    there = replace_rows(connection, sort.key, sort.parent, sorted(changed), rows, origin)
    stated = {name: place.evidence for name, (_, place) in named.items()}
    checks = dict.fromkeys(there, ()) | stated
    write_evidence(connection, sort.owner, there, checks, origin)


def _stating_themselves(connection: Connection, npis: Collection[str]) -> Iterator[str]:
    """Practitioners who look after their own entry: they state where they are."""
    subjects = {f"p{npi}" for npi in npis}
    return (found[1:] for found in values_of(connection, ownership.c.subject, ownership.c.subject, subjects))


@dataclass(frozen=True, slots=True)
class _Wanted:
    location_id: str
    care: Values
    evidence: tuple[Evidence, ...]


def _wanted(entry: FurtherLocations, main: frozenset[str]) -> dict[str, _Wanted]:
    """The main table's own location is not stated once more."""
    return {
        site_id(_CLINIC.format(entry.npi), place.location.id): _Wanted(
            place.location.id, care_values(place.contact, NOTHING_STATED), place.evidence
        )
        for place in entry.places
        if place.location.id not in main
    }


def _values(sort: _Sort, key: str, name: str, place: _Wanted, origin: str) -> Values:
    shared = {"id": name, "location_id": place.location_id, "origin": origin, **place.care}
    if sort is _CLINICS:
        return {**shared, "clinic_id": key}
    return {**shared, "npi": key, "clinic_id": None, "practice_name": "", "confirmed_on": None}


def _kept(connection: Connection, sort: _Sort, keys: Collection[str], origin: str) -> Mapping[str, Mapping[str, _Kept]]:
    table = sort.parent.table
    # A practice may have made a further location its own; what the table says of it is still there as evidence.
    stated = exists().where(sort.owner == sort.key, evidence.c.origin == origin)
    statement = select(sort.parent, sort.key, table.c.phone, table.c.origin)
    statement = statement.where((table.c.origin == origin) | stated)
    found: dict[str, dict[str, _Kept]] = defaultdict(dict)
    by_name: dict[str, _Kept] = {}
    for row in rows_with(connection, statement, sort.parent, keys):
        kept = by_name[row.id] = _Kept(row.phone if row.origin == origin else None)
        found[row[0]][row.id] = kept
    checks = select(
        sort.owner, evidence.c.level, evidence.c.what, evidence.c.source, evidence.c.checked_on,
        evidence.c.expires_on, evidence.c.note,
    ).where(evidence.c.origin == origin).order_by(evidence.c.id)  # fmt: skip
    for row in rows_with(connection, checks, sort.owner, by_name):
        by_name[row[0]].evidence.append(evidence_of(*row[1:]))
    return found


def _day_of(kept: Mapping[str, _Kept]) -> date:
    return max((item.checked_on for place in kept.values() for item in place.evidence), default=date.min)


def _same(wanted: Mapping[str, _Wanted], kept: Mapping[str, _Kept]) -> bool:
    return wanted.keys() == kept.keys() and all(
        kept[name].phone in (None, place.care["phone"]) and list(place.evidence) == kept[name].evidence
        for name, place in wanted.items()
    )


def _with_old_places(
    connection: Connection,
    parent: Column[str],
    subject: Column[str],
    owner: Column[str],
    file: LoadFile,
    *,
    whole: bool,
) -> set[str]:
    table, origin = parent.table, further(file.origin)
    statement = (
        select(parent).distinct()
        .join(evidence, owner == table.c.id)
        .join(subject.table, subject == parent)
        .where(table.c.origin == origin, evidence.c.origin == origin, evidence.c.checked_on < file.date)
    )  # fmt: skip
    return set(connection.scalars(statement if whole else statement.where(_named_by(subject, file))))


def _named_by(subject: Column[str], file: LoadFile) -> ColumnElement[bool]:
    """Whose facts are of the file's day: its main table named them."""
    named: ColumnElement[bool] = subject.table.c.as_of == file.date
    return named


def _write_facts(
    change: Change, entries: Sequence[FurtherNames | FurtherEndpoints], file: LoadFile, organization: bool
) -> Tally:
    if not entries:
        return Tally()
    key, prefix = (clinic.c.id, "n") if organization else (practitioner.c.npi, "")
    held = {row[0]: row.further or {} for row in _facts(change.connection, key, [prefix + e.npi for e in entries])}
    changed, total = set[str](), Tally()
    for entry in entries:
        name = prefix + entry.npi
        what, stated = _stated(entry, file.date)
        became = _compared(held[name].get(what), stated)
        total += became
        if became.added or became.changed:
            changed.add(name)
            held[name] = _with(held[name], what, stated if stated["values"] else None)
    update_rows(change.connection, key, [{key.name: name, "further": held[name] or None} for name in sorted(changed)])
    (change.of_clinic if organization else change.of_practitioner).update(changed)
    return total


def _compared(before: Values | None, stated: Values) -> Tally:
    if before is not None and before["as_of"] > stated["as_of"]:
        return Tally(older=1)
    if before == stated or not (before or stated["values"]):
        return Tally(unchanged=1)
    return Tally(changed=1) if before else Tally(added=1)


def _stated(entry: FurtherNames | FurtherEndpoints, day: date) -> tuple[Further, dict[str, Any]]:
    if isinstance(entry, FurtherNames):
        return Further.OTHER_NAMES, {"as_of": day.isoformat(), "values": list(entry.names)}
    values = [[item.kind.value, item.address] for item in entry.endpoints]
    return Further.ENDPOINTS, {"as_of": day.isoformat(), "values": values}


def _facts(connection: Connection, key: Column[str], keys: Collection[str]) -> Iterator[AnyRow]:
    return rows_with(connection, select(key, key.table.c.further), key, keys)


def _with(held: Values, what: Further, stated: Values | None) -> Values:
    """What is held, with these facts of one table in place of those before."""
    others = {kind: value for kind, value in held.items() if kind != what}
    return others if stated is None else {**others, what.value: stated}


def _with_old_facts(
    connection: Connection, key: Column[str], what: Further, file: LoadFile, *, whole: bool
) -> set[str]:
    statement = select(key, key.table.c.further).where(key.table.c.further.is_not(None))
    day = file.date.isoformat()
    rows = connection.execute(statement if whole else statement.where(_named_by(key, file)))
    return {row[0] for row in rows if row.further.get(what, {"as_of": day})["as_of"] < day}
