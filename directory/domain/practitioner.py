"""Practitioners and their roles (FHIR Practitioner, PractitionerRole)."""

from dataclasses import dataclass
from datetime import date

from directory.domain.evidence import Evidence
from directory.domain.facts import NO_CONTACT, NOTHING_STATED, CareFacts, Contact, Gender
from directory.domain.place import Address, Position


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name in its parts, in the case in which it is shown."""

    given: str
    family: str
    middle: str = ""
    prefix: str = ""
    suffix: str = ""

    def display(self) -> str:
        """The name as shown, without degrees: "Ana M. Núñez Jr."."""
        return " ".join(part for part in (self.given, self.middle, self.family, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class Practitioner:
    """One person. `npi` is unique; `taxonomies` are NUCC codes, the primary one first.

    `credential` is the degree as stated in the registry or by the practice, normalised ("DO"), or empty.
    """

    npi: str
    name: PersonName
    taxonomies: tuple[str, ...]
    credential: str = ""
    gender: Gender = Gender.UNKNOWN
    other_names: tuple[str, ...] = ()
    deactivated_on: date | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """A place where care is given. `id` is stable: the same address keeps its id over loads."""

    id: str
    address: Address
    position: Position


@dataclass(frozen=True, slots=True)
class Role:
    """A practitioner at a location, for a clinic or on their own (`clinic_id` None).

    A role with a clinic counts only when `confirmed_on` is set: by the practitioner's own approved account or
    by a reviewer. `evidence` holds for this role at this location.
    """

    id: str
    npi: str
    location: Location
    evidence: tuple[Evidence, ...]
    clinic_id: str | None = None
    clinic_name: str = ""
    contact: Contact = NO_CONTACT
    facts: CareFacts = NOTHING_STATED
    confirmed_on: date | None = None
