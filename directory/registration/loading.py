"""What files bring into the records, and the port through which they are loaded.

A load is begun, given entries (clinics before their staff, both before links), and finished. A load that was cut off
is simply run again: what had arrived is unchanged.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from directory.domain.clinic import Clinic, ReferralLink, Site
from directory.domain.errors import DirectoryError, InvalidInput
from directory.domain.practitioner import Location, Practitioner, Role


class Dataset(StrEnum):
    """What a database holds. The two never share one."""

    DEMONSTRATION = "demonstration"
    REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class LoadFile:
    """Provenance of a load. `source` names the kind of file ("nppes"); its `date` is the day its facts are of."""

    source: str
    name: str
    sha256: str
    date: date


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One load as it is kept. `finished_at` is None while it runs, or where it was cut off. Times are UTC."""

    id: int
    file: LoadFile
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]


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
        return tuple(role.location for role in self.roles)


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
        return tuple(site.location for site in self.sites)


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


class Load(Protocol):
    """A load that was begun. Its methods take any number of entries and keep all of a chunk or none of it.

    They raise RecordsUnavailable when the database cannot take a chunk; what came before it is kept.
    """

    @property
    def id(self) -> int: ...

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

    def finish(self, counts: Mapping[str, int]) -> LoadRecord:
        """Notes the end of the load and its counts: from now on the same file is not loaded again."""
        ...


class Loading(Protocol):
    """Raises RecordsUnavailable when the records cannot be reached."""

    def begin(self, held: Dataset, file: LoadFile, *, allow_older: bool = False, repeat: bool = False) -> Load:
        """Begins a load, or takes up the one of this very file (same digest, same date) that was cut off.

        `allow_older` lets an older file in (what is held of a later day stays); `repeat` loads the same file again.
        Raises AlreadyLoaded, OutOfOrder, and InvalidInput when the database holds the other kind of records.
        """
        ...

    def latest(self, limit: int = 10) -> tuple[LoadRecord, ...]:
        """The latest loads, newest first."""
        ...
