"""What an applicant does: start, save a step, submit, claim what is listed already, change it later, withdraw."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from directory.domain.application import (
    Action,
    Actor,
    Application,
    ApplicationKind,
    Event,
    NotAllowed,
    OutOfDate,
    Party,
    State,
    event_of,
    moved,
)
from directory.domain.draft import (
    CareStep,
    ClinicDraft,
    ClinicKind,
    ClinicStep,
    LocationDraft,
    PersonDraft,
    Step,
    StepContent,
)
from directory.domain.errors import InvalidInput, NotFound
from directory.domain.npi import npi as checked_npi
from directory.domain.place import STATES
from directory.registration.applications import Applications, Check, Held, Recording, Registry, RegistryFacts
from directory.registration.checking import Checking
from directory.registration.letters import Letters
from directory.registration.prefilled import draft_of_record
from directory.registration.register import checked_text
from directory.registration.validation import MAX_WHY, STEPS, Problem, Validation
from directory.search.places import Placement
from directory.search.source import Record

DRAFT_DAYS = 180
"""Days after which a draft that nobody touches is withdrawn."""

_MEND_POINT = "Longitudes in the United States are negative. Correct it, or leave the field empty."


@dataclass(frozen=True, slots=True)
class Saved:
    """The application after a save, and what is still wrong with that step. It was kept in any case."""

    application: Application
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """`application` is submitted unless there are problems, or listings that it has to claim first."""

    application: Application
    problems: tuple[Problem, ...] = ()
    duplicates: tuple[Held, ...] = ()

    @property
    def done(self) -> bool:
        return self.application.state is State.SUBMITTED


@dataclass(frozen=True, slots=True)
class Applying:
    """The applicant's side. Every method raises NotFound for what is not the account's.

    `listed` gives the record of a subject as it is listed, which a claim begins with.
    """

    applications: Applications
    registry: Registry
    checking: Checking
    validation: Validation
    letters: Letters
    now: Callable[[], datetime]
    listed: Callable[[str], Record | None]

    def start(self, account_id: str, email: str) -> Application:
        """An empty draft for a clinic. `email` is the account's confirmed address."""
        return self._begun(account_id, email, ApplicationKind.CLINIC, ClinicDraft(), "")

    def claim_listing(self, account_id: str, email: str, npi: str) -> Application:
        """A practitioner's claim of their own listing: a draft of what is listed now.

        Raises InvalidInput (`npi`) for a number that is none, NotFound where the directory lists nobody under it.
        """
        number = checked_npi(npi)
        facts = self.registry.facts(number)
        if facts is None or facts.organization:
            raise NotFound(f"The directory lists nobody under {number}: check the number.")
        if (begun := self._begun_already(account_id, f"p{number}")) is not None:
            return begun
        record = self.listed(f"p{number}")
        draft = ClinicDraft(people=(PersonDraft(npi=number),)) if record is None else draft_of_record(record)
        return self._begun(account_id, email, ApplicationKind.PRACTITIONER, draft, f"p{number}")

    def claim_listed(self, account_id: str, email: str, clinic_id: str) -> Application:
        """A claim of a clinic that is listed: a draft of what is listed now. Raises NotFound."""
        held = self.registry.held(f"c{clinic_id}")
        if (begun := self._begun_already(account_id, held.subject)) is not None:
            return begun
        record = self.listed(held.subject)
        draft = _draft_of(held) if record is None else draft_of_record(record)
        return self._begun(account_id, email, ApplicationKind.CLINIC, draft, held.subject)

    def claim_clinic(self, account_id: str, application_id: str, subject: str, version: int) -> Application:
        """Makes a draft one about a clinic that is listed already. Raises NotFound, NotAllowed, OutOfDate."""
        application = self._editable(account_id, application_id, version)
        if application.kind is not ApplicationKind.CLINIC or not subject.startswith("c"):
            raise NotFound("There is no such clinic.")
        held = self.registry.held(subject)
        return self._kept(replace(application, subject=held.subject))

    def revise(self, account_id: str, application_id: str) -> Application:
        """A new draft that changes what an approved application published. Raises NotAllowed before approval."""
        before = self.read(account_id, application_id)
        if before.state is not State.APPROVED:
            raise NotAllowed("Only an approved registration is changed by a new one: edit this one instead.")
        # Partners were invited with the approval, and are looked after as links since then.
        draft = replace(before.draft, partners=())
        return self._begun(account_id, before.email, before.kind, draft, before.subject)

    def read(self, account_id: str, application_id: str) -> Application:
        return self.applications.read(_applicant(account_id), application_id)

    def mine(self, account_id: str) -> tuple[Application, ...]:
        return self.applications.mine(_applicant(account_id))

    def events(self, account_id: str, application_id: str) -> tuple[Event, ...]:
        return self.applications.events(_applicant(account_id), application_id)

    def facts(self, npi: str) -> RegistryFacts | None:
        """What fills name, address and phone once a number was typed."""
        return self.registry.facts(npi)

    def clinic_name(self, clinic_id: str) -> str:
        """The name of a listed clinic, empty for one that is not."""
        try:
            return self.registry.held(f"c{clinic_id}").name
        except NotFound:
            return ""

    def placement(self, place: LocationDraft) -> Placement:
        """Where we would show this address, and why not where we would not."""
        return self.checking.positions.place(place.address)

    def problems(self, application: Application, step: Step | None = None) -> tuple[Problem, ...]:
        """What is wrong with one step, or with all of them, in their order."""
        found = self.validation.problems(application.kind, application.draft, step)
        more = (*self._misplaced(application.draft), *self._mistaken(application), *_of_others(application))
        return (*found, *(problem for problem in more if step in (None, problem.step)))

    def save(self, account_id: str, application_id: str, step: Step, content: StepContent, version: int) -> Saved:
        """Keeps one step as it was typed, valid or not. `version` is the one that was read.

        Raises OutOfDate where another window saved meanwhile, NotAllowed where nothing may be edited any more,
        InvalidInput (`step`) for content of another step.
        """
        application = self._editable(account_id, application_id, version)
        if step not in STEPS[application.kind]:
            raise InvalidInput("This registration has no such step.", "step")
        kept = self._kept(replace(application, draft=with_step(application.draft, step, content)))
        return Saved(kept, self.problems(kept, step))

    def submit(self, account_id: str, application_id: str, version: int) -> Submission:
        """Hands the application in, with automatic evidence. What was submitted already is returned as it is.

        Raises NotAllowed, OutOfDate.
        """
        application = self.read(account_id, application_id)
        if application.state is State.SUBMITTED:
            return Submission(application)
        _same_version(application, version)
        after = moved(application, Action.SUBMIT, _applicant(account_id), self.now())
        if problems := self.problems(application):
            return Submission(application, problems)
        if duplicates := self._duplicates(application):
            return Submission(application, duplicates=duplicates)
        checks = self.checking.checks(after, after.changed_at.date())
        return Submission(self._recorded(after, Action.SUBMIT, _applicant(account_id), checks=checks))

    def withdraw(self, account_id: str, application_id: str, why: str = "") -> Application:
        """Takes it back; what was withdrawn already is returned as it is. Raises NotAllowed after a decision."""
        application = self.read(account_id, application_id)
        if application.state is State.WITHDRAWN:
            return application
        actor, text = _applicant(account_id), checked_text(why, "why", MAX_WHY, lines=True)
        return self._recorded(moved(application, Action.WITHDRAW, actor, self.now()), Action.WITHDRAW, actor, text)

    def abandon(self) -> int:
        """Withdraws what its applicant left alone for half a year; how many. What was typed is erased. Safe to repeat.

        One that is changed in this very moment stays.
        """
        at = self.now()
        return sum(self._abandoned(item, at) for item in self.applications.untouched(at - timedelta(days=DRAFT_DAYS)))

    def _abandoned(self, application: Application, at: datetime) -> bool:
        actor = Actor("", Party.SYSTEM)
        after = replace(moved(application, Action.WITHDRAW, actor, at), draft=ClinicDraft())
        try:
            self._recorded(after, Action.WITHDRAW, actor, f"Nothing was changed for {DRAFT_DAYS} days.")
        except OutOfDate:
            return False
        return True

    def _begun_already(self, account_id: str, subject: str) -> Application | None:
        """Whoever claims the same listing again goes on where they were."""
        return next((item for item in self.mine(account_id) if item.is_open and item.subject == subject), None)

    def _begun(
        self, account_id: str, email: str, kind: ApplicationKind, draft: ClinicDraft, subject: str
    ) -> Application:
        at = self.now()
        key = secrets.token_hex(16)
        application = Application(
            key, kind, account_id, email, State.DRAFT, draft, version=1, created_at=at, changed_at=at, subject=subject
        )
        self.applications.add(application, event_of(application, Action.START, _applicant(account_id)))
        return application

    def _mistaken(self, application: Application) -> Iterator[Problem]:
        """Numbers of people where an organization's is asked for, and the other way round."""
        clinic = application.draft.clinic.npi
        facts = self.registry.facts(clinic) if clinic else None
        if facts is not None and not facts.organization:
            yield Problem(
                Step.CLINIC, "npi", "This is the number of a person: give the organization's, or leave it empty."
            )
        for row, person in enumerate(application.draft.people):
            facts = self.registry.facts(person.npi) if person.npi else None
            if facts is not None and facts.organization:
                yield Problem(Step.PEOPLE, f"{row}.npi", "This is the number of an organization: give the person's.")

    def _misplaced(self, draft: ClinicDraft) -> tuple[Problem, ...]:
        """Corrected positions outside the state of their address: they would not be shown."""
        return tuple(
            Problem(Step.LOCATIONS, f"{index}.point", f"This position is not in {STATES[place.state]}. {_MEND_POINT}")
            for index, place in enumerate(draft.locations)
            if place.point and place.state in STATES
            if not self.checking.positions.in_state(place.point, place.state)
        )

    def _editable(self, account_id: str, application_id: str, version: int) -> Application:
        application = self.read(account_id, application_id)
        moved(application, Action.SAVE, _applicant(account_id), application.changed_at)
        _same_version(application, version)
        return application

    def _kept(self, changed: Application) -> Application:
        after = replace(changed, version=changed.version + 1, changed_at=self.now())
        self.applications.save(after)
        return after

    def _duplicates(self, application: Application) -> tuple[Held, ...]:
        """Nothing is a duplicate of what is claimed or changed."""
        if application.kind is not ApplicationKind.CLINIC or application.subject:
            return ()
        stated = application.draft.clinic
        addresses = [place.address for place in application.draft.locations]
        return self.registry.duplicates(stated.npi, stated.name, addresses)

    def _recorded(
        self, after: Application, action: Action, actor: Actor, why: str = "", checks: tuple[Check, ...] | None = None
    ) -> Application:
        mails = (self.letters.of_move(after, action, why),)
        self.applications.record(Recording(after, event_of(after, action, actor, why), mails, checks))
        return after


