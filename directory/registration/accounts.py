"""How accounts are kept (port to the records), and what an operator does about them."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from directory.accounts.account import NEEDS_SECOND_FACTOR, AccountRole
from directory.domain.errors import InvalidInput, NotFound
from directory.registration.mail import Mail
from directory.registration.register import checked_reply_to


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


MIN_PASSWORD = 10
"""Characters that a password has at least (NIST SP 800-63B asks for 8, or 15 where nothing else is asked for)."""


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """What an operator does about accounts. Every method raises NotFound for an e-mail that no account has."""

    store: AccountStore
    hashed: Callable[[str], str]
    now: Callable[[], datetime]

    def create(self, email: str, password: str, roles: Collection[AccountRole]) -> None:
        """An account that is confirmed already. Raises InvalidInput (`email`, `password`)."""
        address = checked_reply_to(email)
        if not address:
            raise InvalidInput("Give an e-mail address.", "email")
        if len(password) < MIN_PASSWORD:
            raise InvalidInput(f"A password has at least {MIN_PASSWORD} characters.", "password")
        if self.store.by_email(address) is not None:
            raise InvalidInput("Another account has this e-mail address.", "email")
        at = self.now()
        made = KeptAccount(
            secrets.token_hex(16), address, self.hashed(password), secrets.token_hex(16), at, confirmed_at=at
        )
        made.roles = set(roles)
        self.store.keep([made], (), at)

    def give(self, email: str, role: AccountRole) -> bool:
        """False for an account that had the role. A role that needs a second factor signs out everywhere."""
        given = self.store.grant(self._named(email).id, role)
        if given and role in NEEDS_SECOND_FACTOR:
            self._changed(self._named(email))
        return given

    def take(self, email: str, role: AccountRole) -> bool:
        """Takes a role away, and signs out everywhere; False for an account that had it not."""
        kept = self._named(email)
        had = role in kept.roles
        self._changed(kept, roles=kept.roles - {role})
        return had

    def disable(self, email: str) -> None:
        """Lets nobody in with it, and signs out everywhere; what it looks after stays."""
        self._changed(self._named(email), active=False)

    def enable(self, email: str) -> None:
        self._changed(self._named(email), active=True)

    def reset_second_factor(self, email: str) -> None:
        """For somebody who lost phone and recovery codes. Reviewers set up a new one when they next sign in."""
        self._changed(self._named(email), second_factor="", recovery_codes=[])

    def _named(self, email: str) -> KeptAccount:
        kept = self.store.by_email(email.strip())
        if kept is None:
            raise NotFound(f"No account has the address {email}.")
        return kept

    def _changed(self, kept: KeptAccount, **values: Any) -> None:
        self.store.keep([replace(kept, sessions=secrets.token_hex(16), **values)], (), self.now())
