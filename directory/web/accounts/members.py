"""Accounts in the shape that Flask-Security works on, and the store behind it."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import g
from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore

from directory.accounts.account import NEEDS_SECOND_FACTOR, Account, AccountRole
from directory.registration.accounts import AccountStore, KeptAccount
from directory.registration.mail import Mail

_NEVER = datetime.min.replace(tzinfo=UTC)
_PENDING = "directory.accounts.pending"
AUTHENTICATOR = "authenticator"
"""The one second factor there is: codes of an authenticator app (TOTP, RFC 6238)."""


class MemberRole(RoleMixin):
    """A role by the name that Flask-Security asks for."""

    def __init__(self, role: AccountRole) -> None:
        self.name = role.value


class Member(UserMixin):
    """An account while a request works on it, under the attribute names that Flask-Security expects."""

    # Flask-Security asks the class which of these it has.
    fs_uniquifier = email = password = ""

    def __init__(self, **values: Any) -> None:
        self.id: str = values.get("id", "")  # type: ignore[assignment]
        self.email = values["email"]
        self.password = values["password"]
        self.active: bool = values.get("active", True)
        self.fs_uniquifier = values.get("fs_uniquifier", "")
        self.confirmed_at: datetime | None = values.get("confirmed_at")
        self.created_at: datetime = values.get("created_at", _NEVER)
        self.tf_primary_method: str | None = values.get("tf_primary_method")
        self.tf_totp_secret: str | None = values.get("tf_totp_secret")
        self.tf_phone_number: str | None = None
        self.mf_recovery_codes: list[str] = values.get("mf_recovery_codes", [])
        self.roles: list[RoleMixin] = values.get("roles", [])

    def account(self, *, second_factor: bool) -> Account:
        """The account as somebody is signed in with it: `second_factor` where this session was opened with one."""
        return Account(self.id, self.email, frozenset(self._roles()), second_factor and bool(self.tf_primary_method))

    def check_tf_required(self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool) -> Any:
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        return bool(self._roles() & NEEDS_SECOND_FACTOR)

    def _roles(self) -> set[AccountRole]:
        return {AccountRole(role.name) for role in self.roles}


class Members(UserDatastore):
    """Flask-Security's store. What a request changed is written at once with the mail about it."""

    def __init__(self, store: AccountStore, now: Callable[[], datetime]) -> None:
        super().__init__(Member, MemberRole)
        self._store = store
        self.now = now

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Member | None:
        attribute, value = kwargs.popitem()
        find = {"id": self._store.by_id, "email": self._store.by_email, "fs_uniquifier": self._store.by_sessions}
        kept = find[attribute](str(value))
        return None if kept is None else _member(kept)

    def find_role(self, role: str) -> MemberRole | None:
        return MemberRole(AccountRole(role)) if role in set(AccountRole) else None

    def put(self, member: Member) -> Member:
        if not member.id:
            member.id, member.created_at = secrets.token_hex(16), self.now()
        _pending()[member.id] = member
        return member

    def delete(self, member: Member) -> None:
        self._store.remove(member.id)

    def commit(self) -> None:
        self.keep()

    def keep(self, *mails: Mail) -> None:
        """Writes what is pending, together with these mails."""
        pending = _pending()
        if pending or mails:
            self._store.keep([_kept(member) for member in pending.values()], mails, self.now())
            pending.clear()


def _pending() -> dict[str, Member]:
    if _PENDING not in g:
        setattr(g, _PENDING, {})
    found: dict[str, Member] = getattr(g, _PENDING)
    return found


def _member(kept: KeptAccount) -> Member:
    return Member(
        id=kept.id,
        email=kept.email,
        password=kept.password,
        active=kept.active,
        fs_uniquifier=kept.sessions,
        confirmed_at=kept.confirmed_at,
        created_at=kept.created_at,
        tf_primary_method=AUTHENTICATOR if kept.second_factor else None,
        tf_totp_secret=kept.second_factor or None,
        mf_recovery_codes=list(kept.recovery_codes),
        roles=[MemberRole(role) for role in sorted(kept.roles)],
    )


def _kept(member: Member) -> KeptAccount:
    confirmed = member.confirmed_at
    return KeptAccount(
        id=member.id,
        email=member.email,
        password=member.password,
        sessions=member.fs_uniquifier,
        created_at=member.created_at,
        active=member.active,
        # Flask-Security writes UTC without saying so.
        confirmed_at=None if confirmed is None else confirmed.replace(tzinfo=UTC),
        second_factor=(member.tf_totp_secret or "") if member.tf_primary_method else "",
        recovery_codes=member.mf_recovery_codes or [],
        roles={AccountRole(role.name) for role in member.roles},
    )
