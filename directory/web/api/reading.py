"""How the parameters of an address are read before their schema checks them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser


class QueryReader(FlaskParser):
    """Reads parameters into a plain dictionary.

    The library's own reader raises and catches an error for each of thirty parameters that are not given.
    """

    def load_querystring(self, req: Request, schema: Schema) -> Mapping[str, Any]:
        repeatable = _repeatable(schema)
        return {name: values if name in repeatable else values[0] for name, values in req.args.lists()}


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint of the API."""

    ARGUMENTS_PARSER = QueryReader()


@lru_cache(maxsize=64)
def _repeatable(schema: Schema) -> frozenset[str]:
    return frozenset(name for name, field in schema.fields.items() if isinstance(field, fields.List))
