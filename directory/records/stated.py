"""What whoever looks after a listing stated about the clinic or person itself, kept over what files say of them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select, update

from directory.domain.application import State
from directory.domain.draft import ClinicDraft
from directory.domain.facts import Gender
from directory.records.drafts import draft_of
from directory.records.keyed import values_of
from directory.records.tables import application, clinic, ownership, practitioner


def state(connection: Connection, subject: str, draft: ClinicDraft) -> None:
    """Writes a clinic's name, or a practitioner's own degree and gender where they stated them."""
    key = subject[1:]
    if subject.startswith("c"):
        connection.execute(update(clinic).where(clinic.c.id == key).values(name=draft.clinic.name.strip()))
    elif values := _own_values(draft):
        connection.execute(update(practitioner).where(practitioner.c.npi == key).values(values))


def restate(connection: Connection, subjects: Collection[str]) -> None:
    """The same again for those of these subjects that somebody looks after: a file was just written over them."""
    for subject in sorted(values_of(connection, ownership.c.subject, ownership.c.subject, subjects)):
        approved = (application.c.subject == subject) & (application.c.state == State.APPROVED.value)
        latest = select(application.c.draft).where(approved).order_by(application.c.changed_at.desc()).limit(1)
        stored = connection.execute(latest).scalar_one_or_none()
        if stored is not None:
            state(connection, subject, draft_of(stored))


def _own_values(draft: ClinicDraft) -> dict[str, Any]:
    person = draft.people[0]
    stated: dict[str, Any] = {"credential": person.credential} if person.credential else {}
    return stated if person.gender is Gender.UNKNOWN else {**stated, "gender": person.gender.value}
