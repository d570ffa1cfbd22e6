"""Writing a chunk of a load: rows by the thousand, and only those that differ."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Date, Dialect, Table, bindparam, delete, insert, select, update

from directory.domain.clinic import ReferralLink
from directory.domain.errors import InvalidInput
from directory.domain.evidence import Evidence, Level
from directory.domain.place import Precision
from directory.domain.practitioner import Location
from directory.records.changes import Change
from directory.records.entries import Sifted
from directory.records.keyed import AnyRow, rows_with, sliced
from directory.records.rows import (
    Values,
    address_of,
    evidence_values,
    location_of,
    location_values,
    position_of,
    role_values,
    site_id,
    site_values,
)
from directory.records.tables import (
    attestation,
    clinic_site,
    evidence,
    location,
    referral_link,
    role,
)
from directory.registration.loading import ClinicEntry, FurtherLocations, PractitionerEntry, Tally, further

_RANK = {Precision.NONE: 0, Precision.APPROXIMATE: 1, Precision.EXACT: 2}
_HIDDEN_BY_LOAD = "hidden in the file that was loaded"
Entries = Sequence[PractitionerEntry] | Sequence[ClinicEntry]
Placed = Entries | Sequence[FurtherLocations]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Inserts rows, all of which have the same columns, two at least."""
    if rows:
        inserting = _inserting(table, tuple(rows[0]), connection.dialect)
        connection.exec_driver_sql(inserting.statement, inserting.parameters(rows))


Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Inserting:
    """A statement compiled once, with what makes a column's values the driver's; `execute` asks for it row by row."""

    statement: str
    columns: Sequence[tuple[str, Process | None]]
    positional: bool

    def parameters(self, rows: Sequence[Values]) -> list[Any]:
        names = [name for name, _ in self.columns]
        # A column at a time, and never a look-up in Python: rows come by the million.
        columns = zip(*map(itemgetter(*names), rows), strict=True)
        made = [
            column if process is None else map(process, column)
            for column, (_, process) in zip(columns, self.columns, strict=True)
        ]
        ordered = list(zip(*made, strict=True))
        return ordered if self.positional else [dict(zip(names, values, strict=True)) for values in ordered]


def _process(column: Column[Any], dialect: Dialect) -> Process | None:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    # Thousands of rows of a load carry the same few days.
    return lru_cache(maxsize=1 << 10)(process) if process and isinstance(column.type, Date) else process


@lru_cache(maxsize=64)
def _inserting(table: Table, columns: tuple[str, ...], dialect: Dialect) -> _Inserting:
    compiled = insert(table).compile(dialect=dialect, column_keys=columns)
    order = compiled.positiontup or columns
    processes = [(name, _process(table.c[name], dialect)) for name in order]
    return _Inserting(str(compiled), processes, positional=bool(dialect.positional))


def update_rows(connection: Connection, key: Column[str], rows: Sequence[Values]) -> None:
    """Updates each row by its key; all rows have the same columns."""
    if not rows:
        return
    columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != key.name}
    statement = update(key.table).where(key == bindparam("of_key")).values(columns)
    connection.execute(
        statement,
        [{"of_key": row[key.name], **{f"new_{name}": row[name] for name in columns}} for row in rows],
    )


def hide_as_loaded(connection: Connection, key: Column[str], entries: Entries) -> None:
    """Hides what the file hides. A file never shows what was hidden on request."""
    hidden = [entry.key for entry in entries if entry.hidden]
    table = key.table
    values = {"hidden_at": datetime.now(UTC), "hidden_reason": _HIDDEN_BY_LOAD}
    for part in sliced(hidden):
        connection.execute(update(table).where(key.in_(part), table.c.hidden_at.is_(None)).values(values))


@dataclass(frozen=True, slots=True)
class _Placed:
    location: Location
    quarantined: str | None

    @property
    def rank(self) -> int:
        return _RANK[self.location.position.precision]

    @property
    def values(self) -> Values:
        return {**location_values(self.location), "quarantine_reason": self.quarantined}

    def moves(self, held: AnyRow) -> bool:
        better = self.rank - _RANK[Precision(held.precision)]
        if better or self.location.address != address_of(held):
            return better > 0
        return self.location.position != position_of(held) or self.quarantined != held.quarantine_reason


Possible = Callable[[Collection[str]], Collection[str]]
"""Of some ids those that may be held."""


@dataclass(frozen=True, slots=True)
class Locations:
    """Ids of locations that entries name: all of them, and those that some entry states otherwise than they are held
    now."""

    named: Collection[str]
    unlike: Set[str]


def write_locations(change: Change, entries: Placed, possible: Possible = lambda ids: ids) -> Locations:
    """Adds locations, and moves those whose position became better known. At most those that are `possible` are held.

    One address may be spelt in several ways, and each may be placed a little differently. So that the order of rows
    plays no part: a better precision wins, and at equal precision only the spelling that is held may move it.
    """
    named = _named(entries)
    asked = possible(named.keys())
    held = {row.id: row for row in rows_with(change.connection, select(location), location.c.id, asked)}
    added = {key: max(named[key], key=lambda item: item.rank) for key in sorted(named.keys() - held.keys())}
    best = {key: _best(named[key], row) for key, row in held.items()}
    moved = [best[key] for key, row in sorted(held.items()) if best[key].moves(row)]
    insert_rows(change.connection, location, [item.values for item in added.values()])
    update_rows(change.connection, location.c.id, [item.values for item in moved])
    change.relocated([item.location.id for item in moved])
    now = {key: best[key].location if best[key].moves(row) else location_of(row, key) for key, row in held.items()}
    now |= {key: item.location for key, item in added.items()}
    return Locations(named.keys(), {key for key, items in named.items() if _any_other(items, now[key])})


