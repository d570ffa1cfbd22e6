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


def restate(connection: Connection, subjects: Collection[str]) -> set[str]:
    """The same again for those of these subjects that somebody looks after, who are returned: a file was just written
    over them."""
    owned = _owned(connection, subjects)
    for subject in sorted(owned):
        approved = (application.c.subject == subject) & (application.c.state == State.APPROVED.value)
        latest = select(application.c.draft).where(approved).order_by(application.c.changed_at.desc()).limit(1)
        stored = connection.execute(latest).scalar_one_or_none()
        if stored is not None:
            state(connection, subject, draft_of(stored))
    return owned


def _owned(connection: Connection, subjects: Collection[str]) -> set[str]:
    # Before anybody has registered, a country's registry need not be asked for one by one.
    if connection.execute(select(ownership.c.subject).limit(1)).first() is None:
        return set()
    return values_of(connection, ownership.c.subject, ownership.c.subject, subjects)


def _own_values(draft: ClinicDraft) -> dict[str, Any]:
    person = draft.people[0]
    stated: dict[str, Any] = {"credential": person.credential} if person.credential else {}
    return stated if person.gender is Gender.UNKNOWN else {**stated, "gender": person.gender.value}
