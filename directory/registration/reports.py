"""Anybody says that a field of a listing is wrong; two who are independent hide it until it was verified again."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from directory.registration.register import checked_text

MAX_REPORT = 1_000
CLIENT_DAYS = 30
"""Days for which a report remembers, by a keyed hash, which client made it."""
DUE_BUSINESS_DAYS = 2


class ReportField(StrEnum):
    """What can be reported. Each is hidden by itself; `PRACTICES_HERE` hides the listing at this location."""

    PHONE = "phone"
    WEBSITE = "website"
    HOURS = "hours"
    ACCEPTING = "accepting_new_patients"
    TELEHEALTH = "telehealth"
    INSURANCE = "insurance"
    LANGUAGES = "languages"
    ACCESSIBILITY = "accessibility"
    CONDITIONS = "conditions"
    TREATMENTS = "treatments"
    PRACTICES_HERE = "practices_here"


class Outcome(StrEnum):
    """How a case ended: the field is right now, or it was right all along."""

    VERIFIED = "verified"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `listing_id` is `<subject>.<location id>`; `client` is a keyed hash (hex), never an address."""

    listing_id: str
    field: ReportField
    message: str
    client: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A field that two independent people reported, hidden since `opened_at`, to be settled by `due_on`."""

    id: int
    listing_id: str
    name: str
    field: ReportField
    opened_at: datetime
    due_on: date
    messages: tuple[str, ...]


class ReportDesk(Protocol):
    """The store. Raises RecordsUnavailable."""

    def add(self, report: Report, due_on: date) -> bool:
        """Keeps a report; True where it was the second independent one (another day, another client).

        Then the field is hidden and a case opened, due on `due_on`, in the same transaction. A pinned field is not
        hidden again; the report is kept. Raises NotFound for a listing that is not held.
        """
        ...

    def cases(self) -> tuple[Case, ...]:
        """Open cases, the one due first at the top."""
        ...

    def hidden(self, subject: str) -> Mapping[str, frozenset[ReportField]]:
        """Listing id -> fields of it that are hidden while their case is open; empty for none and for no listing."""
        ...

    def settle(self, case_id: int, outcome: Outcome, reviewer_id: str, at: datetime, *, pin: bool) -> None:
        """Shows the field again and erases what people wrote. Raises NotFound unless the case is open.

        `pin`: later reports of this field do not hide it until the practice changes its listing.
        """
        ...

    def forget_clients(self, before: datetime) -> int:
        """Erases the clients of older reports; how many."""
        ...


@dataclass(frozen=True, slots=True)
class Reporting:
    """Use cases of reports. `key` is a secret of the site."""

    desk: ReportDesk
    key: bytes
    now: Callable[[], datetime]

    def report(self, listing_id: str, field: ReportField, message: str, client: str) -> bool:
        """Keeps a report; True where it hid the field. `client` is what tells clients apart, such as an address.

        Raises NotFound for an unknown listing, InvalidInput (`message`) for text that cannot be kept.
        """
        text, at = checked_text(message, "message", MAX_REPORT, lines=True), self.now()
        report = Report(listing_id, field, text, client_hash(self.key, client), at)
        return self.desk.add(report, business_days_after(at.date(), DUE_BUSINESS_DAYS))

    def cases(self) -> tuple[Case, ...]:
        return self.desk.cases()

    def hidden(self, subject: str) -> Mapping[str, frozenset[ReportField]]:
        """Listing id -> fields that are being checked, so that a page can say so instead of "unknown"."""
        return self.desk.hidden(subject)

    def settle(self, case_id: int, outcome: Outcome, reviewer_id: str, *, pin: bool = False) -> None:
        """Raises NotFound unless the case is open."""
        self.desk.settle(case_id, outcome, reviewer_id, self.now(), pin=pin)

    def forget(self) -> int:
        """Erases who reported what more than 30 days ago. Safe to repeat."""
        return self.desk.forget_clients(self.now() - timedelta(days=CLIENT_DAYS))


def client_hash(key: bytes, client: str) -> str:
    """Tells clients apart without keeping who they are (HMAC-SHA-256, hex)."""
    return hmac.new(key, client.encode(), hashlib.sha256).hexdigest()


def business_days_after(day: date, count: int) -> date:
    """The day so many days from Monday to Friday later; holidays are not known here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
