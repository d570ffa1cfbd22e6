"""What became of each row of a registry file: exactly one of four things, so that they add up to the rows read."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from directory.domain.clinic import Clinic, Site
from directory.domain.practitioner import Practitioner, Role


@dataclass(frozen=True, slots=True)
class RegistryPractitioner:
    """An individual with the role that the registry states: at the practice location, on their own."""

    practitioner: Practitioner
    role: Role


@dataclass(frozen=True, slots=True)
class RegistryClinic:
    """An organization at its practice location."""

    clinic: Clinic
    site: Site


@dataclass(frozen=True, slots=True)
class Loaded:
    """A row of ours. `notes` are caveats to count: a phone left out, a position refused.

    `quarantined`: location id -> why its position is not used.
    """

    line: int
    npi: str
    entry: RegistryPractitioner | RegistryClinic
    notes: tuple[str, ...] = ()
    quarantined: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sound row that this directory does not list, and why."""

    line: int
    npi: str
    reason: str


@dataclass(frozen=True, slots=True)
class Deactivated:
    """The registry says that the number is no longer in use since `on`."""

    line: int
    npi: str
    on: date


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be used. `npi` is what stands in its place, however damaged."""

    line: int
    npi: str
    reason: str


Outcome = Loaded | Skipped | Deactivated | Rejected


@dataclass(slots=True)
class Tally:
    """Counts of one load; `rows` is the sum of the four."""

    loaded: int = 0
    skipped: int = 0
    deactivated: int = 0
    rejected: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    skipped_because: Counter[str] = field(default_factory=Counter)
    rejected_because: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        return self.loaded + self.skipped + self.deactivated + self.rejected

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    def skip(self, reason: str, count: int) -> None:
        """So many rows skipped for one reason."""
        if count:
            self.skipped += count
            self.skipped_because[reason] += count

    def add(self, outcome: Outcome) -> None:
        if isinstance(outcome, Skipped):
            self.skipped += 1
            self.skipped_because[outcome.reason] += 1
        elif isinstance(outcome, Loaded):
            self.loaded += 1
            self.kinds["practitioners" if isinstance(outcome.entry, RegistryPractitioner) else "clinics"] += 1
            self.notes.update(outcome.notes)
        elif isinstance(outcome, Deactivated):
            self.deactivated += 1
        else:
            self.rejected += 1
            self.rejected_because[outcome.reason] += 1
