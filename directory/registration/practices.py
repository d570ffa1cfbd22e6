"""What those do who look after a listing: confirm roles, say that all is still right, leave the search."""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from directory.domain.application import Actor, Party
from directory.domain.evidence import ATTESTATION_DAYS
from directory.registration.letters import Letters
from directory.registration.mail import Mail
from directory.registration.publishing import Seen

REMINDER_DAYS = (60, 75, 85)
"""Days after an attestation on which its practice is asked again."""
TOKEN_DAYS = 30
"""A one-click answer stays good this long after the listing has left the search."""

RESTAMP_DAYS = 7
"""Checks that ran out within so many days are told to the indices anew, so that a timer may miss a few days."""

LEFT = "taken out by its owner"
"""Why a listing is hidden that its owner took out of search."""


@dataclass(frozen=True, slots=True)
class OwnedListing:
    """A listing that an account looks after. `expires_on` is None before its first attestation.

    `hidden`: it is not found in search; `left`: because its owner took it out, and can bring it back.
    """

    subject: str
    name: str
    account_id: str
    email: str
    expires_on: date | None
    hidden: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True)
class RoleAtClinic:
    """A practitioner at a clinic's location, as a clinic stated it. It counts once `confirmed_on` is set."""

    role_id: str
    npi: str
    name: str
    clinic_id: str
    clinic_name: str
    address: str
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail about one attestation, sent once: `day` is 60, 75, 85, or 90 for the one that says it has expired.

    `token_digest` is the SHA-256 (hex) of the one-click token within the mail, good until `token_until`.
    """

    subject: str
    expires_on: date
    day: int
    mail: Mail
    token_digest: str
    token_until: date
    at: datetime


class PracticeDesk(Protocol):
    """The store. What an actor may not touch raises NotFound, as what does not exist."""

    def listings(self, actor: Actor) -> tuple[OwnedListing, ...]:
        """What this account looks after."""
        ...

    def roles(self, actor: Actor, subject: str) -> tuple[RoleAtClinic, ...]:
        """Roles that clinics stated for a practitioner (`p<NPI>`), or the people of a clinic (`c<id>`).

        A reviewer may see those of anybody.
        """
        ...

    def confirm_role(self, actor: Actor, role_id: str, today: date, how: Seen | None) -> bool:
        """By the practitioner's own account, or by a reviewer who says how; False if it was confirmed before."""
        ...

    def end_role(self, actor: Actor, role_id: str) -> None:
        """By the practitioner's own account, the clinic's, or a reviewer: it is not shown any more."""
        ...

    def leave(self, actor: Actor, subject: str, at: datetime) -> bool:
        """Takes a listing out of search; False if it was not in it."""
        ...

    def come_back(self, actor: Actor, subject: str) -> bool:
        """Shows again what its owner took out; False for what was not, or was hidden by somebody else."""
        ...

    def attest(self, actor: Actor, subject: str, today: date) -> date:
        """Everything that the practice stated holds for another 90 days; until when."""
        ...

    def attest_by_token(self, digest: str, today: date) -> OwnedListing:
        """The same by a mail's token, which is used up. Raises NotFound for one that is unknown, used or too old."""
        ...

    def peek(self, digest: str, today: date) -> OwnedListing:
        """Whose listing a token is about, without using it. Raises NotFound as above."""
        ...

    def attested(self, expiring_until: date) -> Sequence[OwnedListing]:
        """Listings whose attestation expires by that day, or has expired."""
        ...

    def restamp(self, since: date, today: date) -> int:
        """Gives clinics a new revision of whose people a check ran out after `since`, until today; how many.

        Their badge and the disciplines of their partners change by the date alone: no other change tells an index.
        """
        ...

    def notify(self, notice: Notice) -> bool:
        """Queues the mail and keeps the token, once for each attestation and day; False if that was done before.

        On day 90 the listing gets a new revision, so that every index drops it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Practices:
    """Use cases of listings that somebody looks after."""

    desk: PracticeDesk
    letters: Letters
    now: Callable[[], datetime]
    token: Callable[[], str] = secrets.token_urlsafe

    def listings(self, account_id: str) -> tuple[OwnedListing, ...]:
        return self.desk.listings(_owner(account_id))

    def roles(self, account_id: str, subject: str) -> tuple[RoleAtClinic, ...]:
        """Raises NotFound for a listing of somebody else."""
        return self.desk.roles(_owner(account_id), subject)

    def roles_to_review(self, reviewer_id: str, subject: str) -> tuple[RoleAtClinic, ...]:
        """The roles of any listing, confirmed or not."""
        return self.desk.roles(Actor(reviewer_id, Party.REVIEWER), subject)

    def reject_role(self, reviewer_id: str, role_id: str) -> None:
        """By a reviewer who learnt that the person does not work there."""
        self.desk.end_role(Actor(reviewer_id, Party.REVIEWER), role_id)

    def confirm_own_role(self, account_id: str, role_id: str) -> bool:
        """From the practitioner's own approved account. Raises NotFound for anybody else, the clinic included."""
        return self.desk.confirm_role(_owner(account_id), role_id, self._today(), None)

    def confirm_role(self, reviewer_id: str, role_id: str, how: Seen) -> bool:
        """By a reviewer, after calling the registry's phone number or seeing a document."""
        return self.desk.confirm_role(Actor(reviewer_id, Party.REVIEWER), role_id, self._today(), how)

    def end_role(self, account_id: str, role_id: str) -> None:
        """By the practitioner or the clinic: "does not work here". Raises NotFound for anybody else."""
        self.desk.end_role(_owner(account_id), role_id)

    def leave(self, account_id: str, subject: str) -> bool:
        """Takes the listing out of search until `come_back`; nothing is lost. Raises NotFound for somebody else's."""
        return self.desk.leave(_owner(account_id), subject, self.now())

    def come_back(self, account_id: str, subject: str) -> bool:
        """Shows it again, while its details are confirmed; False for what an operator hid."""
        return self.desk.come_back(_owner(account_id), subject)

    def attest(self, account_id: str, subject: str) -> date:
        """Says that all is still right; until when that holds. Raises NotFound for a listing of somebody else."""
        return self.desk.attest(_owner(account_id), subject, self._today())

    def about_token(self, token: str) -> OwnedListing:
        """What a one-click page shows before its button is pressed. Raises NotFound."""
        return self.desk.peek(digest_of(token), self._today())

    def attest_by_token(self, token: str) -> OwnedListing:
        """The button of the one-click page. Raises NotFound for a token that is unknown, used or too old."""
        return self.desk.attest_by_token(digest_of(token), self._today())

    def remind(self) -> int:
        """Queues the reminders that are due; how many. Safe to repeat: each goes out once."""
        today = self._today()
        due = self.desk.attested(today + timedelta(days=ATTESTATION_DAYS - REMINDER_DAYS[0]))
        return sum(self.desk.notify(self._reminder(item, day, today)) for item, day in _reminders(due, today))

    def expire(self) -> int:
        """Takes out of every index what was not attested for 90 days, and tells its owner; how many listings.

        No search shows them from that day on, whether this runs or not. Safe to repeat.
        """
        self.desk.restamp(self._today() - timedelta(days=RESTAMP_DAYS), self._today())
        due = self.desk.attested(self._today())
        return sum(self.desk.notify(self._expired(item, until)) for item, until in _dated(due))

    def _reminder(self, item: OwnedListing, day: int, today: date) -> Notice:
        until, token = item.expires_on or today, self.token()
        mail = self.letters.reminder(item.email, item.name, (until - today).days, token)
        return self._notice(item, until, day, mail, token)

    def _expired(self, item: OwnedListing, until: date) -> Notice:
        token = self.token()
        mail = self.letters.expired(item.email, item.name, token)
        return self._notice(item, until, ATTESTATION_DAYS, mail, token)

    def _notice(self, item: OwnedListing, until: date, day: int, mail: Mail, token: str) -> Notice:
        good_until = until + timedelta(days=TOKEN_DAYS)
        return Notice(item.subject, until, day, mail, digest_of(token), good_until, self.now())

    def _today(self) -> date:
        return self.now().date()


def digest_of(token: str) -> str:
    """What is kept of a token: who reads the records cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _owner(account_id: str) -> Actor:
    return Actor(account_id, Party.APPLICANT)


def _dated(items: Sequence[OwnedListing]) -> Iterator[tuple[OwnedListing, date]]:
    return ((item, item.expires_on) for item in items if item.expires_on is not None)


def _reminders(items: Sequence[OwnedListing], today: date) -> Iterator[tuple[OwnedListing, int]]:
    """The latest reminder that is due for each: after a pause of the timer, nobody gets three at once."""
    for item, until in _dated(items):
        age = ATTESTATION_DAYS - (until - today).days
        passed = [day for day in REMINDER_DAYS if day <= age < ATTESTATION_DAYS]
        if passed:
            yield item, passed[-1]
