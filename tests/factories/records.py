"""Domain values and records with sensible parts, for tests that name only what they are about."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from directory.domain.clinic import Clinic, Site
from directory.domain.evidence import Evidence, Level
from directory.domain.npi import with_check_digit
from directory.domain.place import Address, Point, Position, Precision
from directory.domain.practitioner import Location, PersonName, Practitioner, Role
from directory.search.source import ClinicRecord, PractitionerRecord, StaffMember

TODAY = date(2026, 11, 25)
CHICAGO = Point(41.8781, -87.6298)


def npi(number: int = 1) -> str:
    """A demonstration NPI with a right check digit."""
    return with_check_digit(f"2{number:08d}")


def evidence(level: Level = Level.REGISTRY, *, age: int = 10, lasts: int = 120, note: str = "") -> Evidence:
    checked = TODAY - timedelta(days=age)
    return Evidence(level, "NPI active", "NPPES", checked, checked + timedelta(days=lasts), note)


def location(key: str = "a1", point: Point | None = CHICAGO, state: str = "IL", **address: str) -> Location:
    parts = {"line": "1 Elm St", "city": "Chicago", "zip": "60614", "state": state} | address
    precision = Precision.EXACT if point else Precision.NONE
    return Location(key, Address(**parts), Position(point, precision, "test"))


def role(person: str, place: Location | None = None, held: Iterable[Evidence] | None = None, **parts: Any) -> Role:
    place = place or location()
    return Role(
        id=parts.pop("id", f"{person}-{place.id}"),
        npi=person,
        location=place,
        evidence=tuple(held) if held is not None else (evidence(),),
        **parts,
    )


def practitioner(number: int = 1, taxonomies: tuple[str, ...] = ("111N00000X",), **parts: Any) -> Practitioner:
    name = parts.pop("name", PersonName("Ana", "Núñez"))
    return Practitioner(npi(number), name, taxonomies, **parts)


def practitioner_record(person: Practitioner | None = None, *roles: Role, version: int = 1) -> PractitionerRecord:
    person = person or practitioner()
    return PractitionerRecord(person, roles or (role(person.npi),), version)


def clinic_record(
    staff: Iterable[Practitioner] = (), *, level: Level = Level.REVIEWED, network: str = "", **parts: Any
) -> ClinicRecord:
    """A clinic at one site where everybody named has a confirmed role."""
    place = location("site")
    clinic = Clinic(parts.pop("id", "k1"), parts.pop("name", "Juniper Spine"), **parts)
    members = tuple(
        StaffMember(person, role(person.npi, place, clinic_id=clinic.id, confirmed_on=TODAY)) for person in staff
    )
    return ClinicRecord(clinic, (Site(place, (evidence(level),)),), members, (), network, 1)


def unconfirmed(member: StaffMember) -> StaffMember:
    """The same person whose role nobody has confirmed."""
    return replace(member, role=replace(member.role, confirmed_on=None))
