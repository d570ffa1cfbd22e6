"""How often one client may ask, how large a body may be, and who may read from other sites."""

import ipaddress
import math
import time
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress
from flask_cors import CORS
from flask_limiter import Limiter
from werkzeug.exceptions import TooManyRequests

from directory.web import counting
from directory.web.allowing import Allowance

MAX_BODY = 256 * 1024
"""Bytes of a request body; more is refused with 413."""
_OF_NOBODY = r"/api/(?!v1/(registrations|registry|session)(/|$)).*"
"""Addresses of the API that answer everybody the same: any site may read those."""
_READING: dict[str, Any] = {
    "origins": "*",
    "send_wildcard": True,
    "methods": ["GET", "HEAD", "POST"],
    "allow_headers": ["Content-Type", "If-None-Match"],
    "expose_headers": ["ETag", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"],
    "max_age": 86_400,
}
TOO_MANY = 429
ALLOWANCE = "directory.allowance"
"""Where a request's environment says how much its client may still ask."""
_IPV6_SITE = 64
"""Leading bits that one IPv6 customer has at least: the rest are theirs to change at will."""


def install_limits(app: Flask) -> Limiter:
    """Refuses whoever asked too often, counted in each worker process and told in headers; CORS for anonymous reading.

    The limiter is for routes with limits of their own.
    """
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    # Of an answer of 230 kB. gzip: 0.7 ms, 12 kB (at the usual level 6: 0.9 ms, 10 kB). br: 0.07 ms, 8 kB (at the usual
    # 4: 0.34 ms, 7 kB). zstd, which browsers of today take first: 0.08 ms, 7 kB as it is.
    app.config.update(COMPRESS_LEVEL=4, COMPRESS_BR_LEVEL=1)
    app.before_request(_refuse)
    CORS(app, resources={_OF_NOBODY: _READING})
    Compress(app)
    limiter = Limiter(client, app=app, storage_uri=f"{counting.SCHEME}://")
    app.after_request(lambda response: _tell(limiter, response))
    return limiter


def readable() -> list[tuple[str, str]]:
    """The headers by which any site may read an answer, for answers that Flask has no part in."""
    exposed = ", ".join(_READING["expose_headers"])
    return [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", exposed)]


def look_only_where_limits_are(app: Flask, limiter: Limiter) -> None:
    """The limiter looks for limits at every request, which takes longer than all other checks together.

    To be called when every blueprint has its limits. Single views with limits look after themselves.
    """
    hooks = app.before_request_funcs[None]
    limited = [name for name in app.blueprints if limiter.limit_manager.blueprint_limits(app, name)]
    for hook in [hook for hook in hooks if getattr(hook, "__self__", None) is limiter]:
        hooks.remove(hook)
        for name in limited:
            app.before_request_funcs.setdefault(name, []).append(hook)


def client() -> str:
    """Who is counted: the address that the trusted proxies saw, of IPv6 only the half that its owner cannot choose."""
    return client_at(request.remote_addr or "")


def client_at(address: str) -> str:
    """Who is counted where a request comes from this address."""
    if ":" not in address:
        return address or "unknown"
    try:
        return str(ipaddress.ip_network(f"{address}/{_IPV6_SITE}", strict=False))
    except ValueError:
        return address


def _refuse() -> None:
    allowance = _allowance()
    if allowance is not None and allowance.used_up:
        raise TooManyRequests(allowance.limit)


def _allowance() -> Allowance | None:
    found: Allowance | None = request.environ.get(ALLOWANCE)
    return found


def _tell(limiter: Limiter, response: Response) -> Response:
    """A route's own limit is told before that of all."""
    current, allowance = limiter.current_limit, _allowance()
    if current is not None:
        response.headers["X-RateLimit-Limit"] = str(current.limit.amount)
        response.headers["X-RateLimit-Remaining"] = str(current.remaining)
        response.headers["X-RateLimit-Reset"] = str(current.reset_at)
        if response.status_code == TOO_MANY:
            response.headers["Retry-After"] = str(max(1, math.ceil(current.reset_at - time.time())))
    elif allowance is not None:
        response.headers.extend(allowance.headers())
    return response
