"""What is decided before Flask: how often a client has asked, whether it has the answer already, and plain searches."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from directory.web.allowing import Allowance, Allowing, is_counted
from directory.web.api.direct import DirectSearch
from directory.web.headers import of_private_answer
from directory.web.limits import ALLOWANCE, client_at, readable
from directory.web.measuring import measure
from directory.web.revalidating import Revalidating

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SEARCH = "/api/v1/search"
_VARIES = ("Vary", "Accept-Encoding")


class Front:
    """A WSGI application before another.

    What it lets through carries the client's allowance. A search whose answer the client has is not even begun.
    """

    def __init__(
        self, app: "WSGIApplication", allowing: Allowing, revalidating: Revalidating, direct: DirectSearch
    ) -> None:
        self._app = app
        self._allowing = allowing
        self._revalidating = revalidating
        self._direct = direct
        self._always = {scheme: [*of_private_answer(scheme), *readable(), _VARIES] for scheme in ("http", "https")}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began = time.perf_counter()
        path = environ.get("PATH_INFO", "")
        if not is_counted(path):
            return self._app(environ, start_response)
        allowance = environ[ALLOWANCE] = self._allowing.take(client_at(environ.get("REMOTE_ADDR", "")))
        if path != SEARCH or environ["REQUEST_METHOD"] != "GET" or allowance.used_up:
            return self._app(environ, start_response)
        if held := self._held(environ):
            return self._not_modified(environ, start_response, held, allowance, began)
        answer = self._direct.answer(environ)
        if answer is None:
            return self._app(environ, start_response)
        headers, body = answer
        start_response("200 OK", [*headers, *self._every(environ), *allowance.headers()])
        measure(SEARCH, "GET", 200, time.perf_counter() - began)
        return (body,)

    def _not_modified(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        held: str,
        allowance: Allowance,
        began: float,
    ) -> Iterable[bytes]:
        headers = [*self._every(environ), ("ETag", f'W/"{held}"'), *allowance.headers()]
        start_response("304 NOT MODIFIED", headers)
        measure(SEARCH, "GET", 304, time.perf_counter() - began)
        return ()

    def _every(self, environ: "WSGIEnvironment") -> list[tuple[str, str]]:
        """Headers of every answer from here."""
        # A proxy may pass on whatever a visitor claims the scheme to be.
        return self._always["https" if environ["wsgi.url_scheme"] == "https" else "http"]

    def _held(self, environ: "WSGIEnvironment") -> str:
        """The tag of the answer that the client has and that still holds; else empty."""
        tags = environ.get("HTTP_IF_NONE_MATCH", "")
        return self._revalidating.still_holds(tags, environ.get("QUERY_STRING", "")) if tags else ""