def _any_other(items: Sequence[_Placed], held: Location) -> bool:
    return any(item.location is not held and item.location != held for item in items)


def _named(entries: Placed) -> Mapping[str, list[_Placed]]:
    named: dict[str, list[_Placed]] = defaultdict(list)
    for entry in entries:
        for place in entry.locations:
            named[place.id].append(_Placed(place, entry.quarantined.get(place.id)))
    return named


def _best(named: Sequence[_Placed], held: AnyRow) -> _Placed:
    address = address_of(held)
    return max(named, key=lambda item: (item.rank, item.location.address == address))


def write_roles(connection: Connection, sifted: Sifted[PractitionerEntry], origin: str) -> None:
    """Makes the roles of this origin those that the entries name."""
    roles = [item for entry in sifted.written for item in entry.roles]
    rows = {item.id: role_values(item, origin) for item in roles}
    changed = [entry.key for entry in sifted.changed]
    held = replace_rows(connection, role.c.id, role.c.npi, changed, rows, origin)
    write_evidence(connection, evidence.c.role_id, held, {item.id: item.evidence for item in roles}, origin)


def write_sites(connection: Connection, sifted: Sifted[ClinicEntry], origin: str) -> None:
    """Makes the sites of this origin those that the entries name."""
    sites = {site_id(entry.key, item.location.id): (entry, item) for entry in sifted.written for item in entry.sites}
    rows = {key: site_values(entry.key, item, origin) for key, (entry, item) in sites.items()}
    changed = [entry.key for entry in sifted.changed]
    held = replace_rows(connection, clinic_site.c.id, clinic_site.c.clinic_id, changed, rows, origin)
    write_evidence(
        connection, evidence.c.site_id, held, {key: item.evidence for key, (_, item) in sites.items()}, origin
    )


def replace_rows(
    connection: Connection,
    key: Column[str],
    parent: Column[str],
    changed: Sequence[str],
    rows: Mapping[str, Values],
    origin: str,
) -> set[str]:
    """Keys that were held before. Rows of another origin stay: a file does not overwrite what a practice stated."""
    statement = select(key, key.table.c.origin)
    held = {row[0]: row.origin for row in rows_with(connection, statement, parent, changed)}
    for part in sliced({item for item, of in held.items() if of == further(origin) and item in rows}):
        # Its main table states now what another of its tables stated until now.
        connection.execute(delete(key.table).where(key.in_(part)))
        held = {item: of for item, of in held.items() if item not in part}
    own = {item for item, of in held.items() if of == origin}
    for part in sliced(own - rows.keys()):
        connection.execute(delete(key.table).where(key.in_(part)))
    update_rows(connection, key, [rows[item] for item in sorted(own & rows.keys())])
    insert_rows(connection, key.table, [rows[item] for item in sorted(rows.keys() - held.keys())])
    return set(held)


def write_evidence(
    connection: Connection,
    owner: Column[str],
    held: Collection[str],
    found: Mapping[str, Sequence[Evidence]],
    origin: str,
) -> None:
    attested_for = attestation.c[owner.name]
    for part in sliced(held & found.keys()):
        connection.execute(delete(evidence).where(owner.in_(part), evidence.c.origin == origin))
        connection.execute(delete(attestation).where(attested_for.in_(part), attestation.c.attested_by == origin))
    pairs = [(key, item) for key, items in found.items() for item in items]
    # A load states the same few checks over and over, each of them one object.
    distinct = {id(item): item for _, item in pairs}
    values = {number: evidence_values(item, origin) for number, item in distinct.items()}
    checks = [{owner.name: key, **values[id(item)]} for key, item in pairs]
    attested = [_attestation(owner.name, key, item, origin) for key, item in pairs if item.level is Level.PRACTICE]
    insert_rows(connection, evidence, checks)
    insert_rows(connection, attestation, attested)


def _attestation(owner: str, key: str, item: Evidence, origin: str) -> Values:
    """Evidence of level practice is what an attestation leaves behind."""
    return {owner: key, "attested_by": origin, "attested_on": item.checked_on, "expires_on": item.expires_on}


def write_links(change: Change, links: Iterable[ReferralLink]) -> Tally:
    """Adds and changes referral links, one row for both directions."""
    rows = {(row["clinic_id"], row["partner_id"]): row for row in map(_link_values, links)}
    held = {(row.clinic_id, row.partner_id): row for row in change.connection.execute(select(referral_link))}
    changed = [rows[pair] for pair in sorted(rows.keys() & held.keys()) if rows[pair] != held[pair]._asdict()]
    added = [rows[pair] for pair in sorted(rows.keys() - held.keys())]
    insert_rows(change.connection, referral_link, added)
    for row in changed:
        both = (referral_link.c.clinic_id == row["clinic_id"]) & (referral_link.c.partner_id == row["partner_id"])
        change.connection.execute(update(referral_link).where(both).values(row))
    change.of_clinic |= {row[end] for row in (*added, *changed) for end in ("clinic_id", "partner_id")}
    change.relinked()
    return Tally(len(added), len(changed), len(rows) - len(added) - len(changed))


def _link_values(link: ReferralLink) -> Values:
    ends = [(link.clinic_id, link.confirmed_by_clinic_on), (link.partner_id, link.confirmed_by_partner_on)]
    (first, first_on), (second, second_on) = sorted(ends, key=lambda end: end[0])
    if first == second:
        raise InvalidInput(f"The clinic {first} cannot refer to itself.", field="partner_id")
    return {
        "clinic_id": first,
        "partner_id": second,
        "confirmed_by_clinic_on": first_on,
        "confirmed_by_partner_on": second_on,
        "ended_on": link.ended_on,
    }
