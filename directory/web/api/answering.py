"""Bodies as responses: what no cache may keep, and what every cache may."""

import hashlib
from collections.abc import Mapping

import orjson
from flask import Response, request

PROBLEM = "application/problem+json"


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
