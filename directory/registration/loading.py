"""What files bring into the records, and the port through which they are loaded.

A load is begun, given entries (clinics before their staff, both before links), and finished. A load that was cut off
is simply run again: what had arrived is unchanged.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from directory.domain.clinic import Clinic, ReferralLink, Site
from directory.domain.errors import DirectoryError, InvalidInput
from directory.domain.evidence import Evidence
from directory.domain.facts import NO_CONTACT, Contact, Endpoint
from directory.domain.practitioner import Location, Practitioner, Role


class Dataset(StrEnum):
    """What a database holds. The two never share one."""

    DEMONSTRATION = "demonstration"
    REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class LoadFile:
    """Provenance of a load. `source` names the kind of file ("nppes"), and after a slash the table where it holds no
    main one ("nppes/pl_pfile"); its `date` is the day its facts are of."""

    source: str
    name: str
    sha256: str
    date: date

    @property
    def origin(self) -> str:
        """What rows are marked with that its main table states; `further(origin)` marks those of its other tables."""
        return self.source.partition("/")[0]

    @property
    def table(self) -> str:
        """The further table that it holds without a main one, else empty."""
        return self.source.partition("/")[2]


def further(origin: str) -> str:
    """The mark of what the further tables of a source state, which its main table neither changes nor takes back."""
    return f"{origin}/further"


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One load as it is kept. `finished_at` is None while it runs, or where it was cut off; then `counts` says how far
    it came and `seen_at` when it last said so. `options` are those on which it depends what is loaded. Times are UTC.
    """

    id: int
    file: LoadFile
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    options: Mapping[str, str] = field(default_factory=dict)
    seen_at: datetime | None = None


class AlreadyLoaded(DirectoryError):
    """The very file was loaded before: there is nothing to do. `load` is the load that did it."""

    def __init__(self, record: LoadRecord) -> None:
        super().__init__(f"{record.file.name} was loaded before (load {record.id}): there is nothing to do.")
        self.load = record


class OutOfOrder(InvalidInput):
    """The file is older than one that was loaded."""


@dataclass(frozen=True, slots=True)
class PractitionerEntry:
    """A practitioner with all roles that this source knows. `quarantined`: location id -> why its point is not used."""

    practitioner: Practitioner
    roles: tuple[Role, ...]
    quarantined: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.practitioner.npi

    @property
    def hidden(self) -> bool:
        return self.practitioner.hidden

    @property
    def locations(self) -> tuple[Location, ...]:
        return tuple([role.location for role in self.roles])


@dataclass(frozen=True, slots=True)
class ClinicEntry:
    """A clinic with all sites that this source knows. `quarantined`: location id -> why its point is not used."""

    clinic: Clinic
    sites: tuple[Site, ...]
    quarantined: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.clinic.id

    @property
    def hidden(self) -> bool:
        return self.clinic.hidden

    @property
    def locations(self) -> tuple[Location, ...]:
        return tuple([site.location for site in self.sites])


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of entries. `older`: what is held is of a later day. `unknown`: nothing of this number is held."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    unknown: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.older + other.older,
            self.unknown + other.unknown,
        )


class Further(StrEnum):
    """What a source's further tables state of numbers that its main table lists."""

    LOCATIONS = "locations"
    OTHER_NAMES = "other_names"
    ENDPOINTS = "endpoints"


@dataclass(frozen=True, slots=True)
class Listed:
    """A number in use of which the main table is held, and the locations that it states."""

    organization: bool
    locations: frozenset[str]


@dataclass(frozen=True, slots=True)
class FurtherLocation:
    """One more place where a practitioner or clinic sees people."""

    location: Location
    evidence: tuple[Evidence, ...]
    contact: Contact = NO_CONTACT


@dataclass(frozen=True, slots=True)
class FurtherLocations:
    """All further locations of an NPI. `quarantined`: location id -> why its point is not used."""

    npi: str
    places: tuple[FurtherLocation, ...]
    quarantined: Mapping[str, str] = field(default_factory=dict)

    @property
    def locations(self) -> tuple[Location, ...]:
        return tuple(place.location for place in self.places)


