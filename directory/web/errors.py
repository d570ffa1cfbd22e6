"""One table from the directory's errors to HTTP: problem+json (RFC 9457) for the API, an honest page elsewhere."""

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from logging import Logger

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from directory.domain.application import NotAllowed, OutOfDate
from directory.domain.errors import (
    DirectoryError,
    EngineUnavailable,
    InvalidInput,
    NotFound,
    RecordsUnavailable,
)

STATUS: Mapping[type[DirectoryError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    NotAllowed: 409,
    OutOfDate: 409,
}
_TITLES = {
    400: "The request is not understood",
    401: "Sign in first",
    403: "This is not allowed",
    404: "There is nothing at this address",
    405: "This address does not take that method",
    409: "This cannot be done as things stand",
    412: "This was changed meanwhile",
    413: "The request is too large",
    415: "This type of content is not understood",
    422: "Something in the request cannot be used",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "The search is not available right now",
}
_SAID = 3
"""Fields that the detail names; `errors` has them all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is shown. `errors` maps a field to what is wrong with it; `retry_after` is in seconds.

    `allow` holds the methods that an address takes, where another one was tried.
    """

    status: int
    detail: str
    errors: Mapping[str, list[str]]
    retry_after: int | None = None
    allow: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return _TITLES.get(self.status, "The request failed")


def problem_of(error: Exception) -> Problem:
    """The problem that an exception becomes. What was not raised on purpose tells nothing about itself."""
    if isinstance(error, EngineUnavailable | RecordsUnavailable):
        # The error's own message is for operators, and goes to the log.
        return Problem(503, f"Please try again in {error.retry_after} seconds.", {}, error.retry_after)
    if isinstance(error, DirectoryError):
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        field = getattr(error, "field", None)
        errors = {field: [str(error)]} if field else {}
        return Problem(status, str(error), errors)
    if isinstance(error, HTTPException):
        return _http_problem(error)
    return Problem(500, "The error was recorded. Please try again in a little while.", {})


def problem_response(problem: Problem) -> Response:
    """application/problem+json."""
    body = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
    if problem.errors:
        body["errors"] = problem.errors
    return _with_headers(Response(orjson.dumps(body), problem.status, mimetype="application/problem+json"), problem)


def _with_headers(response: Response, problem: Problem) -> Response:
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.allow:
        response.headers["Allow"] = ", ".join(problem.allow)
    return response


def _http_problem(error: HTTPException) -> Problem:
    errors = _validation(error)
    return Problem(
        status=error.code or 500,
        detail=_detail(errors) or error.description or "",
        errors=errors,
        allow=tuple(sorted(getattr(error, "valid_methods", None) or ())),
    )


def _detail(errors: Mapping[str, list[str]]) -> str:
    """One line for people that says what is wrong with which field."""
    said = [f"{field}: {' '.join(texts)}" for field, texts in errors.items()]
    more = f" (and {len(said) - _SAID} more)" if len(said) > _SAID else ""
    return "; ".join(said[:_SAID]) + more


def install_errors(app: Flask, page: Callable[[Problem], str]) -> None:
    """Answers errors under /api as problem+json and others by `page`, which renders HTML."""

    def answer(error: Exception) -> Response:
        problem = problem_of(error)
        if problem.status >= 500:
            _log(app.logger, error)
        if request.path.startswith("/api/"):
            return problem_response(problem)
        return _with_headers(Response(page(problem), problem.status, mimetype="text/html"), problem)

    app.register_error_handler(Exception, answer)


def _log(logger: Logger, error: Exception) -> None:
    if isinstance(error, DirectoryError):
        logger.warning("%s: %s", type(error).__name__, error)
    else:
        logger.error("unexpected %s in %s at %s", type(error).__name__, request.endpoint, _places(error))


def _places(error: Exception) -> str:
    """Where the error arose, without its message: that could repeat what somebody searched for."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-6:]))


def _validation(error: HTTPException) -> dict[str, list[str]]:
    """What marshmallow found wrong, by field, as webargs hands it on."""
    messages = getattr(error, "data", {}).get("messages", {})
    return dict(_flat(messages, "")) if isinstance(messages, dict) else {}


def _flat(messages: Mapping[object, object], path: str) -> Iterator[tuple[str, list[str]]]:
    """Nested messages by dotted field; the name of the location (query, json) is left out."""
    for key, value in messages.items():
        name = path if not path and key in ("query", "json") else f"{path}.{key}".lstrip(".")
        if isinstance(value, dict):
            yield from _flat(value, name)
        else:
            yield name or str(key), [str(text) for text in value] if isinstance(value, list) else [str(value)]
