"""How a generation is laid out, and how a listing becomes a document of it.

A document without `expires_on` is not a listing: it is the tombstone of one, the marker of a subject that was
changed, or the state of the generation. Every search asks for a later `expires_on`, so none of them is ever found.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from directory.domain.errors import EngineUnavailable
from directory.domain.place import Point
from directory.search.fold import FOLDING
from directory.search.listing import OPEN_FIELDS, SHAPE, Field, Listing

VERSION = 1
"""Version of this mapping; part of a generation's `_meta`."""
STATE_ID = "!state"
"""Id of the document whose version is the generation's position."""
_SOUGHT = {"type": "keyword", "doc_values": False}
_SORTED = {"type": "keyword"}
_KEPT = {"type": "keyword", "index": False}
_SHOWN = {"type": "keyword", "index": False, "doc_values": False}
_TOKENS = {field: field.value for field in Field}
_DAY = {"type": "date", "format": "strict_date"}
_SILENT = {
    f"{log}.threshold.{part}.{level}": "-1"
    for log, parts in {"search.slowlog": ("query", "fetch"), "indexing.slowlog": ("index",)}.items()
    for part in parts
    for level in ("warn", "info", "debug", "trace")
}
"""A slow log would hold what people searched for."""


def mapping(fingerprint: str, created_at: str) -> dict[str, Any]:
    """The strict mapping of a new generation; `_meta` says what it was made with."""
    meta = {
        "mapping": VERSION,
        "shape": SHAPE,
        "folding": FOLDING,
        "fingerprint": fingerprint,
        "created_at": created_at,
    }
    return {"dynamic": "strict", "_meta": meta, "properties": _properties()}


def fingerprint_of(meta: Mapping[str, Any]) -> str:
    """What a generation was made with; another mapping makes it another fingerprint, so that a rebuild is asked for."""
    fingerprint = str(meta["fingerprint"])
    return fingerprint if meta["mapping"] == VERSION else f"{fingerprint}-mapping{meta['mapping']}"


def _properties() -> dict[str, Any]:
    tokens = {field.value: _SOUGHT if field in OPEN_FIELDS else _SORTED for field in Field}
    return {
        "id": _SORTED,
        "subject": _SORTED,
        "version": {"type": "long"},
        "digest": _KEPT,
        "checked_on": _DAY,
        "expires_on": _DAY,
        "sort_name": _KEPT,
        "point": {"type": "geo_point"},
        "place": _SORTED,
        "tokens": {"type": "object", "dynamic": "strict", "properties": tokens},
        "name_words": {**_SOUGHT, "copy_to": "words"},
        "text_words": {**_SOUGHT, "copy_to": "words"},
        "words": _SOUGHT,
        "document": _SHOWN,
    }


def building(shards: int, sort_by: tuple[str, ...] = ()) -> dict[str, Any]:
    """Settings while a generation is filled: nothing is refreshed or copied, and a crash loses it anyway."""
    order = {"sort.field": list(sort_by)} if sort_by else {}
    return {"number_of_shards": shards, **filling(), **order, **_SILENT}


def filling() -> dict[str, Any]:
    """Those of them that can be changed later."""
    return {"refresh_interval": "-1", "number_of_replicas": 0, "translog.durability": "async"}


def serving(replicas: int) -> dict[str, Any]:
    """Settings of a generation that is complete; None restores what the server does by default."""
    return {"refresh_interval": None, "number_of_replicas": replicas, "translog.durability": "request"}


def document(listing: Listing) -> dict[str, Any]:
    """The source of a listing's document; `document` in it is exactly `Listing.encoded()`."""
    encoded = listing.encoded()
    source: dict[str, Any] = {
        **tombstone(listing.id, listing.version),
        "digest": hashlib.blake2b(encoded, digest_size=16).hexdigest(),
        "checked_on": listing.checked_on.isoformat(),
        "expires_on": listing.expires_on.isoformat(),
        "sort_name": listing.sort_name,
        "tokens": {_TOKENS[field]: values for field, values in listing.tokens.items()},
        "name_words": listing.name_words,
        "text_words": listing.text_words,
        "document": encoded.decode(),
    }
    if listing.point is not None:
        source["point"] = {"lat": listing.point.lat, "lon": listing.point.lon}
        source["place"] = place(listing.point)
    return source


def decoded(document: str) -> Listing:
    """The listing of a document. Raises EngineUnavailable where another release wrote it."""
    try:
        return Listing.decode(document)
    except (KeyError, TypeError, ValueError):
        raise EngineUnavailable("The live generation was made by another release: run `indexer rebuild`.") from None


def tombstone(item: str, version: int) -> dict[str, Any]:
    """What remains of a deleted listing, so that nothing older revives it: Elasticsearch itself forgets deleted
    versions after a minute."""
    return {"id": item, "subject": item.partition(".")[0], "version": version}


def marker_id(subject: str) -> str:
    """Id of the document that keeps the version of a subject's newest change, also where it holds no listing."""
    return f"{subject}."


def place(point: Point) -> str:
    """A token that stands for exactly this point; `degrees_of` reads it back."""
    return f"{point.lat!r},{point.lon!r}"


def degrees_of(token: str) -> tuple[float, float]:
    """Latitude and longitude of a place. No `Point`: every hit is measured, and making one takes as long as that."""
    lat, lon = token.split(",")
    return float(lat), float(lon)
