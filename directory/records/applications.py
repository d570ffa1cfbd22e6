"""Applications in the records: each move with its event, its checks and its mails in one transaction."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, case, delete, func, insert, select, update

from directory.domain.application import (
    EDITABLE,
    Action,
    Actor,
    Application,
    ApplicationKind,
    Event,
    OutOfDate,
    Party,
    State,
)
from directory.domain.errors import NotFound
from directory.records.changes import changing
from directory.records.database import reading, writing
from directory.records.drafts import draft_of, draft_values
from directory.records.keyed import AnyRow
from directory.records.mails import queue_mails
from directory.records.publications import publish
from directory.records.rows import Values
from directory.records.tables import application, application_check, application_event
from directory.records.writes import insert_rows
from directory.registration.applications import (
    Check,
    CheckKind,
    CheckResult,
    Publication,
    QueueItem,
    Recording,
)


class SqlApplications:
    """Implements `registration.applications.Applications`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, application_: Application, event: Event) -> None:
        with writing(self._engine) as connection:
            connection.execute(insert(application).values(_values(application_)))
            connection.execute(insert(application_event).values(_event_values(application_.id, event)))

    def read(self, actor: Actor, application_id: str) -> Application:
        with reading(self._engine) as connection:
            return _application(_visible(connection, actor, application_id))

    def mine(self, actor: Actor) -> tuple[Application, ...]:
        own = select(application).where(application.c.account_id == actor.account_id)
        with reading(self._engine) as connection:
            rows = connection.execute(own.order_by(application.c.changed_at.desc(), application.c.id))
            return tuple(_application(row) for row in rows)

    def events(self, actor: Actor, application_id: str) -> tuple[Event, ...]:
        moves = select(application_event).where(application_event.c.application_id == application_id)
        with reading(self._engine) as connection:
            _visible(connection, actor, application_id)
            return tuple(_event(row) for row in connection.execute(moves.order_by(application_event.c.version)))

    def checks(self, actor: Actor, application_id: str) -> tuple[Check, ...]:
        held = select(application_check).where(application_check.c.application_id == application_id)
        with reading(self._engine) as connection:
            _visible(connection, Actor(actor.account_id, Party.REVIEWER), application_id)
            return tuple(_check(row) for row in connection.execute(held.order_by(application_check.c.id)))

    def queue(self, states: Collection[State]) -> tuple[QueueItem, ...]:
        with reading(self._engine) as connection:
            return tuple(_queue_item(row) for row in connection.execute(_queued(states)))

    def untouched(self, since: datetime) -> tuple[Application, ...]:
        editable = application.c.state.in_([state.value for state in EDITABLE])
        waiting = select(application).where(editable, application.c.changed_at < since)
        with reading(self._engine) as connection:
            return tuple(_application(row) for row in connection.execute(waiting.order_by(application.c.id)))

    def save(self, application_: Application) -> None:
        with writing(self._engine) as connection:
            _replace(connection, application_)

    def record(self, recording: Recording) -> None:
        with writing(self._engine) as connection:
            _record(connection, recording)

    def approve(self, recording: Recording, publication: Publication, today: date) -> None:
        with changing(self._engine, "approve", subject=publication.subject) as change:
            before = _record(change.connection, recording)
            publish(change, publication, recording.application, today, claimed=bool(before.subject))


def _visible(connection: Connection, actor: Actor, application_id: str) -> AnyRow:
    """The row, where the actor may see it: an applicant their own, a reviewer what was submitted."""
    wanted = select(application).where(application.c.id == application_id)
    if actor.party is Party.REVIEWER:
        wanted = wanted.where(application.c.submitted_at.is_not(None))
    else:
        wanted = wanted.where(application.c.account_id == actor.account_id)
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFound("There is no such registration.")
    return row


def _record(connection: Connection, recording: Recording) -> AnyRow:
    """Keeps a move; the row as it was before."""
    after = recording.application
    before = _replace(connection, after)
    connection.execute(insert(application_event).values(_event_values(after.id, recording.event)))
    if recording.checks is not None:
        connection.execute(delete(application_check).where(application_check.c.application_id == after.id))
        insert_rows(connection, application_check, [_check_values(after.id, item) for item in recording.checks])
    queue_mails(connection, recording.mails, after.changed_at)
    return before


def _replace(connection: Connection, after: Application) -> AnyRow:
    """Writes the application over the version before it. Raises OutOfDate where another one is held by now."""
    wanted = select(application).where(application.c.id == after.id).with_for_update()
    before = connection.execute(wanted).first()
    if before is None or before.version != after.version - 1:
        raise OutOfDate("Somebody changed this meanwhile: reload the page.")
    connection.execute(update(application).where(application.c.id == after.id).values(_values(after)))
    return before


def _queued(states: Collection[State]) -> Select[Any]:
    def count(result: CheckResult) -> Any:
        return func.coalesce(func.sum(case((application_check.c.result == result.value, 1), else_=0)), 0)

    return (
        select(application, count(CheckResult.FAILED).label("failed"), count(CheckResult.UNCLEAR).label("unclear"))
        .outerjoin(application_check, application_check.c.application_id == application.c.id)
        .where(application.c.state.in_([state.value for state in states]), application.c.submitted_at.is_not(None))
        .group_by(application.c.id)
        .order_by(application.c.submitted_at, application.c.id)
    )


def _queue_item(row: AnyRow) -> QueueItem:
    draft = draft_of(row.draft)
    title = draft.clinic.name or ", ".join(person.npi for person in draft.people)
    return QueueItem(
        row.id, row.kind, title, State(row.state), row.submitted_at, row.subject, int(row.failed), int(row.unclear)
    )


def _values(item: Application) -> Values:
    return {
        "id": item.id,
        "kind": item.kind.value,
        "account_id": item.account_id,
        "email": item.email,
        "state": item.state.value,
        "draft": draft_values(item.draft),
        "version": item.version,
        "created_at": item.created_at,
        "changed_at": item.changed_at,
        "submitted_at": item.submitted_at,
        "subject": item.subject,
        "endorsed_by": item.endorsed_by,
    }


def _application(row: AnyRow) -> Application:
    return Application(
        id=row.id,
        kind=ApplicationKind(row.kind),
        account_id=row.account_id,
        email=row.email,
        state=State(row.state),
        draft=draft_of(row.draft),
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        submitted_at=row.submitted_at,
        subject=row.subject,
        endorsed_by=row.endorsed_by,
    )


def _event_values(application_id: str, event: Event) -> Values:
    return {
        "application_id": application_id,
        "version": event.version,
        "at": event.at,
        "account_id": event.actor.account_id,
        "party": event.actor.party.value,
        "action": event.action.value,
        "to_state": event.to.value,
        "why": event.why,
    }


def _event(row: AnyRow) -> Event:
    actor = Actor(row.account_id, Party(row.party))
    return Event(row.version, row.at, actor, Action(row.action), State(row.to_state), row.why)


def _check_values(application_id: str, check: Check) -> Values:
    return {
        "application_id": application_id,
        "about": check.about,
        "what": check.what.value,
        "source": check.source,
        "result": check.result.value,
        "claimed": check.claimed,
        "found": check.found,
        "checked_on": check.checked_on,
        "expires_on": check.expires_on,
    }


def _check(row: AnyRow) -> Check:
    return Check(
        row.about, CheckKind(row.what), row.source, CheckResult(row.result), row.claimed, row.found,
        row.checked_on, row.expires_on,
    )  # fmt: skip
