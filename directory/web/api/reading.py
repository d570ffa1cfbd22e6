"""How the parameters of an address are read before their schema checks them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict


class QueryReader(FlaskParser):
    """Reads parameters into a plain dictionary.

    The library's own reader raises and catches an error for each of thirty parameters that are not given.
    """

    def load_querystring(self, req: Request, schema: Schema) -> Mapping[str, Any]:
        return plain(req.args, schema)


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint of the API."""

    ARGUMENTS_PARSER = QueryReader()


def plain(args: MultiDict[str, str], schema: Schema) -> dict[str, Any]:
    """Lists of what may be repeated, else the first value."""
    repeatable = _repeatable(schema)
    return {name: values if name in repeatable else values[0] for name, values in args.lists()}


@lru_cache(maxsize=512)
def _repeatable(schema: Schema) -> frozenset[str]:
    return frozenset(name for name, field in schema.fields.items() if isinstance(field, fields.List))
