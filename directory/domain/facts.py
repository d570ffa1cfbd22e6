"""Facts about care at one location (FHIR PractitionerRole, HealthcareService). Unknown is a value of its own."""

from dataclasses import dataclass
from enum import StrEnum


class Known(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    NONBINARY = "nonbinary"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CareFacts:
    """What the practice states about care at one location. An empty tuple means unknown, never none.

    Codes are those of `directory.vocabulary`: `languages` ISO 639, `insurance` insurer codes, `accessibility`
    Plan-Net codes, `conditions` condition slugs and `treatments` treatment codes that they state they treat
    or offer, `open_days` mon..sun, `age_groups` age-group codes. `hours` is free text for people.
    """

    accepting_new_patients: Known = Known.UNKNOWN
    telehealth: Known = Known.UNKNOWN
    board_certified: Known = Known.UNKNOWN
    languages: tuple[str, ...] = ()
    insurance: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()
    age_groups: tuple[str, ...] = ()
    open_days: tuple[str, ...] = ()
    hours: str = ""


NOTHING_STATED = CareFacts()


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a location. `phone` is E.164 (+13125550100) or empty."""

    phone: str = ""
    website: str = ""


NO_CONTACT = Contact()


class EndpointKind(StrEnum):
    FHIR = "fhir"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where programs reach a practice: a FHIR server (`address` is its URL), or a Direct mailbox for clinicians."""

    kind: EndpointKind
    address: str
