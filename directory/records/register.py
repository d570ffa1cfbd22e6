"""The register on the database: removal requests, and hiding what people ask to have hidden."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, insert, select, update

from directory.domain.application import NotAllowed
from directory.domain.errors import NotFound
from directory.records.changes import Change, changing
from directory.records.database import reading, writing
from directory.records.exclusions import is_excluded
from directory.records.keyed import AnyRow
from directory.records.tables import clinic, practitioner, removal_request
from directory.registration.exclusions import EXCLUDED
from directory.registration.practices import LEFT
from directory.registration.register import MAX_MESSAGE, RemovalKind, RemovalRequest, checked_reply_to, checked_text

_MAX_REASON = 500
_KEYS: dict[str, Column[str]] = {"p": practitioner.c.npi, "c": clinic.c.id}
_OPEN = removal_request.c.resolved_at.is_(None)
_ERASED = {"message": "", "reply_to": ""}
_SETTLED_BY_HIDING = (RemovalKind.HIDE.value, RemovalKind.REMOVE.value)


class SqlRegister:
    """Implements `registration.register.Register`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def request_removal(self, subject: str, what: RemovalKind, message: str = "", reply_to: str = "") -> int:
        # No outbox row: a request changes no listing until somebody acts on it.
        values = {
            "subject": subject,
            "what": what.value,
            "message": checked_text(message, "message", MAX_MESSAGE, lines=True),
            "reply_to": checked_reply_to(reply_to),
            "created_at": datetime.now(UTC),
            "resolution": "",
        }
        with writing(self._engine) as connection:
            _standing(connection, subject)
            statement = insert(removal_request).values(values).returning(removal_request.c.id)
            return int(connection.execute(statement).scalar_one())

    def open_removals(self) -> tuple[RemovalRequest, ...]:
        statement = select(removal_request).where(_OPEN).order_by(removal_request.c.created_at, removal_request.c.id)
        with reading(self._engine) as connection:
            return tuple(_request(row) for row in connection.execute(statement))

    def settle(self, request_id: int, resolution: str) -> None:
        text = checked_text(resolution, "resolution", _MAX_REASON)
        with writing(self._engine) as connection:
            if not _settle(connection, removal_request.c.id == request_id, text):
                raise NotFound(f"There is no open request {request_id}: `directory removals` lists them.")

    def subjects_of(self, identifier: str) -> tuple[str, ...]:
        wanted = (clinic.c.id == identifier) | (clinic.c.npi == identifier)
        with reading(self._engine) as connection:
            people = connection.scalars(select(practitioner.c.npi).where(practitioner.c.npi == identifier)).all()
            clinics = connection.scalars(select(clinic.c.id).where(wanted).order_by(clinic.c.id)).all()
        return (*(f"p{npi}" for npi in people), *(f"c{key}" for key in clinics))

    def hide(self, subject: str, reason: str = "") -> bool:
        values = {"hidden_at": datetime.now(UTC), "hidden_reason": checked_text(reason, "reason", _MAX_REASON)}
        with changing(self._engine, "hide", subject=subject) as change:
            _settle(change.connection, _asks_to_hide(subject), "hidden")
            return _set_hidden(change, subject, values, hidden=True)

    def unhide(self, subject: str) -> bool:
        with changing(self._engine, "unhide", subject=subject) as change:
            _refuse_excluded(change.connection, subject)
            return _set_hidden(change, subject, {"hidden_at": None, "hidden_reason": None}, hidden=False)


def _standing(connection: Connection, subject: str) -> AnyRow:
    """The row of a subject: `key`, `hidden_at` and `hidden_reason`."""
    key = _KEYS.get(subject[:1])
    row = None
    if key is not None:
        statement = select(key.label("key"), key.table.c.hidden_at, key.table.c.hidden_reason).where(key == subject[1:])
        row = connection.execute(statement).first()
    if row is None:
        raise NotFound(f"The records hold nothing under {subject[1:]}.")
    return row


def _refuse_excluded(connection: Connection, subject: str) -> None:
    row = _standing(connection, subject)
    if is_excluded(connection, _KEYS[subject[0]], row.key):
        raise NotAllowed(f"{subject[1:]} is on the OIG's list of exclusions: a later list lets it be found again.")


def _set_hidden(change: Change, subject: str, values: dict[str, Any], *, hidden: bool) -> bool:
    row = _standing(change.connection, subject)
    # Who asks to be hidden stays so when a later list of exclusions, or an owner, would show them again.
    if (row.hidden_at is not None) == hidden and row.hidden_reason not in (EXCLUDED, LEFT):
        return False
    key = _KEYS[subject[0]]
    change.connection.execute(update(key.table).where(key == row.key).values(values))
    if subject[0] == "p":
        change.practitioners.add(row.key)
    else:
        change.clinics.add(row.key)
        change.relinked()
    return True


def _asks_to_hide(subject: str) -> Any:
    return (removal_request.c.subject == subject) & removal_request.c.what.in_(_SETTLED_BY_HIDING)


def _settle(connection: Connection, which: Any, resolution: str) -> int:
    """How many open requests were settled; what people wrote is erased."""
    values = {"resolved_at": datetime.now(UTC), "resolution": resolution, **_ERASED}
    return connection.execute(update(removal_request).where(_OPEN, which).values(values)).rowcount


def _request(row: AnyRow) -> RemovalRequest:
    return RemovalRequest(row.id, row.subject, RemovalKind(row.what), row.message, row.reply_to, row.created_at)
