"""Mails that wait in the records: written with the change they tell of, erased once they were accepted."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, select, update

from directory.records.database import reading, writing
from directory.records.rows import Values
from directory.records.tables import mail
from directory.records.writes import insert_rows
from directory.registration.mail import Mail, QueuedMail

_ERASED = {"address": "", "subject": "", "body": "", "due_at": None}


def queue_mails(connection: Connection, mails: Iterable[Mail], at: datetime) -> None:
    """Queues mails in the transaction of the change that they tell of."""
    insert_rows(connection, mail, [_values(item, at) for item in mails])


def _values(item: Mail, at: datetime) -> Values:
    queued = {"created_at": at, "due_at": at, "attempts": 0, "sent_at": None}
    return {"address": item.to, "subject": item.subject, "body": item.body, **queued}


class SqlMailQueue:
    """Implements `registration.mail.MailQueue`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, at: datetime, limit: int) -> Sequence[QueuedMail]:
        statement = select(mail).where(mail.c.due_at <= at).order_by(mail.c.due_at, mail.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [
                QueuedMail(row.id, Mail(row.address, row.subject, row.body), row.attempts)
                for row in connection.execute(statement)
            ]

    def sent(self, mail_id: int, at: datetime) -> None:
        self._set(mail_id, {**_ERASED, "sent_at": at})

    def failed(self, mail_id: int, attempts: int, again_at: datetime | None) -> None:
        erased = _ERASED if again_at is None else {}
        self._set(mail_id, {**erased, "attempts": attempts, "due_at": again_at})

    def _set(self, mail_id: int, values: Values) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(mail).where(mail.c.id == mail_id).values(values))
