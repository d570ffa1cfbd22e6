"""What is listed already, as a draft: whoever claims a listing begins with it, so that nothing of it is lost."""

from collections.abc import Iterable, Sequence

from directory.domain.clinic import Site
from directory.domain.draft import CareStep, ClinicDraft, ClinicStep, LocationDraft, PersonDraft
from directory.domain.facts import NOTHING_STATED, CareFacts, Contact
from directory.domain.place import Precision
from directory.domain.practitioner import Location, Practitioner, Role
from directory.search.source import ClinicRecord, PractitionerRecord, Record, StaffMember


def draft_of_record(record: Record) -> ClinicDraft:
    """The draft whose approval would publish what the record states now.

    The kind of a clinic, its e-mail address and the evidence of a board certification are not among the facts of a
    listing: they stay to be filled in.
    """
    return _of_practitioner(record) if isinstance(record, PractitionerRecord) else _of_clinic(record)


def _of_practitioner(record: PractitionerRecord) -> ClinicDraft:
    own = [role for role in record.roles if role.clinic_id is None]
    places = tuple(_place(role.location, role.contact, role.facts) for role in own)
    facts = own[0].facts if own else NOTHING_STATED
    website = next((role.contact.website for role in own if role.contact.website), "")
    person = _person(record.practitioner, facts, tuple(range(len(places))) or (0,))
    return ClinicDraft(ClinicStep(website=website), places, None, (person,), _care(facts))


def _of_clinic(record: ClinicRecord) -> ClinicDraft:
    clinic, sites = record.clinic, record.sites
    website = next((site.contact.website for site in sites if site.contact.website), "")
    places = tuple(_place(site.location, site.contact, site.facts) for site in sites)
    facts = sites[0].facts if sites else NOTHING_STATED
    stated = ClinicStep(clinic.npi or "", clinic.name, website)
    return ClinicDraft(stated, places, None, _people(record.staff, sites), _care(facts))


def _people(staff: Iterable[StaffMember], sites: Sequence[Site]) -> tuple[PersonDraft, ...]:
    """Each person once, at every site where they have a role."""
    rows = {site.location.id: row for row, site in enumerate(sites)}
    members: dict[str, tuple[Practitioner, Role, list[int]]] = {}
    for member in staff:
        found = members.setdefault(member.practitioner.npi, (member.practitioner, member.role, []))
        if member.role.location.id in rows:
            found[2].append(rows[member.role.location.id])
    return tuple(_person(who, role.facts, tuple(sorted(at)) or (0,)) for who, role, at in members.values())


def _person(who: Practitioner, facts: CareFacts, locations: tuple[int, ...]) -> PersonDraft:
    return PersonDraft(
        npi=who.npi,
        credential=who.credential,
        gender=who.gender,
        age_groups=facts.age_groups,
        conditions=facts.conditions,
        treatments=facts.treatments,
        locations=locations,
    )


def _place(location: Location, contact: Contact, facts: CareFacts) -> LocationDraft:
    address, position = location.address, location.position
    exact = position.precision is Precision.EXACT and position.source == "the practice"
    return LocationDraft(
        line=address.line,
        line2=address.line2,
        city=address.city,
        state=address.state,
        zip=address.zip[:5],
        phone=contact.phone,
        hours=facts.hours,
        open_days=facts.open_days,
        accessibility=facts.accessibility,
        point=position.point if exact else None,
    )


def _care(facts: CareFacts) -> CareStep:
    return CareStep(facts.insurance, facts.languages, facts.accepting_new_patients, facts.telehealth)
