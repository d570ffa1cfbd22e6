"""How often one client may ask, how large a body may be, and who may read from other sites."""

import ipaddress
import math
import time

from flask import Flask, Response, request
from flask_compress import Compress
from flask_cors import CORS
from flask_limiter import Limiter

from directory.web import counting
from directory.web.services import WebSettings

MAX_BODY = 256 * 1024
"""Bytes of a request body; more is refused with 413."""
_OF_NOBODY = r"/api/(?!v1/(registrations|registry|session)(/|$)).*"
"""Addresses of the API that answer everybody the same: any site may read those."""
_READING = {
    "origins": "*",
    "send_wildcard": True,
    "methods": ["GET", "HEAD", "POST"],
    "allow_headers": ["Content-Type", "If-None-Match"],
    "expose_headers": ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "ETag"],
    "max_age": 86_400,
}
_UNLIMITED = frozenset({"pages.static", "pages.favicon"})
TOO_MANY = 429
_IPV6_SITE = 64
"""Leading bits that one IPv6 customer has at least: the rest are theirs to change at will."""


def install_limits(app: Flask, settings: WebSettings) -> Limiter:
    """Rate limits by client, counted in each worker process and told in headers; CORS for anonymous reading."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.config["COMPRESS_LEVEL"] = 4  # gzip: two thirds of the time of the usual 6 for a sixth more bytes
    CORS(app, resources={_OF_NOBODY: _READING})
    Compress(app)
    limiter = Limiter(client, app=app, application_limits=[settings.rate_limit], storage_uri=f"{counting.SCHEME}://")
    limiter.request_filter(lambda: request.endpoint in _UNLIMITED)
    app.after_request(lambda response: _tell(limiter, response))
    return limiter


def client() -> str:
    """Who is counted: the address that the trusted proxies saw, of IPv6 only the half that its owner cannot choose."""
    address = request.remote_addr or "unknown"
    try:
        site = ipaddress.ip_network(f"{address}/{_IPV6_SITE}", strict=False) if ":" in address else address
    except ValueError:
        return address
    return str(site)


def _tell(limiter: Limiter, response: Response) -> Response:
    current = limiter.current_limit
    if current is not None:
        response.headers["X-RateLimit-Limit"] = str(current.limit.amount)
        response.headers["X-RateLimit-Remaining"] = str(current.remaining)
        response.headers["X-RateLimit-Reset"] = str(current.reset_at)
    if response.status_code == TOO_MANY and current is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(current.reset_at - time.time())))
    return response
