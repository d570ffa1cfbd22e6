"""Mails that tell people what became of their application: queued with the change, sent by a relay afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from directory.domain.errors import DirectoryError

MAX_ATTEMPTS = 12
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in plain text to one address."""

    to: str
    subject: str
    body: str


class MailUnavailable(DirectoryError):
    """The mail could not be handed over now; it stays queued."""


class Mailer(Protocol):
    """Hands mails to a server or a file box."""

    def send(self, mail: Mail) -> None:
        """Returns once the mail was accepted. Raises MailUnavailable where that may succeed later."""
        ...


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A mail that waits. `attempts` is how often it was tried."""

    id: int
    mail: Mail
    attempts: int


class MailQueue(Protocol):
    """Raises RecordsUnavailable when it cannot be reached."""

    def due(self, at: datetime, limit: int) -> Sequence[QueuedMail]:
        """Mails to be tried now, oldest first."""
        ...

    def sent(self, mail_id: int, at: datetime) -> None:
        """It was accepted: its text and address are erased."""
        ...

    def failed(self, mail_id: int, attempts: int, again_at: datetime | None) -> None:
        """It was not: to be tried again at `again_at`, or never."""
        ...


def next_attempt(at: datetime, attempts: int) -> datetime | None:
    """When to try again after so many attempts: after 1, 2, 4, ... minutes, at most six hours; None after the last."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return at + min(_FIRST_WAIT * (1 << (attempts - 1)), _LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Relay:
    """Sends what is queued. A mail may go out twice where the relay dies in between, never not at all."""

    queue: MailQueue
    mailer: Mailer

    def send_due(self, at: datetime, limit: int = 100) -> tuple[int, int]:
        """(sent, failed)."""
        sent = failed = 0
        for item in self.queue.due(at, limit):
            try:
                self.mailer.send(item.mail)
            except MailUnavailable:
                attempts = item.attempts + 1
                self.queue.failed(item.id, attempts, next_attempt(at, attempts))
                failed += 1
            else:
                self.queue.sent(item.id, at)
                sent += 1
        return sent, failed
