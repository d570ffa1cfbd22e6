"""Domain values as rows, and back."""

from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any

from directory.domain.clinic import Clinic, Site
from directory.domain.evidence import Evidence, Level
from directory.domain.facts import NO_CONTACT, NOTHING_STATED, CareFacts, Contact, Endpoint, EndpointKind, Gender, Known
from directory.domain.place import Address, Point, Position, Precision
from directory.domain.practitioner import Location, PersonName, Practitioner, Role
from directory.records.keyed import AnyRow

Values = dict[str, Any]


def practitioner_values(person: Practitioner) -> Values:
    return {
        "npi": person.npi,
        "given": person.name.given,
        "family": person.name.family,
        "middle": person.name.middle,
        "prefix": person.name.prefix,
        "suffix": person.name.suffix,
        "credential": person.credential,
        "gender": person.gender.value,
        "taxonomies": person.taxonomies,
        "other_names": person.other_names,
        "deactivated_on": person.deactivated_on,
    }


def practitioner_of(row: AnyRow) -> Practitioner:
    return Practitioner(
        npi=row.npi,
        name=PersonName(row.given, row.family, row.middle, row.prefix, row.suffix),
        taxonomies=tuple(row.taxonomies),
        credential=row.credential,
        gender=Gender(row.gender),
        other_names=tuple(row.other_names),
        deactivated_on=row.deactivated_on,
        hidden=row.hidden_at is not None,
    )


def clinic_values(clinic: Clinic) -> Values:
    return {
        "id": clinic.id,
        "npi": clinic.npi,
        "name": clinic.name,
        "taxonomies": clinic.taxonomies,
        "other_names": clinic.other_names,
        "deactivated_on": clinic.deactivated_on,
    }


def clinic_of(row: AnyRow) -> Clinic:
    return Clinic(
        id=row.id,
        name=row.name,
        npi=row.npi,
        taxonomies=tuple(row.taxonomies),
        other_names=_other_names(row),
        deactivated_on=row.deactivated_on,
        hidden=row.hidden_at is not None,
    )


def _other_names(row: AnyRow) -> tuple[str, ...]:
    """Those of the registry's main table, then those of its further one."""
    stated = (row.further or {}).get("other_names", {"values": ()})["values"]
    return tuple(name for name in dict.fromkeys((*row.other_names, *stated)) if name != row.name)


def endpoints_of(row: AnyRow) -> tuple[Endpoint, ...]:
    """Endpoints of a practitioner or clinic."""
    if row.further is None:
        return ()
    stated = row.further.get("endpoints", {"values": ()})["values"]
    return tuple(Endpoint(EndpointKind(kind), address) for kind, address in stated)


def position_values(position: Position) -> Values:
    point = position.point
    return {
        "lat": None if point is None else point.lat,
        "lon": None if point is None else point.lon,
        "precision": position.precision.value,
        "position_source": position.source,
    }


def location_values(location: Location) -> Values:
    return {"id": location.id, **address_values(location.address), **position_values(location.position)}


def address_values(address: Address) -> Values:
    return {
        "line": address.line,
        "line2": address.line2,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
    }


def address_of(row: AnyRow) -> Address:
    return Address(row.line, row.city, row.state, row.zip, row.line2)


def position_of(row: AnyRow) -> Position:
    point = None if row.lat is None else Point(row.lat, row.lon)
    return Position(point, Precision(row.precision), row.position_source)


def location_of(row: AnyRow, location_id: str) -> Location:
    return Location(location_id, address_of(row), position_of(row))


def role_values(role: Role, origin: str) -> Values:
    return {
        "id": role.id,
        "npi": role.npi,
        "location_id": role.location.id,
        "clinic_id": role.clinic_id,
        "practice_name": "" if role.clinic_id else role.clinic_name,
        "confirmed_on": role.confirmed_on,
        "origin": origin,
        **care_values(role.contact, role.facts),
    }


def role_of(row: AnyRow, evidence: tuple[Evidence, ...]) -> Role:
    """A role from its row joined with its location and, where there is one, its clinic."""
    return Role(
        id=row.id,
        npi=row.npi,
        location=location_of(row, row.location_id),
        evidence=evidence,
        clinic_id=row.clinic_id,
        clinic_name=row.clinic_name or row.practice_name,
        contact=contact_of(row),
        facts=facts_of(row.facts),
        confirmed_on=row.confirmed_on,
    )


def site_id(clinic_id: str, location_id: str) -> str:
    return f"{clinic_id}.{location_id}"


def site_values(clinic_id: str, site: Site, origin: str) -> Values:
    return {
        "id": site_id(clinic_id, site.location.id),
        "clinic_id": clinic_id,
        "location_id": site.location.id,
        "origin": origin,
        **care_values(site.contact, site.facts),
    }


def site_of(row: AnyRow, evidence: tuple[Evidence, ...]) -> Site:
    return Site(location_of(row, row.location_id), evidence, contact_of(row), facts_of(row.facts))


def care_values(contact: Contact, facts: CareFacts) -> Values:
    stated = None if facts == NOTHING_STATED else asdict(facts)
    return {"phone": contact.phone, "website": contact.website, "facts": stated}


def contact_of(row: AnyRow) -> Contact:
    return Contact(row.phone, row.website) if row.phone or row.website else NO_CONTACT


def facts_of(stored: Values | None) -> CareFacts:
    if stored is None:
        return NOTHING_STATED
    return CareFacts(
        accepting_new_patients=Known(stored["accepting_new_patients"]),
        telehealth=Known(stored["telehealth"]),
        board_certified=Known(stored["board_certified"]),
        languages=tuple(stored["languages"]),
        insurance=tuple(stored["insurance"]),
        accessibility=tuple(stored["accessibility"]),
        conditions=tuple(stored["conditions"]),
        treatments=tuple(stored["treatments"]),
        age_groups=tuple(stored["age_groups"]),
        open_days=tuple(stored["open_days"]),
        hours=stored["hours"],
    )


def evidence_values(item: Evidence, origin: str) -> Values:
    return {
        "level": item.level.value,
        "what": item.what,
        "source": item.source,
        "checked_on": item.checked_on,
        "expires_on": item.expires_on,
        "note": item.note,
        "origin": origin,
    }


# A load gives thousands of rows the same few checks: held once, they cost a look-up instead of an object.
@lru_cache(maxsize=4_096)
def evidence_of(level: str, what: str, source: str, checked_on: date, expires_on: date, note: str) -> Evidence:
    return Evidence(Level(level), what, source, checked_on, expires_on, note)
