"""Bodies as responses: what no cache may keep, and what every cache may."""

import hashlib
from collections.abc import Mapping

import orjson
from flask import Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

PROBLEM = "application/problem+json"
_WITH_BODY = frozenset({"POST", "PUT"})


def refuse_other_bodies() -> None:
    """No body, or one that is not JSON, would be taken for an empty object: a search for everybody."""
    if request.method not in _WITH_BODY:
        return
    if not request.is_json:
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    if not request.get_data():
        raise BadRequest("Send a JSON object, even an empty one: {}.")


def private(body: Mapping[str, object]) -> Response:
    """JSON that no cache keeps, since it tells what a person searches for."""
    return Response(orjson.dumps(body), mimetype="application/json")


class Prepared:
    """JSON that is the same for everybody, with an ETag; `seconds` is how long caches may keep it."""

    def __init__(self, body: Mapping[str, object], seconds: int) -> None:
        self._data = orjson.dumps(body)
        self._etag = hashlib.blake2b(self._data, digest_size=16).hexdigest()
        self._seconds = seconds

    def response(self) -> Response:
        """The body, or 304 where the client has it."""
        response = Response(self._data, mimetype="application/json")
        response.set_etag(self._etag)
        response.cache_control.public = True
        response.cache_control.max_age = self._seconds
        response.make_conditional(request)
        return response
