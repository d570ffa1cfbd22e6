"""How accounts are kept: port to the records. What an account may do is in `directory.accounts`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from directory.accounts.account import AccountRole
from directory.registration.mail import Mail


@dataclass(slots=True)
class KeptAccount:
    """An account as it is kept. `id` is random; `email` is as it was typed, and unique whatever its case.

    `sessions` names everything that is signed in: a new one signs out everywhere. `password` is an argon2id hash,
    `second_factor` an encrypted TOTP secret, `recovery_codes` encrypted too. Times are UTC.
    """

    id: str
    email: str
    password: str
    sessions: str
    created_at: datetime
    active: bool = True
    confirmed_at: datetime | None = None
    second_factor: str = ""
    recovery_codes: list[str] = field(default_factory=list)
    roles: set[AccountRole] = field(default_factory=set)


class AccountStore(Protocol):
    """Raises RecordsUnavailable when it cannot be reached."""

    def by_id(self, account_id: str) -> KeptAccount | None: ...

    def by_email(self, email: str) -> KeptAccount | None:
        """Whatever the case of its letters."""
        ...

    def by_sessions(self, sessions: str) -> KeptAccount | None: ...

    def every(self) -> Sequence[KeptAccount]:
        """All accounts, by e-mail."""
        ...

    def keep(self, accounts: Sequence[KeptAccount], mails: Sequence[Mail], at: datetime) -> None:
        """Adds or replaces accounts and queues mails: all of it, or nothing.

        Raises InvalidInput (`email`) where another account has that e-mail.
        """
        ...

    def grant(self, account_id: str, role: AccountRole) -> bool:
        """Gives a role; False for an account that had it. Raises NotFound."""
        ...

    def remove(self, account_id: str) -> None:
        """Erases the account; what it published stays until somebody looks after it or it expires."""
        ...
