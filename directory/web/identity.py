"""Who is asking. Only the pages that need an account ask; search never does, so that it sets and reads no cookie."""

from collections.abc import Callable

from flask import Flask, current_app, g
from werkzeug.exceptions import Unauthorized

from directory.accounts.account import Account

_KEY = "directory.identity"
Identity = Callable[[], Account | None]
"""Gives the account that is signed in with this request, or None."""


def install_identity(app: Flask, identity: Identity) -> None:
    app.extensions[_KEY] = identity


def signed_in() -> Account | None:
    """The account of this request, looked up once."""
    if _KEY not in g:
        identity: Identity = current_app.extensions[_KEY]
        setattr(g, _KEY, identity())
    found: Account | None = getattr(g, _KEY)
    return found


def account() -> Account:
    """The account of this request. Raises Unauthorized (401), which the table of authorization prevents."""
    found = signed_in()
    if found is None:
        raise Unauthorized("Sign in first.")
    return found
