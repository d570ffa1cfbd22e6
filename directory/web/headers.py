"""What every response says to browsers and caches."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_BY_NAME = {name.lower(): (name, value) for name, value in _ALWAYS.items()}
_CACHEABLE = frozenset({"max-age", "public"})
_UNSTORED = ("Cache-Control", "no-store")
_UNLISTED = ("X-Robots-Tag", "noindex")
_ENCRYPTED = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def install_headers(app: Flask) -> None:
    """Adds the security headers, and forbids storing whatever a view did not itself declare cacheable.

    What a person searches for is health data: no cache, shared or private, may keep it.
    """

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        # To ask for a header that is not there raises and catches an error each time: names are looked at once.
        there = {name.lower() for name, _ in headers}
        headers.extend([pair for name, pair in _BY_NAME.items() if name not in there])
        if "cache-control" not in there or not _CACHEABLE & set(response.cache_control):
            headers.set(*_UNSTORED)
        if request.path.startswith("/api/"):
            headers.set(*_UNLISTED)
        if request.is_secure:
            headers.set(*_ENCRYPTED)
        return response


def of_private_answer(scheme: str) -> list[tuple[str, str]]:
    """What `install_headers` adds to an answer of the API that no cache may keep, where Flask has no part in it."""
    return [*_ALWAYS.items(), _UNSTORED, _UNLISTED, *([_ENCRYPTED] if scheme == "https" else [])]
