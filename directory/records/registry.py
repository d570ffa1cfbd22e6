"""What the records know of the numbers and names that applicants type."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from directory.domain.address import location_id
from directory.domain.errors import NotFound
from directory.domain.place import Address
from directory.records.database import reading
from directory.records.keyed import AnyRow, rows_with
from directory.records.rows import address_of, clinic_of, practitioner_of
from directory.records.tables import clinic, clinic_site, exclusion, location, ownership, practitioner, role
from directory.registration.applications import Exclusion, Held, RegistryFacts
from directory.registration.publishing import PRACTICE
from directory.search.fold import sort_name


class SqlRegistry:
    """Implements `registration.applications.Registry`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def facts(self, npi: str) -> RegistryFacts | None:
        with reading(self._engine) as connection:
            person = connection.execute(select(practitioner).where(practitioner.c.npi == npi)).first()
            if person is not None:
                return _person(person, _stated(connection, role, role.c.npi == npi))
            held = connection.execute(select(clinic).where(clinic.c.npi == npi, clinic.c.load_id.is_not(None))).first()
            if held is None:
                return None
            return _organization(held, _stated(connection, clinic_site, clinic_site.c.clinic_id == held.id))

    def duplicates(self, npi: str, name: str, addresses: Sequence[Address]) -> tuple[Held, ...]:
        places = [location_id(address) for address in addresses]
        folded = sort_name(name, "")
        with reading(self._engine) as connection:
            # No clinic's number is empty: without one, only name and address can show the same clinic.
            same_number = select(clinic).where(clinic.c.npi == npi, clinic.c.npi != "")
            found = {row.id: row for row in connection.execute(same_number)}
            neighbours = select(clinic).join(clinic_site, clinic_site.c.clinic_id == clinic.c.id)
            for row in rows_with(connection, neighbours, clinic_site.c.location_id, places):
                if sort_name(row.name, "") == folded:
                    found[row.id] = row
            return tuple(_held(connection, row) for _, row in sorted(found.items()))

    def held(self, subject: str) -> Held:
        with reading(self._engine) as connection:
            if subject.startswith("c"):
                row = connection.execute(select(clinic).where(clinic.c.id == subject[1:])).first()
                if row is not None:
                    return _held(connection, row)
            person = connection.execute(select(practitioner).where(practitioner.c.npi == subject[1:])).first()
            if person is None or not subject.startswith("p"):
                raise NotFound(f"The directory holds nothing under {subject[1:]}.")
            name = practitioner_of(person).name.display()
            return Held(subject, name, person.npi, None, _owner(connection, subject) is not None)

    def is_owned_by_another(self, subject: str, account_id: str) -> bool:
        with reading(self._engine) as connection:
            return _owner(connection, subject) not in (None, account_id)


class SqlExclusions:
    """Implements `registration.applications.Exclusions`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_npis(self, npis: Collection[str]) -> Mapping[str, Exclusion]:
        with reading(self._engine) as connection:
            found = rows_with(connection, select(exclusion), exclusion.c.npi, npis)
            return {row.npi: _exclusion(row) for row in found if row.npi}

    def named(self, names: Collection[str]) -> Mapping[str, Exclusion]:
        folded = {key: name for name in names for key in _readings(name)}
        with reading(self._engine) as connection:
            unnumbered = select(exclusion).where(exclusion.c.npi == "")
            found = rows_with(connection, unnumbered, exclusion.c.folded_name, folded)
            return {folded[row.folded_name]: _exclusion(row) for row in found}

    def as_of(self) -> date | None:
        with reading(self._engine) as connection:
            day: date | None = connection.execute(select(func.max(exclusion.c.as_of))).scalar_one()
            return day


def folded_name(name: str) -> str:
    """Words of a name in alphabetical order, folded: the list writes the family name first, people do not."""
    return " ".join(sorted(sort_name(name, "").split()))


def _readings(name: str) -> set[str]:
    """The whole name, and any two of its words: which of them are given and family name is not known."""
    words = sort_name(name, "").split()
    return {folded_name(name), *(folded_name(" ".join(pair)) for pair in combinations(words, 2))}


def _exclusion(row: AnyRow) -> Exclusion:
    return Exclusion(row.npi, row.name, row.state, row.kind, row.excluded_on)


def _stated(connection: Connection, table: Any, where: ColumnElement[bool]) -> AnyRow | None:
    """Address and phone as the registry states them."""
    statement = select(table.c.phone, location).join(location, location.c.id == table.c.location_id)
    return connection.execute(statement.where(where, table.c.origin != PRACTICE).order_by(table.c.id)).first()


def _person(row: AnyRow, stated: AnyRow | None) -> RegistryFacts:
    person = practitioner_of(row)
    return RegistryFacts(
        person.npi, False, person.name.display(), person.other_names, person.deactivated_on is None,
        person.taxonomies, person.credential, *_place(stated), row.as_of,
    )  # fmt: skip


def _organization(row: AnyRow, stated: AnyRow | None) -> RegistryFacts:
    return RegistryFacts(
        row.npi, True, row.name, clinic_of(row).other_names, row.deactivated_on is None,
        tuple(row.taxonomies), "", *_place(stated), row.as_of,
    )  # fmt: skip


def _place(stated: AnyRow | None) -> tuple[Address | None, str]:
    return (None, "") if stated is None else (address_of(stated), stated.phone)


def _held(connection: Connection, row: AnyRow) -> Held:
    sites = select(location).join(clinic_site, clinic_site.c.location_id == location.c.id)
    place = connection.execute(sites.where(clinic_site.c.clinic_id == row.id).order_by(clinic_site.c.id)).first()
    subject = f"c{row.id}"
    address = None if place is None else address_of(place)
    return Held(subject, row.name, row.npi or "", address, _owner(connection, subject) is not None)


def _owner(connection: Connection, subject: str) -> str | None:
    statement = select(ownership.c.account_id).where(ownership.c.subject == subject)
    return connection.execute(statement).scalar_one_or_none()
