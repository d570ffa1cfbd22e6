"""Applications as they are kept, and what is known about those they name: the ports of registration.

Every method of a store takes the actor. What an actor may not see raises NotFound, the same as what does not exist.
All raise RecordsUnavailable when the records cannot be reached.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from directory.domain.application import Actor, Application, Event, State
from directory.domain.clinic import Clinic, Site
from directory.domain.place import Address
from directory.domain.practitioner import Role
from directory.registration.mail import Mail


class CheckResult(StrEnum):
    """`UNCLEAR` asks a reviewer to look; `FAILED` is a contradiction."""

    PASSED = "passed"
    FAILED = "failed"
    UNCLEAR = "unclear"


class CheckKind(StrEnum):
    """What was checked without a person."""

    CHECK_DIGIT = "check_digit"
    REGISTERED = "registered"
    ENTITY_TYPE = "entity_type"
    ACTIVE = "active"
    NAME = "name"
    TAXONOMY = "taxonomy"
    IN_STATE = "in_state"
    REGISTRY_ADDRESS = "registry_address"
    PHONE = "phone"
    EMAIL_DOMAIN = "email_domain"
    DUPLICATE = "duplicate"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Check:
    """One piece of automatic evidence about a part of the draft.

    `about` names the part as fields do ("clinic", "locations.0", "people.2"). `claimed` and `found` stand side by side
    for the reviewer; either may be empty. It is to be repeated once `expires_on` has come.
    """

    about: str
    what: CheckKind
    source: str
    result: CheckResult
    claimed: str
    found: str
    checked_on: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class Recording:
    """A move of an application with all that is kept together with it. `checks` None leaves those that are held."""

    application: Application
    event: Event
    mails: tuple[Mail, ...] = ()
    checks: tuple[Check, ...] | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A mail that invites a referral partner who is not known by a clinic id; the digest is that of its token."""

    clinic_id: str
    mail: Mail
    digest: str
    until: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """What an approval writes. `clinic` None: a practitioner's own listing, made of `roles` alone.

    Roles of a clinic are not confirmed by it: those that were confirmed before stay so. `partners` are ids of clinics
    that it states it refers to, which counts once they confirm; ids that are not held are passed over.
    """

    subject: str
    clinic: Clinic | None
    sites: tuple[Site, ...]
    roles: tuple[Role, ...]
    partners: tuple[str, ...] = ()
    invitations: tuple[Invitation, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A line of the review queue."""

    application_id: str
    kind: str
    title: str
    state: State
    submitted_at: datetime
    subject: str
    failed: int
    unclear: int


class Applications(Protocol):
    """The store of applications."""

    def add(self, application: Application, event: Event) -> None: ...

    def read(self, actor: Actor, application_id: str) -> Application:
        """An applicant reads their own, a reviewer those that were submitted. Raises NotFound."""
        ...

    def mine(self, actor: Actor) -> tuple[Application, ...]:
        """Those of this account, the latest change first."""
        ...

    def events(self, actor: Actor, application_id: str) -> tuple[Event, ...]:
        """Its moves, oldest first; saves are not among them. Raises NotFound."""
        ...

    def checks(self, actor: Actor, application_id: str) -> tuple[Check, ...]:
        """For reviewers. Raises NotFound."""
        ...

    def queue(self, states: Collection[State]) -> tuple[QueueItem, ...]:
        """Applications in these states that were submitted, oldest submission first."""
        ...

    def untouched(self, since: datetime) -> tuple[Application, ...]:
        """Drafts, and questions that nobody answered, that were last changed before then."""
        ...

    def save(self, application: Application) -> None:
        """Keeps a draft. Raises OutOfDate unless it is one version later than what is held."""
        ...

    def record(self, recording: Recording) -> None:
        """Keeps a move, its event, its checks and its mails, all or nothing. Raises OutOfDate."""
        ...

    def approve(self, recording: Recording, publication: Publication, today: date) -> None:
        """Keeps the move and writes what it publishes, with ownership and outbox, all or nothing.

        Raises OutOfDate; NotAllowed where somebody named is excluded by the OIG.
        """
        ...


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """What the national registry says of an NPI, as loaded. Show each as "from the national registry, `as_of`"."""

    npi: str
    organization: bool
    name: str
    other_names: tuple[str, ...]
    active: bool
    taxonomies: tuple[str, ...]
    credential: str
    address: Address | None
    phone: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Held:
    """A listing that the directory holds. `owned`: somebody's account looks after it already."""

    subject: str
    name: str
    npi: str
    address: Address | None
    owned: bool


class Registry(Protocol):
    """What the records know of the numbers and names that people type."""

    def facts(self, npi: str) -> RegistryFacts | None:
        """None for a number that no loaded file holds."""
        ...

    def duplicates(self, npi: str, name: str, addresses: Sequence[Address]) -> tuple[Held, ...]:
        """Clinics with this NPI, or with this name (folded) at one of these addresses."""
        ...

    def held(self, subject: str) -> Held:
        """Raises NotFound."""
        ...

    def is_owned_by_another(self, subject: str, account_id: str) -> bool:
        """True where an account looks after the listing, and it is not this one."""
        ...


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An entry of the OIG's list of excluded individuals and entities. `npi` is empty where the list has none."""

    npi: str
    name: str
    state: str
    kind: str
    excluded_on: date


class Exclusions(Protocol):
    """The OIG's list as loaded."""

    def of_npis(self, npis: Collection[str]) -> Mapping[str, Exclusion]: ...

    def named(self, names: Collection[str]) -> Mapping[str, Exclusion]:
        """By folded name, entries without an NPI: a namesake is no proof, a reviewer has to look."""
        ...

    def as_of(self) -> date | None:
        """The day of the list that is loaded, None before the first."""
        ...
