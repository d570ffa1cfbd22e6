"""Accounts in the records. An account and the mails about it are written together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from directory.accounts.account import AccountRole
from directory.domain.errors import InvalidInput, NotFound
from directory.records.database import reading, writing
from directory.records.keyed import AnyRow
from directory.records.mails import queue_mails
from directory.records.rows import Values
from directory.records.tables import account
from directory.registration.accounts import KeptAccount
from directory.registration.mail import Mail


class SqlAccounts:
    """Implements `registration.accounts.AccountStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_id(self, account_id: str) -> KeptAccount | None:
        return self._one(account.c.id == account_id)

    def by_email(self, email: str) -> KeptAccount | None:
        return self._one(account.c.folded_email == email.casefold())

    def by_sessions(self, sessions: str) -> KeptAccount | None:
        return self._one(account.c.sessions == sessions)

    def every(self) -> Sequence[KeptAccount]:
        with reading(self._engine) as connection:
            return [_kept(row) for row in connection.execute(select(account).order_by(account.c.folded_email))]

    def keep(self, accounts: Sequence[KeptAccount], mails: Sequence[Mail], at: datetime) -> None:
        with writing(self._engine) as connection:
            for item in accounts:
                _keep(connection, item)
            queue_mails(connection, mails, at)

    def grant(self, account_id: str, role: AccountRole) -> bool:
        with writing(self._engine) as connection:
            row = connection.execute(select(account).where(account.c.id == account_id)).one_or_none()
            if row is None:
                raise NotFound("There is no such account.")
            if role.value in row.roles:
                return False
            values = {"roles": sorted([*row.roles, role.value])}
            connection.execute(update(account).where(account.c.id == account_id).values(values))
        return True

    def remove(self, account_id: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(account).where(account.c.id == account_id))

    def _one(self, where: ColumnElement[bool]) -> KeptAccount | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(account).where(where)).one_or_none()
        return None if row is None else _kept(row)


def _keep(connection: Connection, item: KeptAccount) -> None:
    same_email = select(account.c.id).where(account.c.folded_email == item.email.casefold(), account.c.id != item.id)
    if connection.execute(same_email).first() is not None:
        raise InvalidInput("Another account has this e-mail address.", "email")
    values = _values(item)
    changed = connection.execute(update(account).where(account.c.id == item.id).values(values))
    if not changed.rowcount:
        connection.execute(insert(account).values(values))


def _values(item: KeptAccount) -> Values:
    return {
        "id": item.id,
        "email": item.email,
        "folded_email": item.email.casefold(),
        "password": item.password,
        "sessions": item.sessions,
        "active": item.active,
        "created_at": item.created_at,
        "confirmed_at": item.confirmed_at,
        "second_factor": item.second_factor,
        "recovery_codes": list(item.recovery_codes),
        "roles": sorted(role.value for role in item.roles),
    }


def _kept(row: AnyRow) -> KeptAccount:
    return KeptAccount(
        id=row.id,
        email=row.email,
        password=row.password,
        sessions=row.sessions,
        created_at=row.created_at,
        active=row.active,
        confirmed_at=row.confirmed_at,
        second_factor=row.second_factor,
        recovery_codes=list(row.recovery_codes),
        roles={AccountRole(role) for role in row.roles},
    )