@dataclass(frozen=True, slots=True)
class FurtherNames:
    """All other names of an organization's NPI."""

    npi: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FurtherEndpoints:
    """All endpoints of an NPI."""

    npi: str
    endpoints: tuple[Endpoint, ...]


FurtherEntry = FurtherLocations | FurtherNames | FurtherEndpoints


@dataclass(frozen=True, slots=True)
class Taken:
    """What a load wrote into records that held nothing, since it was last asked: enough to know every record.

    `written` has, by revision, the subjects (`p<NPI>`, `c<clinic id>`) that were added at it and of whom the records
    hold just what their entries say. `others` were changed in another way. Nobody else has changed anything up to
    `position`, the latest revision.
    """

    written: Mapping[int, tuple[str, ...]]
    others: frozenset[str]
    position: int


class Load(Protocol):
    """A load that was begun. Its methods take any number of entries and keep all of a chunk or none of it.

    They raise RecordsUnavailable when the database cannot take a chunk; what came before it is kept.
    """

    @property
    def id(self) -> int: ...

    @property
    def before(self) -> Mapping[str, int]:
        """How far the same load had come when it was cut off, as `advance` was told; empty for a new one."""
        ...

    def advance(self, counts: Mapping[str, int]) -> None:
        """Notes how far the load is: all that came before is kept."""
        ...

    def clinics(self, entries: Iterable[ClinicEntry]) -> Tally:
        """Adds and changes clinics and their sites. Sites of this source that are not named any more go."""
        ...

    def practitioners(self, entries: Iterable[PractitionerEntry]) -> Tally:
        """Adds and changes practitioners and their roles. Roles of this source that are not named any more go.

        Raises InvalidInput when a role names an unknown clinic.
        """
        ...

    def links(self, links: Iterable[ReferralLink]) -> Tally:
        """Adds and changes referral links; networks follow. Raises InvalidInput when one names an unknown clinic."""
        ...

    def deactivate(self, days: Mapping[str, date]) -> Tally:
        """NPI -> day of deactivation. Practitioners and organizations leave search until a later file brings them."""
        ...

    def withdraw(self, npis: Collection[str]) -> Tally:
        """What this source said of these NPIs holds no more: its roles and sites go. What others stated stays."""
        ...

    def listed(self, npis: Collection[str]) -> Mapping[str, Listed]:
        """Those of these NPIs that the main table lists, whichever load brought it."""
        ...

    def further(self, entries: Iterable[FurtherEntry]) -> Tally:
        """Makes what further tables state of these NPIs what the entries say, each of them whole.

        Those that the main table does not list are `unknown`, those of whom a later day is held `older`.
        """
        ...

    def withdraw_further(self, what: Further, *, whole: bool, unclear: Set[str] = frozenset()) -> int:
        """Takes back what an earlier day stated: `whole`, of everybody, or only of those whom this file's main table
        names. NPIs of which it is `unclear` what the file states keep what they have. The number of NPIs that lost it.
        """
        ...

    def taken(self) -> Taken | None:
        """What was written since this was last asked, or None where that would not tell all that the records hold:
        they held something when the load was begun, or somebody else changed them since."""
        ...

    def finish(self, counts: Mapping[str, int]) -> LoadRecord:
        """Notes the end of the load and its counts: from now on the same file is not loaded again."""
        ...


class Loading(Protocol):
    """Raises RecordsUnavailable when the records cannot be reached."""

    def begin(
        self,
        held: Dataset,
        file: LoadFile,
        *,
        options: Mapping[str, str] | None = None,
        allow_older: bool = False,
        repeat: bool = False,
    ) -> Load:
        """Begins a load, or takes up the one of this very file (same digest, date and options) that was cut off.

        `options` are those on which it depends what is loaded.

        `allow_older` lets an older file in (what is held of a later day stays); `repeat` loads the same file again.
        Raises AlreadyLoaded, OutOfOrder, and InvalidInput when the database holds the other kind of records.
        """
        ...

    def latest(self, limit: int = 10) -> tuple[LoadRecord, ...]:
        """The latest loads, newest first."""
        ...
