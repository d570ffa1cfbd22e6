"""An address belongs to whoever reads its mail: a password that somebody else chose for it is never made good."""

from typing import Any

from flask import Flask
from flask_security import password_reset, user_not_registered

from directory.web.accounts.members import Member, Members

_KEY = "directory.accounts.ownership"


def install_ownership(app: Flask, members: Members) -> None:
    """Whoever signs up for an address that waits for its confirmation gets a link to choose the password themselves.

    The links of whoever was there before stop working, and choosing the password by the link confirms the address.
    """

    def begun_again(_app: Flask, user: Member | None = None, **_: Any) -> None:
        if user is not None and user.confirmed_at is None:
            members.set_uniquifier(user)

    def chosen(_app: Flask, user: Member, **_: Any) -> None:
        if user.confirmed_at is None:
            user.confirmed_at = members.now()
            members.put(user)

    user_not_registered.connect(begun_again, app)
    password_reset.connect(chosen, app)
    # Signals keep no receiver alive by themselves.
    app.extensions[_KEY] = (begun_again, chosen)
