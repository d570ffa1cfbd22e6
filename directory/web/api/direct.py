"""Searches answered without Flask: what its context, hooks and routing cost is a fifth of a search.

The answer is the one that the view gives, byte for byte and header for header; a test compares them. Whatever is not a
plain question that can be answered (parameters that are refused, an engine that is down) is left to Flask.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask
from flask_compress.flask_compress import _choose_algorithm, _compress_data, _format
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.wrappers import Request

from directory.web.api.reading import plain
from directory.web.api.schemas import SearchParameters
from directory.web.api.searching import Searching
from directory.web.revalidating import Revalidating

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Headers = list[tuple[str, str]]
FAILED = "directory.failed"
"""Where a request's environment holds the error with which its search ended: Flask raises it, and searches no more."""
_KNOWN = frozenset(SearchParameters().fields)
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")
_REMEMBERED = 256


class DirectSearch:
    """Answers `GET /api/v1/search` from the environment of a request."""

    def __init__(self, app: Flask, searching: Searching, revalidating: Revalidating) -> None:
        self._searching = searching
        self._revalidating = revalidating
        self._compressing = Compressing(app)

    def answer(self, environ: "WSGIEnvironment") -> tuple[Headers, bytes] | None:
        """The body and the headers that are its own, or None where Flask has to answer."""
        if any(name in environ for name in _CONDITIONS):
            return None
        # Before the search: what changes meanwhile must not get the tag of what comes after it.
        tag = self._revalidating.tag(environ.get("QUERY_STRING", ""))
        try:
            parameters = _parameters(environ)
            if parameters is None:
                return None
            answered = self._searching.answer(parameters)
        except Exception as error:
            environ[FAILED] = error
            return None
        body, encoding = self._compressing.compressed(answered.body, environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *answered.headers(tag)]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        return headers, body


class Compressing:
    """Compresses as Flask-Compress does, by its own functions, which it offers to responses of Flask only."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._algorithms = _format(app.config["COMPRESS_ALGORITHM"])
        self._least: int = app.config["COMPRESS_MIN_SIZE"]

    def compressed(self, body: bytes, accepted: str) -> tuple[bytes, str]:
        """The body as a client accepts it, and the name of its encoding; empty where it stays as it is."""
        chosen = _choose_algorithm(self._algorithms, accepted)
        if chosen is None or len(body) < self._least:
            return body, ""
        return _compress_data(self._app, body, chosen), chosen


def _parameters(environ: "WSGIEnvironment") -> dict[str, object] | None:
    """The checked parameters of a search; None where any is refused."""
    args = Request(environ, populate_request=False).args
    names = frozenset(args)
    if not names <= _KNOWN:
        return None
    schema = _schema(names)
    try:
        found: dict[str, object] = schema.load(plain(args, schema), unknown=RAISE)
    except ValidationError:
        return None
    return found


@lru_cache(maxsize=_REMEMBERED)
def _schema(names: frozenset[str]) -> Schema:
    """A schema looks at each parameter that it knows: one of those that are given only is four times as fast."""
    return SearchParameters(only=names)
