"""How long somebody stays signed in: 12 hours at most, and two hours without doing anything that needs an account."""

import time
from typing import Any

from flask import Flask, session
from flask_security import current_user, logout_user, tf_disabled, tf_profile_changed, user_authenticated

from directory.accounts.account import Account

LONGEST_S, IDLE_S = 12 * 3_600, 2 * 3_600
_BEGAN, _SEEN, _FACTOR = "began", "seen", "factor"
_MINUTE_S = 60


def install_sessions(app: Flask) -> None:
    """Notes when a session began, and whether with a second factor."""
    user_authenticated.connect(_begin, app)
    tf_profile_changed.connect(_prove, app)
    tf_disabled.connect(_forget, app)


def identity() -> Account | None:
    """The account that this request's cookie names, unless its session has run out."""
    if not current_user or not current_user.is_authenticated:
        return None
    if _ran_out(time.time()):
        logout_user()
        return None
    found: Account = current_user.account(second_factor=session.get(_FACTOR, False))
    return found


def _begin(_app: Flask, user: Any, **_: Any) -> None:
    # What a form of the time before signing in held is no use to whoever planted it.
    session.pop("csrf_token", None)
    session[_BEGAN] = session[_SEEN] = int(time.time())
    # Who has a second factor was asked for it just now. One that is set up later proves nothing of older sessions.
    session[_FACTOR] = bool(user.tf_primary_method)


def _prove(_app: Flask, **_: Any) -> None:
    """A code of the new factor was typed in this very session."""
    session[_FACTOR] = True


def _forget(_app: Flask, **_: Any) -> None:
    session[_FACTOR] = False


def _ran_out(now: float) -> bool:
    began, seen = session.get(_BEGAN, 0), session.get(_SEEN, 0)
    if now - began > LONGEST_S or now - seen > IDLE_S:
        return True
    if now - seen > _MINUTE_S:
        session[_SEEN] = int(now)
    return False
