"""What listings are made from, and the port through which the indexer reads it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from directory.domain.clinic import Clinic, Site
from directory.domain.evidence import Level
from directory.domain.facts import Endpoint
from directory.domain.practitioner import Practitioner, Role
from directory.search.listing import PartnerClinic


@dataclass(frozen=True, slots=True)
class PractitionerRecord:
    """A practitioner with every role. `version` is the revision of the last change that shows in a listing."""

    practitioner: Practitioner
    roles: tuple[Role, ...]
    version: int
    endpoints: tuple[Endpoint, ...] = ()

    @property
    def subject(self) -> str:
        return f"p{self.practitioner.npi}"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A practitioner and one confirmed role of theirs at the clinic."""

    practitioner: Practitioner
    role: Role


@dataclass(frozen=True, slots=True)
class ClinicRecord:
    """A clinic with its sites, the people whose roles there are confirmed, and its confirmed referral partners.

    `network_id` names its referral network (`domain.clinic.networks`) or is empty.
    """

    clinic: Clinic
    sites: tuple[Site, ...]
    staff: tuple[StaffMember, ...]
    partners: tuple[PartnerClinic, ...]
    network_id: str
    version: int
    endpoints: tuple[Endpoint, ...] = ()

    @property
    def subject(self) -> str:
        return f"c{self.clinic.id}"


Record = PractitionerRecord | ClinicRecord


@dataclass(frozen=True, slots=True)
class Changed:
    """Subjects changed after a position, each once, and the revision up to which that is complete."""

    subjects: tuple[str, ...]
    position: int


class ListingSource(Protocol):
    """The system of record as the indexer sees it. Raises RecordsUnavailable when it cannot answer."""

    def position(self) -> int:
        """The latest revision that is certain to have no earlier one still to come."""
        ...

    def is_demonstration(self) -> bool: ...

    def count(self) -> int:
        """How many records `records` yields, for a progress bar."""
        ...

    def records(self) -> Iterator[Record]:
        """Every record that may have listings, streamed in a stable order, as of one moment."""
        ...

    def record(self, subject: str) -> Record | None:
        """One record by its subject (`p<NPI>`, `c<clinic id>`), or None where there is none."""
        ...

    def records_of(self, subjects: Sequence[str]) -> Mapping[str, Record]:
        """Records by subject, as of one moment; those that do not exist are left out. For up to a few thousand."""
        ...

    def changed_since(self, position: int, limit: int) -> Changed:
        """At most about `limit` changed subjects in order of revision; bulk markers are expanded."""
        ...

    def with_npi(self, npi: str) -> tuple[Record, ...]:
        """The practitioner and the clinics of an NPI, hidden and deactivated ones too."""
        ...

    def expiring(self, after: date, until: date) -> Mapping[Level, int]:
        """How many roles and clinic sites have a check of each level that expires in (after, until]."""
        ...

    def restamp(self, subjects: Collection[str]) -> None:
        """Gives subjects a new revision, and with it an outbox row, so that indices take them anew.

        A listing may change without its record, as when one of its checks expires; an index that holds the present
        version would keep what it has. Subjects without a record only move the revision on.
        """
        ...
