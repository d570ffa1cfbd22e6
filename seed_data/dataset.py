"""What the generator makes: records of the domain, with the reason why a search must not find some of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from directory.domain.clinic import Clinic, ReferralLink, Site
from directory.domain.practitioner import Practitioner, Role


class Reason(StrEnum):
    """Why a search must not find a record, or why a link must not count."""

    EXPIRED = "expired"
    UNVERIFIED = "unverified"
    ROLE_UNCONFIRMED = "role_unconfirmed"
    HIDDEN = "hidden"
    DEACTIVATED = "deactivated"
    WITHHELD_SPECIALTY = "withheld_specialty"
    ONE_SIDED = "one_sided"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class InventedPractitioner:
    """A practitioner with roles. `role_reasons` goes by role id."""

    area: str
    practitioner: Practitioner
    roles: tuple[Role, ...]
    reason: Reason | None = None
    role_reasons: Mapping[str, Reason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InventedClinic:
    """A clinic with sites. `site_reasons` goes by location id."""

    area: str
    clinic: Clinic
    sites: tuple[Site, ...]
    reason: Reason | None = None
    site_reasons: Mapping[str, Reason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InventedLink:
    """A referral link between two clinics."""

    link: ReferralLink
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything that is written, in the order in which it is written."""

    practitioners: tuple[InventedPractitioner, ...]
    clinics: tuple[InventedClinic, ...]
    links: tuple[InventedLink, ...]
