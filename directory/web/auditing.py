"""The audit log: who signed in, changed how they sign in, or tried what is not theirs. Accounts by id, not address.

Nothing of what anybody searches for comes here: only requests about accounts, and those that were refused.
What happens to registrations is kept with them, as their events.
"""

import logging
from typing import Any

from flask import Flask, Response, request
from flask_security import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
    user_confirmed,
    user_failed_authn,
    user_registered,
    user_unauthenticated,
)
from flask_security.signals import reset_password_instructions_sent

_LOG = logging.getLogger("directory.audit")
_TOLD = {
    "signed in": user_authenticated,
    "refused: wrong password or code": user_failed_authn,
    "account made": user_registered,
    "address confirmed": user_confirmed,
    "recovery asked for": reset_password_instructions_sent,
    "password chosen anew": password_reset,
    "password changed": password_changed,
    "second factor set": tf_profile_changed,
    "second factor removed": tf_disabled,
}
_REFUSED = frozenset({401, 403, 429})
_KEPT = "directory.auditing"


def install_auditing(app: Flask) -> None:
    """Writes a line for each event: what, which account, at which route; when is the log's own time, in UTC."""
    receivers = [_receiver(event) for event in _TOLD]
    for receiver, signal in zip(receivers, _TOLD.values(), strict=True):
        signal.connect(receiver, app)
    user_unauthenticated.connect(_nobody, app)
    # Signals keep no receiver alive by themselves.
    app.extensions[_KEPT] = receivers
    app.after_request(_refusals)


def _receiver(event: str) -> Any:
    def told(_app: Flask, user: Any = None, **_: Any) -> None:
        _write(event, getattr(user, "id", None))

    return told


def _nobody(_app: Flask, **_: Any) -> None:
    _write("refused: not signed in", None)


def _refusals(response: Response) -> Response:
    if response.status_code in _REFUSED and not request.path.startswith(("/search", "/es/search", "/api/v1/search")):
        _write(f"refused: {response.status_code}", None)
    return response


def _write(event: str, account_id: str | None) -> None:
    route = request.url_rule.rule if request.url_rule is not None else "none"
    _LOG.info("%s account=%s route=%s", event, account_id or "unknown", route)
