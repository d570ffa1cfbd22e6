"""Reading by many keys at once, some thousands to a statement."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Row, Select, String, any_, bindparam, func, select

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
_PARAMETERS = 2_000
"""Keys in one statement: where each is a parameter, far below what either database takes (SQLite 32,766; PostgreSQL
65,535)."""


def sliced(keys: Collection[str]) -> Iterator[Sequence[str]]:
    """The keys in sorted slices, each small enough for one statement."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), _PARAMETERS):
        yield ordered[start : start + _PARAMETERS]


def rows_with(
    connection: Connection, statement: Select[*tuple[Any, ...]], key: ColumnElement[str], keys: Collection[str]
) -> Iterator[AnyRow]:
    """Rows of the statement whose key is among the keys."""
    for part in sliced(keys):
        yield from connection.execute(statement.where(among(connection, key, part)))


def among(connection: Connection, key: ColumnElement[str], keys: Sequence[str]) -> ColumnElement[bool]:
    """Whether the key is one of the keys, which go to the database as one value: thousands of them, each a parameter
    of its own, take longer to prepare than to find."""
    if connection.dialect.name == "sqlite":
        listed = func.json_each(bindparam(None, orjson.dumps(keys).decode())).table_valued("value")
        return key.in_(select(listed.c.value))
    return key == any_(bindparam(None, list(keys), ARRAY(String)))


def values_of(
    connection: Connection, wanted: Column[Any], key: Column[str], keys: Collection[str], *where: ColumnElement[bool]
) -> set[Any]:
    """Distinct values of a column over the rows whose key is among the keys."""
    return {row[0] for row in rows_with(connection, select(wanted).distinct().where(*where), key, keys)}
