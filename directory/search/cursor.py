"""Cursors as opaque text for pages and the JSON API."""

import base64
import binascii
import math
from datetime import date

import orjson

from directory.domain.errors import InvalidInput
from directory.search.query import Cursor

_MAX_LENGTH = 1_000


def encode_cursor(cursor: Cursor, radius_m: float | None) -> str:
    """URL-safe text. `radius_m` travels along, so that a widened search keeps its radius on every page."""
    values = [
        cursor.id,
        cursor.query,
        cursor.today.isoformat(),
        cursor.generation,
        cursor.points,
        cursor.distance_m,
        cursor.sort_name,
        radius_m,
    ]
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def decode_cursor(text: str) -> tuple[Cursor, float | None]:
    """The cursor and the radius in metres. Raises InvalidInput for anything that `encode_cursor` did not write."""
    try:
        if len(text) > _MAX_LENGTH:
            raise ValueError(text[:10])
        padded = text + "=" * (-len(text) % 4)
        item, query, today, generation, points, distance, sort_name, radius = orjson.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
        cursor = Cursor(
            id=_text(item),
            query=_text(query),
            today=date.fromisoformat(_text(today)),
            generation=_text(generation),
            points=None if points is None else _whole(points),
            distance_m=_number(distance),
            sort_name=None if sort_name is None else _text(sort_name),
        )
        return cursor, _number(radius)
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidInput("This cursor is damaged: start again from the first page.", field="cursor") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1 << 24:
        raise TypeError(value)
    return value


def _number(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise TypeError(value)
    return float(value)
