"""Keys for what accounts keep encrypted, and a second factor made without its owner."""

import hashlib
import hmac

from flask_security.totp import Totp


def derived(key: str, purpose: str) -> str:
    """A key for one purpose, from the secret of the site."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def totp_secrets(key: str) -> dict[int, str]:
    """What TOTP secrets are encrypted with."""
    return {1: derived(key, "totp")}


def new_second_factor(key: str) -> str:
    """An encrypted TOTP secret that is in nobody's phone: only recovery codes get past it."""
    return str(Totp(totp_secrets(key), "Open Back Care").generate_totp_secret())
