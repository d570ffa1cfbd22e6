"""How often one client may ask, how large a body may be, and who may read from other sites."""

from flask import Flask
from flask_compress import Compress
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from directory.web.services import WebSettings

MAX_BODY = 256 * 1024
"""Bytes of a request body; more is refused with 413."""
_EXPOSED = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "ETag"]


def install_limits(app: Flask, settings: WebSettings) -> Limiter:
    """Rate limits by client address, counted in each worker process, with headers; CORS for anonymous reading."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    CORS(app, resources={r"/api/*": {"origins": "*", "send_wildcard": True, "expose_headers": _EXPOSED}})
    Compress(app)
    return Limiter(
        get_remote_address,
        app=app,
        application_limits=[settings.rate_limit],
        headers_enabled=True,
        storage_uri="memory://",
    )
