"""What a reviewer does: read the queue, see the evidence beside the claim, decide."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

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
from directory.domain.errors import InvalidInput
from directory.registration.applications import (
    Applications,
    Check,
    CheckKind,
    CheckResult,
    Publication,
    QueueItem,
    Recording,
    Registry,
)
from directory.registration.checking import Checking, npis_of
from directory.registration.letters import Letters
from directory.registration.links import invitation
from directory.registration.publishing import Publishing, Seen
from directory.registration.register import checked_text
from directory.registration.validation import MAX_WHY

_WAITING = (State.SUBMITTED, State.UNDER_REVIEW)


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a reviewer decides by. `four_eyes`: two reviewers have to approve."""

    application: Application
    checks: tuple[Check, ...]
    events: tuple[Event, ...]
    four_eyes: bool

    @property
    def differences(self) -> tuple[Check, ...]:
        """Checks whose claim and finding do not agree."""
        return tuple(check for check in self.checks if check.result is not CheckResult.PASSED)


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The reviewer's side. Methods raise NotFound for what was never submitted, NotAllowed, OutOfDate."""

    applications: Applications
    registry: Registry
    checking: Checking
    publishing: Publishing
    letters: Letters
    now: Callable[[], datetime]
    token: Callable[[], str] = secrets.token_urlsafe

    def queue(self, states: Collection[State] = _WAITING) -> tuple[QueueItem, ...]:
        """Oldest submission first."""
        return self.applications.queue(states)

    def dossier(self, reviewer_id: str, application_id: str) -> Dossier:
        actor = _reviewer(reviewer_id)
        application = self.applications.read(actor, application_id)
        return Dossier(
            application,
            self.applications.checks(actor, application_id),
            self.applications.events(actor, application_id),
            self.needs_four_eyes(application),
        )

    def begin(self, reviewer_id: str, application_id: str, version: int) -> Application:
        return self._move(reviewer_id, application_id, version, Action.BEGIN_REVIEW)

    def ask_more(self, reviewer_id: str, application_id: str, version: int, why: str) -> Application:
        """Raises InvalidInput (`why`) without a reason."""
        return self._move(reviewer_id, application_id, version, Action.ASK_MORE, why)

    def decline(self, reviewer_id: str, application_id: str, version: int, why: str) -> Application:
        """Raises InvalidInput (`why`) without a reason."""
        return self._move(reviewer_id, application_id, version, Action.DECLINE, why)

    def approve(self, reviewer_id: str, application_id: str, version: int, how: Seen, note: str = "") -> Application:
        """Publishes it at once, or, where four eyes are needed, notes the first of two approvals.

        What is approved already is returned as it is, and so is a first approval that the same reviewer repeats.
        Raises NotAllowed where somebody named is on the OIG's list.
        """
        application = self.applications.read(_reviewer(reviewer_id), application_id)
        text = checked_text(note, "note", MAX_WHY, lines=True)
        if application.state is State.APPROVED or application.endorsed_by == reviewer_id:
            return application
        _same_version(application, version)
        if how is Seen.CALLED_REGISTRY_PHONE and not self.registry_phone(application):
            raise InvalidInput("The registry states no phone number for anybody named here: see a document.", "how")
        if self.needs_four_eyes(application) and not application.endorsed_by:
            return self._endorsed(reviewer_id, application, text)
        return self._published(reviewer_id, application, how, text)

    def is_owned_by_another(self, application: Application) -> bool:
        """Whether another account looks after the listing that the application is about."""
        subject = application.subject
        return bool(subject) and self.registry.is_owned_by_another(subject, application.account_id)

    def registry_phone(self, application: Application) -> str:
        """A phone number that the registry states for whom the application names, to be called; empty without one."""
        found = (self.registry.facts(number) for number in npis_of(application.draft))
        return next((facts.phone for facts in found if facts is not None and facts.phone), "")

    def needs_four_eyes(self, application: Application) -> bool:
        """True where somebody else looks after the listing already, or where a listed clinic's NPI changes."""
        if not application.subject:
            return False
        held = self.registry.held(application.subject)
        is_clinic = application.kind is ApplicationKind.CLINIC
        renumbered = is_clinic and held.npi != application.draft.clinic.npi
        return renumbered or self.is_owned_by_another(application)

    def _endorsed(self, reviewer_id: str, application: Application, note: str) -> Application:
        actor = _reviewer(reviewer_id)
        after = replace(moved(application, Action.ENDORSE, actor, self.now()), endorsed_by=reviewer_id)
        return self._recorded(after, Action.ENDORSE, actor, note)

    def _published(self, reviewer_id: str, application: Application, how: Seen, note: str) -> Application:
        actor, at = _reviewer(reviewer_id), self.now()
        after = moved(application, Action.APPROVE, actor, at)
        excluded = [item for item in self.checking.checks(after, at.date()) if _excludes(item)]
        if excluded:
            raise NotAllowed(f"{excluded[0].claimed} is on the OIG's list of exclusions: decline the application.")
        publication = self._with_partners(after, self.publishing.publication(after, how, at.date()))
        after = replace(after, subject=publication.subject)
        why = f"{how.value}. {note.strip()}".strip()
        mails = (self.letters.of_move(after, Action.APPROVE, note),)
        recording = Recording(after, event_of(after, Action.APPROVE, actor, why), mails)
        self.applications.approve(recording, publication, at.date())
        return after

    def _with_partners(self, application: Application, publication: Publication) -> Publication:
        """Partners by id are asked at the clinic's own page, the others by mail."""
        draft, key = application.draft, publication.subject[1:]
        if publication.clinic is None:
            return publication
        name, at = publication.clinic.name, application.changed_at
        invitations = tuple(
            invitation(self.letters, key, name, partner.email.strip(), self.token(), at)
            for partner in draft.partners
            if not partner.clinic_id
        )
        partners = tuple(sorted({partner.clinic_id for partner in draft.partners} - {"", key}))
        return replace(publication, partners=partners, invitations=invitations)

    def _move(self, reviewer_id: str, application_id: str, version: int, action: Action, why: str = "") -> Application:
        actor = _reviewer(reviewer_id)
        application = self.applications.read(actor, application_id)
        _same_version(application, version)
        # Whatever was approved once has to be approved anew after a question was answered.
        text = checked_text(why, "why", MAX_WHY, lines=True)
        after = replace(moved(application, action, actor, self.now(), text), endorsed_by="")
        return self._recorded(after, action, actor, text)

    def _recorded(self, after: Application, action: Action, actor: Actor, why: str) -> Application:
        mails = (self.letters.of_move(after, action, why),)
        self.applications.record(Recording(after, event_of(after, action, actor, why), mails))
        return after


def _reviewer(account_id: str) -> Actor:
    return Actor(account_id, Party.REVIEWER)


def _same_version(application: Application, version: int) -> None:
    if application.version != version:
        raise OutOfDate("Somebody changed this application since you opened it: reload the page.")


def _excludes(check: Check) -> bool:
    return check.what is CheckKind.EXCLUDED and check.result is CheckResult.FAILED
