"""What people and operators ask of the records, as ports: corrections, and listings hidden on request."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from directory.domain.errors import InvalidInput

MAX_MESSAGE = 2_000
MAX_REPLY_TO = 254
"""Longest e-mail address that mail servers take (RFC 5321, 4.5.3.1.3)."""
_LINE_BREAKS = "\r\n\t"


class RemovalKind(StrEnum):
    """What is asked for: a fact put right, the listing taken out of search, or that and its data erased by a person."""

    CORRECT = "correct"
    HIDE = "hide"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class RemovalRequest:
    """A request about one listing's subject (`p<NPI>`, `c<clinic id>`). `reply_to` may be empty.

    `message` and `reply_to` are kept until the request is settled and then erased. Times are UTC.
    """

    id: int
    subject: str
    what: RemovalKind
    message: str
    reply_to: str
    created_at: datetime


class RemovalDesk(Protocol):
    """Where the web hands in requests. Raises RecordsUnavailable when they cannot be kept."""

    def request_removal(self, subject: str, what: RemovalKind, message: str = "", reply_to: str = "") -> int:
        """The number of the request, once it is durably kept.

        Raises NotFound for an unknown subject, and InvalidInput naming the field that cannot be used.
        """
        ...


class Register(RemovalDesk, Protocol):
    """What an operator does. Each change is one transaction with its outbox row."""

    def open_removals(self) -> tuple[RemovalRequest, ...]:
        """Requests that are not settled, oldest first."""
        ...

    def settle(self, request_id: int, resolution: str) -> None:
        """Closes a request and erases its message and reply address. Raises NotFound unless it is open."""
        ...

    def subjects_of(self, identifier: str) -> tuple[str, ...]:
        """Subjects with this NPI, or the clinic with this id; empty where there is none."""
        ...

    def hide(self, subject: str, reason: str = "") -> bool:
        """Takes a practitioner or clinic out of search until `unhide`, whatever is loaded; False if hidden before.

        Open requests to hide it are settled. Raises NotFound for an unknown subject.
        """
        ...

    def unhide(self, subject: str) -> bool:
        """Lets it be found again, with evidence; False if it was not hidden. Raises NotFound for an unknown subject."""
        ...


def checked_text(text: str, field: str, limit: int, *, lines: bool = False) -> str:
    """Text without space around it. Raises InvalidInput for text that is too long or holds control characters."""
    plain = text.strip()
    if len(plain) > limit:
        raise InvalidInput(f"This is too long: use at most {limit:,} characters.", field)
    allowed = _LINE_BREAKS if lines else ""
    if any((not character.isprintable()) and character not in allowed for character in plain):
        raise InvalidInput("This holds characters that cannot be shown: leave them out.", field)
    return plain


def checked_reply_to(text: str) -> str:
    """An e-mail address, or nothing. Raises InvalidInput for what no mail could reach."""
    address = checked_text(text, "reply_to", MAX_REPLY_TO)
    name, at, host = address.rpartition("@")
    if address and not (name and at and "." in host.strip(".") and not set(address) & set(" ,;<>")):
        raise InvalidInput("Give one e-mail address such as name@example.org, or leave it empty.", "reply_to")
    return address