def with_step(draft: ClinicDraft, step: Step, content: StepContent) -> ClinicDraft:
    """The draft with one step replaced. Raises InvalidInput (`step`) for content of another step."""
    kinds: Mapping[Step, type] = {Step.CLINIC: ClinicStep, Step.KIND: ClinicKind, Step.CARE: CareStep}
    if not isinstance(content, kinds.get(step, tuple)):
        raise InvalidInput("This is not the content of that step.", "step")
    change: dict[str, Any] = {step.value: content}
    return replace(draft, **change)


def _draft_of(held: Held) -> ClinicDraft:
    at = held.address
    places = () if at is None else (LocationDraft(at.line, at.line2, at.city, at.state, at.zip[:5]),)
    return ClinicDraft(ClinicStep(npi=held.npi, name=held.name), places)


def _of_others(application: Application) -> tuple[Problem, ...]:
    """A practitioner's claim is about nobody but them."""
    if application.kind is not ApplicationKind.PRACTITIONER:
        return ()
    number = application.subject[1:]
    if [person.npi for person in application.draft.people] == [number]:
        return ()
    return (Problem(Step.PEOPLE, "0.npi", f"This is the claim of {number} alone: start another one for anybody else."),)


def _applicant(account_id: str) -> Actor:
    return Actor(account_id, Party.APPLICANT)


def _same_version(application: Application, version: int) -> None:
    if application.version != version:
        raise OutOfDate("This was changed in another window since you opened it: reload the page to see both.")
