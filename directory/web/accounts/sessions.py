"""How long somebody stays signed in: 12 hours at most, and two hours without doing anything that needs an account."""

import time
from typing import Any

from flask import Flask, session
from flask_security import current_user, logout_user, user_authenticated

from directory.accounts.account import Account

LONGEST_S, IDLE_S = 12 * 3_600, 2 * 3_600
_BEGAN, _SEEN = "began", "seen"
_MINUTE_S = 60


def install_sessions(app: Flask) -> None:
    """Notes when a session began."""
    user_authenticated.connect(_begin, app)


def identity() -> Account | None:
    """The account that this request's cookie names, unless its session has run out."""
    if not current_user or not current_user.is_authenticated:
        return None
    if _ran_out(time.time()):
        logout_user()
        return None
    found: Account = current_user.account
    return found


def _begin(_app: Flask, **_: Any) -> None:
    # What a form of the time before signing in held is no use to whoever planted it.
    session.pop("csrf_token", None)
    session[_BEGAN] = session[_SEEN] = int(time.time())


def _ran_out(now: float) -> bool:
    began, seen = session.get(_BEGAN, 0), session.get(_SEEN, 0)
    if now - began > LONGEST_S or now - seen > IDLE_S:
        return True
    if now - seen > _MINUTE_S:
        session[_SEEN] = int(now)
    return False
