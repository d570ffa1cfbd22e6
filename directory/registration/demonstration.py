"""A reviewer's account for whoever tries the demonstration: one that nobody has to set up, and nobody can guess."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from directory.accounts.account import AccountRole
from directory.registration.accounts import AccountStore, KeptAccount

EMAIL = "reviewer@demonstration.example"
_CODES = 5


@dataclass(frozen=True, slots=True)
class DemonstrationReviewer:
    """What to sign in with. `codes` stand in for the second factor, each once."""

    email: str
    password: str
    codes: tuple[str, ...]

    @classmethod
    def make(
        cls, store: AccountStore, hashed: Callable[[str], str], second_factor: str, at: datetime
    ) -> "DemonstrationReviewer":
        """Makes the account, or gives it a new password and new codes."""
        password = "-".join(secrets.token_hex(2) for _ in range(3))
        codes = tuple(f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}" for _ in range(_CODES))
        held = store.by_email(EMAIL) or KeptAccount(secrets.token_hex(16), EMAIL, "", "", at)
        made = replace(
            held,
            password=hashed(password),
            sessions=secrets.token_hex(16),
            confirmed_at=at,
            second_factor=second_factor,
            recovery_codes=list(codes),
            roles={AccountRole.REVIEWER},
        )
        store.keep([made], (), at)
        return cls(EMAIL, password, codes)
