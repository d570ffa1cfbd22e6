"""An approved draft as records: the clinic, its sites, and roles that still have to be confirmed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from directory.domain.address import location_id
from directory.domain.application import Application, ApplicationKind
from directory.domain.clinic import Clinic, Site
from directory.domain.draft import ClinicDraft, LocationDraft, PersonDraft
from directory.domain.evidence import ATTESTATION_DAYS, Evidence, Level
from directory.domain.facts import CareFacts, Contact, Known
from directory.domain.place import Address, Position, Precision
from directory.domain.practitioner import Location, Role
from directory.registration.applications import Publication, Registry
from directory.registration.validation import e164, website
from directory.search.places import Positions

PRACTICE = "practice"
"""The origin of what practices state: no file overwrites it."""


class Seen(StrEnum):
    """How a reviewer made sure: by calling the phone number that the registry states, or by a document."""

    CALLED_REGISTRY_PHONE = "called the phone number in the national registry"
    SAW_DOCUMENT = "saw a document"


@dataclass(frozen=True, slots=True)
class Publishing:
    """Makes publications. `positions` places the addresses; a pin inside the stated state goes before it."""

    positions: Positions
    registry: Registry

    def publication(self, application: Application, how: Seen, today: date) -> Publication:
        """What approving this application today writes. People whom no registry file holds get no role."""
        draft, subject = application.draft, subject_of(application)
        checks = (stated(today), reviewed(how, today))
        if application.kind is ApplicationKind.PRACTITIONER:
            return Publication(subject, None, (), tuple(self._own_roles(draft, checks, today)))
        clinic = Clinic(subject[1:], draft.clinic.name.strip(), draft.clinic.npi or None)
        sites = tuple(self._site(draft, place, checks) for place in draft.locations)
        return Publication(subject, clinic, sites, tuple(self._roles(draft, clinic, checks[:1])))

    def _site(self, draft: ClinicDraft, place: LocationDraft, checks: tuple[Evidence, ...]) -> Site:
        return Site(self._location(place), checks, _contact(draft, place), site_facts(draft, place))

    def _roles(self, draft: ClinicDraft, clinic: Clinic, checks: tuple[Evidence, ...]) -> Iterable[Role]:
        for person in draft.people:
            facts = self.registry.facts(person.npi)
            if facts is None or facts.organization:
                continue
            for place in (draft.locations[index] for index in person.locations):
                where = self._location(place)
                key = role_id(person.npi, where.id, clinic.id)
                contact, care = _contact(draft, place), role_facts(draft, place, person)
                yield Role(key, person.npi, where, checks, clinic.id, clinic.name, contact, care)

    def _own_roles(self, draft: ClinicDraft, checks: tuple[Evidence, ...], today: date) -> Iterable[Role]:
        """The first takes the place of what the registry stated, so that no file brings the old address back."""
        person = draft.people[0]
        for order, index in enumerate(person.locations):
            place = draft.locations[index]
            where = self._location(place)
            key = role_id(person.npi, where.id, "") if order else f"n{person.npi}"
            contact, care = _contact(draft, place), role_facts(draft, place, person)
            yield Role(key, person.npi, where, checks, contact=contact, facts=care, confirmed_on=today)

    def _location(self, place: LocationDraft) -> Location:
        address = _tidy(place.address)
        position = self.positions.locate(address)
        if place.point is not None and self.positions.in_state(place.point, place.state):
            position = Position(place.point, Precision.EXACT, "the practice")
        return Location(location_id(address), address, position)


def subject_of(application: Application) -> str:
    """The listing an application is about; a new clinic is named by its NPI, as the registry's are, else by this."""
    if application.subject:
        return application.subject
    if application.kind is ApplicationKind.PRACTITIONER:
        return f"p{application.draft.people[0].npi}"
    npi = application.draft.clinic.npi
    return f"cn{npi}" if npi else f"cr{application.id[:16]}"


def role_id(npi: str, location: str, clinic: str) -> str:
    """One id for a person at a place for a clinic, whoever states it and however often."""
    text = f"{npi}|{location}|{clinic}"
    return f"a{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


def stated(today: date) -> Evidence:
    """What an attestation leaves behind."""
    expires = today + timedelta(days=ATTESTATION_DAYS)
    return Evidence(Level.PRACTICE, "Details confirmed by the practice", "The practice's account", today, expires)


def reviewed(how: Seen, today: date) -> Evidence:
    """What a review leaves behind. It lasts only as long as the practice keeps its own details confirmed."""
    expires = today + timedelta(days=ATTESTATION_DAYS)
    return Evidence(Level.REVIEWED, f"Checked by a reviewer, who {how.value}", "A reviewer", today, expires)


def site_facts(draft: ClinicDraft, place: LocationDraft) -> CareFacts:
    """Facts of the clinic at a location; what its people state that they treat, it states too."""
    people = _people_at(draft, place)
    return replace(
        _care(draft, place),
        conditions=_each_once(code for person in people for code in person.conditions),
        treatments=_each_once(code for person in people for code in person.treatments),
        age_groups=_each_once(code for person in people for code in person.age_groups),
    )


def role_facts(draft: ClinicDraft, place: LocationDraft, person: PersonDraft) -> CareFacts:
    """Facts of a person at a location."""
    certified = Known.YES if person.board.strip() and person.board_evidence.strip() else Known.UNKNOWN
    return replace(
        _care(draft, place),
        board_certified=certified,
        conditions=person.conditions,
        treatments=person.treatments,
        age_groups=person.age_groups,
    )


def _care(draft: ClinicDraft, place: LocationDraft) -> CareFacts:
    care = draft.care
    return CareFacts(
        accepting_new_patients=care.accepting,
        telehealth=care.telehealth,
        languages=care.languages,
        insurance=care.insurance,
        accessibility=place.accessibility,
        open_days=place.open_days,
        hours=place.hours.strip(),
    )


def _contact(draft: ClinicDraft, place: LocationDraft) -> Contact:
    return Contact(e164(place.phone), website(draft.clinic.website) if draft.clinic.website.strip() else "")


def _people_at(draft: ClinicDraft, place: LocationDraft) -> list[PersonDraft]:
    index = draft.locations.index(place)
    return [person for person in draft.people if index in person.locations]


def _each_once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _tidy(address: Address) -> Address:
    return Address(
        address.line.strip(), address.city.strip(), address.state, address.zip.strip(), address.line2.strip()
    )
