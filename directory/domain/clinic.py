"""Clinics, who works there, and which clinics refer to one another (FHIR Organization, OrganizationAffiliation)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from directory.domain.evidence import Evidence
from directory.domain.facts import NO_CONTACT, NOTHING_STATED, CareFacts, Contact
from directory.domain.practitioner import Location


@dataclass(frozen=True, slots=True)
class Clinic:
    """An organization. `taxonomies` are NUCC organization codes; `npi` is None where it has none."""

    id: str
    name: str
    npi: str | None = None
    taxonomies: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    deactivated_on: date | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A clinic at one of its locations."""

    location: Location
    evidence: tuple[Evidence, ...]
    contact: Contact = NO_CONTACT
    facts: CareFacts = NOTHING_STATED


@dataclass(frozen=True, slots=True)
class ReferralLink:
    """Two clinics that refer to one another. It counts only when both sides confirmed and neither ended it."""

    clinic_id: str
    partner_id: str
    confirmed_by_clinic_on: date | None
    confirmed_by_partner_on: date | None
    ended_on: date | None = None

    @property
    def confirmed(self) -> bool:
        return (
            self.confirmed_by_clinic_on is not None
            and self.confirmed_by_partner_on is not None
            and self.ended_on is None
        )


def networks(links: Iterable[ReferralLink]) -> dict[str, str]:
    """Clinic id -> id of its referral network: the smallest clinic id among those connected by confirmed links.

    A clinic without a confirmed link is in no network and absent from the answer.
    """
    root: dict[str, str] = {}

    def find(clinic: str) -> str:
        while root[clinic] != clinic:
            root[clinic] = root[root[clinic]]
            clinic = root[clinic]
        return clinic

    for link in links:
        if link.confirmed:
            first, second = (find(root.setdefault(end, end) and end) for end in (link.clinic_id, link.partner_id))
            root[max(first, second)] = min(first, second)
    return {clinic: find(clinic) for clinic in root}
