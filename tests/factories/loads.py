"""Loads of a small, fixed neighbourhood: one function for each step that most tests begin with."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Engine

from directory.domain.address import location_id
from directory.domain.clinic import Clinic, ReferralLink, Site
from directory.domain.evidence import Level
from directory.domain.place import Address, Point, Position, Precision
from directory.domain.practitioner import Location, Practitioner
from directory.records.loading import SqlLoading
from directory.registration.loading import ClinicEntry, Dataset, Load, LoadFile, PractitionerEntry
from tests.factories.records import TODAY, evidence, practitioner, role


def file(name: str = "week.csv", *, source: str = "nppes", day: date = TODAY, sha256: str = "") -> LoadFile:
    return LoadFile(source, name, sha256 or f"sha-{name}", day)


def begun(engine: Engine, name: str = "week.csv", *, day: date = TODAY, repeat: bool = True) -> Load:
    return SqlLoading(engine).begin(Dataset.REGISTRY, file(name, day=day), repeat=repeat)


def place(line: str = "1 Elm St", *, lat: float = 41.8781, precision: Precision = Precision.EXACT) -> Location:
    address = Address(line, "Chicago", "IL", "60614")
    point = None if precision is Precision.NONE else Point(lat, -87.6298)
    return Location(location_id(address), address, Position(point, precision, "test"))


def person(number: int = 1, *places: Location, **parts: object) -> PractitionerEntry:
    """A practitioner on their own, at each of the places."""
    who = practitioner(number, **parts)  # type: ignore[arg-type]
    return PractitionerEntry(who, tuple(role(who.npi, item) for item in places or (place(),)))


def at_clinic(who: Practitioner, clinic_id: str, where: Location, *, confirmed: bool = True) -> PractitionerEntry:
    on = TODAY - timedelta(days=5) if confirmed else None
    return PractitionerEntry(who, (role(who.npi, where, clinic_id=clinic_id, confirmed_on=on),))


def clinic(key: str = "k1", *places: Location, name: str = "Juniper Spine", npi: str | None = None) -> ClinicEntry:
    sites = tuple(Site(item, (evidence(Level.REVIEWED),)) for item in places or (place(),))
    return ClinicEntry(Clinic(key, name, npi), sites)


def confirmed(first: str, second: str) -> ReferralLink:
    return ReferralLink(first, second, TODAY, TODAY)


def loaded(
    engine: Engine,
    clinics: Iterable[ClinicEntry] = (),
    people: Iterable[PractitionerEntry] = (),
    links: Iterable[ReferralLink] = (),
) -> Load:
    """A load with all of this in it, not finished."""
    load = begun(engine)
    load.clinics(clinics)
    load.practitioners(people)
    load.links(links)
    return load
