"""An application to be listed: its states, who may move it from one to the next, and what is kept of each move."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from directory.domain.draft import ClinicDraft
from directory.domain.errors import DirectoryError, InvalidInput


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    MORE_INFORMATION = "more_information"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """In which capacity somebody acts. The account behind it is kept with each event."""

    APPLICANT = "applicant"
    REVIEWER = "reviewer"
    SYSTEM = "system"


class Action(StrEnum):
    """`ENDORSE` is the first of the two approvals that a change of NPI or of ownership needs."""

    START = "start"
    SAVE = "save"
    SUBMIT = "submit"
    BEGIN_REVIEW = "begin_review"
    ASK_MORE = "ask_more"
    ENDORSE = "endorse"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Move:
    """Where an action leads, and who may do it."""

    to: State
    by: frozenset[Party]


_APPLICANT, _REVIEWER = frozenset({Party.APPLICANT}), frozenset({Party.REVIEWER})
_ANYONE_LEAVING = frozenset({Party.APPLICANT, Party.SYSTEM})
MOVES: Mapping[tuple[State, Action], Move] = {
    (State.DRAFT, Action.SAVE): Move(State.DRAFT, _APPLICANT),
    (State.DRAFT, Action.SUBMIT): Move(State.SUBMITTED, _APPLICANT),
    (State.DRAFT, Action.WITHDRAW): Move(State.WITHDRAWN, _ANYONE_LEAVING),
    (State.SUBMITTED, Action.BEGIN_REVIEW): Move(State.UNDER_REVIEW, _REVIEWER),
    (State.SUBMITTED, Action.WITHDRAW): Move(State.WITHDRAWN, _APPLICANT),
    (State.UNDER_REVIEW, Action.ASK_MORE): Move(State.MORE_INFORMATION, _REVIEWER),
    (State.UNDER_REVIEW, Action.ENDORSE): Move(State.UNDER_REVIEW, _REVIEWER),
    (State.UNDER_REVIEW, Action.APPROVE): Move(State.APPROVED, _REVIEWER),
    (State.UNDER_REVIEW, Action.DECLINE): Move(State.DECLINED, _REVIEWER),
    (State.UNDER_REVIEW, Action.WITHDRAW): Move(State.WITHDRAWN, _APPLICANT),
    (State.MORE_INFORMATION, Action.SAVE): Move(State.MORE_INFORMATION, _APPLICANT),
    (State.MORE_INFORMATION, Action.SUBMIT): Move(State.SUBMITTED, _APPLICANT),
    (State.MORE_INFORMATION, Action.DECLINE): Move(State.DECLINED, _REVIEWER),
    (State.MORE_INFORMATION, Action.WITHDRAW): Move(State.WITHDRAWN, _ANYONE_LEAVING),
}
"""Every move there is; whatever is not named here cannot happen."""
NEEDS_REASON = frozenset({Action.ASK_MORE, Action.DECLINE})
OPEN = frozenset({State.DRAFT, State.SUBMITTED, State.UNDER_REVIEW, State.MORE_INFORMATION})
EDITABLE = frozenset({State.DRAFT, State.MORE_INFORMATION})


class NotAllowed(DirectoryError):
    """The application is in a state, or the actor in a capacity, in which this cannot be done."""


class OutOfDate(DirectoryError):
    """Somebody changed it since it was read: read it again. Nothing was kept of this change."""


class ApplicationKind(StrEnum):
    """A clinic with its people, or a practitioner's claim of their own listing."""

    CLINIC = "clinic"
    PRACTITIONER = "practitioner"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which capacity. The web takes both from the signed-in account, never from a form."""

    account_id: str
    party: Party


@dataclass(frozen=True, slots=True)
class Event:
    """One move of an application: who, when (UTC), what, why. `version` is that of the application afterwards."""

    version: int
    at: datetime
    actor: Actor
    action: Action
    to: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """An application. `id` is random, so that nobody guesses it; `version` grows with every change.

    `subject` is the listing it is about (`c<clinic id>`, `p<NPI>`): one that is claimed or changed, or, once approved,
    the one it made; empty for a clinic that is new. `email` is where the applicant reads of it. `endorsed_by` is the
    reviewer who gave the first of two approvals, or empty. Times are UTC.
    """

    id: str
    kind: ApplicationKind
    account_id: str
    email: str
    state: State
    draft: ClinicDraft
    version: int
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None = None
    subject: str = ""
    endorsed_by: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE


def moved(application: Application, action: Action, actor: Actor, at: datetime, why: str = "") -> Application:
    """The application after an action, one version later.

    Raises NotAllowed for a move that is not in `MOVES` or not this party's, or for a reviewer's own application;
    InvalidInput (`why`) where a reason is needed.
    """
    move = MOVES.get((application.state, action))
    if move is None:
        raise NotAllowed(f"This cannot be done while the application is {application.state.value.replace('_', ' ')}.")
    if actor.party not in move.by:
        raise NotAllowed(f"This is for the {' or the '.join(sorted(move.by))} to do.")
    if actor.party is Party.REVIEWER and actor.account_id == application.account_id:
        raise NotAllowed("Nobody reviews their own application: leave it to another reviewer.")
    if action in NEEDS_REASON and not why.strip():
        raise InvalidInput("Say why, in words that the applicant can act on.", "why")
    submitted_at = at if action is Action.SUBMIT else application.submitted_at
    return replace(
        application, state=move.to, version=application.version + 1, changed_at=at, submitted_at=submitted_at
    )


def event_of(application: Application, action: Action, actor: Actor, why: str = "") -> Event:
    """What is kept of the move that made this application what it is."""
    return Event(application.version, application.changed_at, actor, action, application.state, why.strip())
