"""The OIG's list in the records: who is on it leaves search, whatever is loaded, until a later list lets them go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Column, Connection, Engine, delete, func, select, update

from directory.records.changes import changing
from directory.records.keyed import sliced, values_of
from directory.records.registry import folded_name
from directory.records.rows import Values
from directory.records.tables import clinic, exclusion, practitioner
from directory.records.writes import insert_rows
from directory.registration.applications import Exclusion
from directory.registration.exclusions import EXCLUDED, Enforced
from directory.registration.loading import OutOfOrder
from directory.registration.practices import LEFT


class SqlExclusionDesk:
    """Implements `registration.exclusions.ExclusionDesk`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def replace(self, entries: Sequence[Exclusion], as_of: date) -> Enforced:
        with changing(self._engine, "exclusions") as change:
            _check_order(change.connection, as_of)
            change.connection.execute(delete(exclusion))
            insert_rows(change.connection, exclusion, [_values(item, as_of) for item in entries])
            npis = {item.npi for item in entries if item.npi}
            people = _enforce(change.connection, practitioner.c.npi, npis)
            clinics = _enforce(change.connection, clinic.c.id, npis)
            change.practitioners |= people.hidden | people.shown
            change.clinics |= clinics.hidden | clinics.shown
            if change.clinics:
                change.relinked()
            hidden, shown = len(people.hidden) + len(clinics.hidden), len(people.shown) + len(clinics.shown)
            return Enforced(len(entries), hidden, shown)


@dataclass(frozen=True, slots=True)
class _Moved:
    """Keys of subjects that left search, and of those that came back."""

    hidden: set[str]
    shown: set[str]


def _enforce(connection: Connection, key: Column[str], npis: Collection[str]) -> _Moved:
    return _Moved(_hide(connection, key, npis), _show(connection, key, npis))


def hide_excluded(connection: Connection, key: Column[str], keys: Collection[str]) -> set[str]:
    """Hides those of these subjects whose NPI is on the list that is held. Returns the keys of those it hid."""
    if connection.execute(select(exclusion.c.id).limit(1)).first() is None:
        return set()
    of_ours = set()
    table = key.table
    for part in sliced(keys):
        listed = select(table.c.npi).where(key.in_(part), table.c.npi.in_(select(exclusion.c.npi)))
        of_ours |= set(connection.scalars(listed))
    return _hide(connection, key, of_ours)


def _check_order(connection: Connection, as_of: date) -> None:
    held = connection.execute(select(func.max(exclusion.c.as_of))).scalar_one()
    if held is not None and held > as_of:
        raise OutOfOrder(f"The list that is held is of {held}: load a later one.", "file")


def _hide(connection: Connection, key: Column[str], npis: Collection[str]) -> set[str]:
    """Keys of those that were to be found until now."""
    table = key.table
    # What its owner took out is theirs to show again, unless the list forbids it.
    open_to_owner = table.c.hidden_at.is_(None) | (table.c.hidden_reason == LEFT)
    found = values_of(connection, key, table.c.npi, npis, open_to_owner)
    for part in sliced(found):
        values = {"hidden_at": datetime.now(UTC), "hidden_reason": EXCLUDED}
        connection.execute(update(table).where(key.in_(part)).values(values))
    return found


def _show(connection: Connection, key: Column[str], npis: Collection[str]) -> set[str]:
    """Keys of those that were hidden only because an earlier list named them."""
    table = key.table
    rows = connection.execute(select(key, table.c.npi).where(table.c.hidden_reason == EXCLUDED))
    back = {row[0] for row in rows if row.npi not in npis}
    for part in sliced(back):
        connection.execute(update(table).where(key.in_(part)).values(hidden_at=None, hidden_reason=None))
    return back


def is_excluded(connection: Connection, key: Column[str], subject: str) -> bool:
    """Whether the list that is held names the NPI of this practitioner or clinic."""
    listed = select(key).where(key == subject, key.table.c.npi.in_(select(exclusion.c.npi)))
    return connection.execute(listed).first() is not None


def _values(item: Exclusion, as_of: date) -> Values:
    return {
        "npi": item.npi,
        "folded_name": folded_name(item.name),
        "name": item.name,
        "state": item.state,
        "kind": item.kind,
        "excluded_on": item.excluded_on,
        "as_of": as_of,
    }
