"""Builds one segment from listings in any order, in bounded memory.

Listings stream through: the documents go straight into the file, everything else into columns that spill to disk.
`seal` then drops what a higher version replaced, puts documents in order of cell, specialty, position and id, and
writes each column in that order, one at a time.
"""

import shutil
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from directory.engines.embedded.arrays import Array, Ints
from directory.engines.embedded.container import ContainerWriter
from directory.engines.embedded.documents import stored
from directory.engines.embedded.fields import FieldBuilder
from directory.engines.embedded.geometry import (
    LATITUDE_STEP,
    LONGITUDE_STEP,
    UNPLACED_CELL,
    along_curve,
    cells,
    unit_vectors,
)
from directory.engines.embedded.groups import GROUPED, Pieces, write_groups
from directory.engines.embedded.heads import BY_ID, BY_NAME
from directory.engines.embedded.identifiers import IdentifiersBuilder
from directory.engines.embedded.spill import Ends, Spill
from directory.engines.embedded.strings import Strings, packed
from directory.engines.embedded.words import WordsBuilder
from directory.search.listing import FACETS, OPEN_FIELDS, Listing

FORMAT = 4
"""Version of the segment's layout; a reader refuses another."""
_AT_ONCE = 4096
_TOP = (1 << 31) - 1
_NOWHERE = 1 << 31
_NUMBERS: Mapping[str, type[np.generic]] = {
    "version": np.int64,
    "checked": np.int32,
    "expires": np.int32,
    "lat": np.float64,
    "lon": np.float64,
    "checksum": np.uint32,
}


def misfit(listing: Listing) -> str:
    """Why the index cannot hold the listing, by all that is quickly seen; empty when it can."""
    if not listing.id.isascii() or "\0" in listing.id or "." not in listing.id:
        return "its id is not <subject>.<location> in ASCII"
    if "\0" in listing.sort_name:
        return "its sorting name has a NUL character"
    if not 0 <= listing.version < 1 << 63:
        return "its version is not a whole number of 63 bits"
    return ""


def objection(listing: Listing) -> str:
    """Why the index cannot hold the listing; empty when it can."""
    try:
        listing.encoded()
    except UnicodeEncodeError as error:
        return f"it cannot be encoded: {error}"
    return misfit(listing)


@dataclass(frozen=True, slots=True)
class Removals:
    """What a delta takes away: documents of older segments by file name, and the versions at which ids went.

    `graves` holds ids of deleted listings and, for what is known of a subject as a whole, the subject itself.
    """

    killed: Mapping[str, Ints] = field(default_factory=dict)
    graves: Mapping[str, int] = field(default_factory=dict)


NO_REMOVALS = Removals()


class SegmentBuilder:
    """`path` is the segment to write; `scratch` a folder of its own, removed in the end."""

    def __init__(self, path: Path, scratch: Path) -> None:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        self._scratch = scratch
        self._writer = ContainerWriter(path)
        self._columns = {name: Spill(scratch / name, dtype) for name, dtype in _NUMBERS.items()}
        self._bytes = {name: Spill(scratch / name, np.uint8) for name in ("id", "sort_name")}
        self._ends = {name: Ends(scratch / f"{name}_ends") for name in ("document", "id", "sort_name")}
        self._fields = {of: FieldBuilder(f"field.{of.value}", scratch) for of in FACETS}
        self._open = {of: IdentifiersBuilder(f"open.{of.value}", scratch) for of in sorted(OPEN_FIELDS)}
        self._names = WordsBuilder("name", scratch)
        self._texts = WordsBuilder("text", scratch)

    def extend(self, listings: Iterable[Listing]) -> None:
        """Adds listings that `objection` finds nothing against, some thousands at once.

        Raises UnicodeEncodeError for text that is not Unicode; nothing of those thousands was added then.
        """
        incoming = iter(listings)
        while batch := list(islice(incoming, _AT_ONCE)):
            self._take(batch)

    def seal(self, removals: Removals = NO_REMOVALS) -> int:
        """Writes the segment, durably; returns how many listings it holds."""
        arrival, id_rank = self._final_order()
        placed, pieces = self._write_positions(arrival)
        self._write_numbers(arrival)
        self._names.write(self._writer, arrival, self._write_names(arrival, id_rank))
        self._texts.write(self._writer, arrival, {})
        tokens = {of.value: column.write(self._writer, arrival, pieces) for of, column in self._fields.items()}
        for identifiers in self._open.values():
            identifiers.write(self._writer, arrival)
        self._write_removals(removals)
        self._writer.finish(self._meta(arrival, placed, tokens, removals))
        shutil.rmtree(self._scratch)
        return len(arrival)

    def abandon(self) -> None:
        """Removes what was written."""
        self._writer.close()
        self._writer.path.unlink(missing_ok=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _take(self, batch: Sequence[Listing]) -> None:
        """Goes through the listings column by column, since most of what a listing costs is the way to its column."""
        tokens = [listing.tokens for listing in batch]
        rows = [column.rows_of([held.get(of, ()) for held in tokens]) for of, column in self._fields.items()]
        documents = stored(batch, rows)
        for column, of_batch in zip(self._fields.values(), rows, strict=True):
            column.extend(of_batch)
        for of, identifiers in self._open.items():
            identifiers.extend([held.get(of, ()) for held in tokens])
        self._names.extend([listing.name_words for listing in batch])
        self._texts.extend([listing.text_words for listing in batch])
        self._take_numbers(batch)
        self._take_bytes(batch)
        self._columns["checksum"].extend(list(map(zlib.crc32, documents)))
        self._ends["document"].extend(list(map(len, documents)))
        self._writer.append("documents", b"".join(documents))

    def _take_numbers(self, batch: Sequence[Listing]) -> None:
        columns = self._columns
        columns["version"].extend([listing.version for listing in batch])
        columns["checked"].extend([listing.checked_on.toordinal() for listing in batch])
        columns["expires"].extend([listing.expires_on.toordinal() for listing in batch])
        points = [listing.point for listing in batch]
        columns["lat"].extend([np.nan if point is None else point.lat for point in points])
        columns["lon"].extend([np.nan if point is None else point.lon for point in points])

    def _take_bytes(self, batch: Sequence[Listing]) -> None:
        texts = {
            "id": [listing.id.encode() for listing in batch],
            "sort_name": [listing.sort_name.encode() for listing in batch],
        }
        for name, items in texts.items():
            self._bytes[name].append(b"".join(items))
            self._ends[name].extend(list(map(len, items)))

    def _column(self, name: str) -> Array:
        return self._columns[name].column()

    def _strings(self, name: str) -> Strings:
        return Strings(self._bytes[name].column(), self._ends[name].offsets())

    def _final_order(self) -> tuple[Ints, Ints]:
        """Arrival numbers in final order, and the rank of each by id."""
        current = _latest(self._strings("id"), self._column("version"))
        lat, lon = self._quantised(current)
        cell = np.where(lat == _NOWHERE, UNPLACED_CELL, cells(lat, lon))
        grouped = self._fields[GROUPED]
        run = cell * max(1, grouped.row_count) + grouped.rows()[current]
        within = (along_curve(lat, lon) << 33) + lat
        # `current` is in order of id, the sort is stable: a group's documents at one position stand in that order.
        order = np.lexsort((lon, within, run))
        return current[order], order

    def _quantised(self, arrival: Ints) -> tuple[Ints, Ints]:
        lat, lon = self._column("lat")[arrival], self._column("lon")[arrival]
        unknown = np.isnan(lat)
        steps = ((lat, LATITUDE_STEP), (lon, LONGITUDE_STEP))
        found = [np.minimum(np.floor(np.where(unknown, 0.0, of) / step), _TOP).astype(np.int64) for of, step in steps]
        return np.where(unknown, _NOWHERE, found[0]), np.where(unknown, 0, found[1])

    def _write_positions(self, arrival: Ints) -> tuple[int, Pieces]:
        """Returns how many documents have a position, which come first, and how they are cut into groups."""
        lat, lon = self._quantised(arrival)
        placed = lat != _NOWHERE
        lat, count = np.where(placed, lat, 0), int(placed.sum())
        cell = np.where(placed, cells(lat, lon), UNPLACED_CELL)
        numbers, firsts = np.unique(cell, return_index=True)
        starts = np.append(firsts, len(arrival)).astype(np.int64)
        self._writer.put("cell.numbers", numbers)
        self._writer.put("cell.starts", starts)
        self._writer.put("lat", lat.astype(np.int32))
        self._writer.put("lon", lon.astype(np.int32))
        axes = unit_vectors(lat, lon)
        for name, values in zip("xyz", axes, strict=True):
            self._writer.put(name, np.where(placed, values, np.inf))
        rows = self._fields[GROUPED].rows()[arrival[:count]]
        pieces = Pieces.of(cell[:count], rows)
        write_groups(self._writer, pieces, starts, rows, axes)
        return count, pieces

    def _write_numbers(self, arrival: Ints) -> None:
        for name in ("version", "checked", "expires", "checksum"):
            self._writer.put(name, self._column(name)[arrival])
        ends = self._ends["document"].offsets()
        self._writer.put("document_starts", ends[arrival])
        self._writer.put("document_lengths", (ends[arrival + 1] - ends[arrival]).astype(np.uint32))

    def _write_names(self, arrival: Ints, id_rank: Ints) -> dict[str, Ints]:
        """Ids and sorting names in sorted order, which document each is, and each document's rank.

        Returns the documents in either order.
        """
        by_id = _inverse(id_rank)
        self._strings("id").take(arrival[by_id]).put(self._writer, "id")
        names = self._strings("sort_name").take(arrival[by_id])
        order, _ = names.order()
        names.take(order).put(self._writer, "sort_name")
        by_name = by_id[order]
        self._writer.put("by_id", by_id.astype(np.uint32))
        self._writer.put("id_rank", id_rank.astype(np.uint32))
        self._writer.put("by_name", by_name.astype(np.uint32))
        self._writer.put("name_rank", _inverse(by_name).astype(np.uint32))
        return {BY_ID: by_id, BY_NAME: by_name}

    def _write_removals(self, removals: Removals) -> None:
        for name, docs in removals.killed.items():
            self._writer.put(f"killed.{name}", np.sort(docs).astype(np.uint32))
        graves = sorted(removals.graves.items())
        packed([item.encode() for item, _ in graves]).put(self._writer, "grave")
        self._writer.put("grave.versions", np.array([version for _, version in graves], np.int64))

    def _meta(self, arrival: Ints, placed: int, tokens: dict[str, list[str]], removals: Removals) -> dict[str, Any]:
        expires = self._column("expires")[arrival]
        return {
            "format": FORMAT,
            "length": len(arrival),
            "placed": placed,
            "first_expiry": int(expires.min()) if len(expires) else _TOP,
            "tokens": tokens,
            "killed": sorted(removals.killed),
        }


def _latest(ids: Strings, versions: Array) -> Ints:
    """Arrival numbers of the highest version of each id, the first to come among equals, in order of id."""
    order, fresh = ids.order()
    best = np.lexsort((order, -versions[order], np.cumsum(fresh)))
    return order[best][np.flatnonzero(fresh)]


def _inverse(order: Ints) -> Ints:
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def build(path: Path, scratch: Path, listings: Iterable[Listing], removals: Removals = NO_REMOVALS) -> int:
    """Writes a segment of the listings; returns how many it holds."""
    builder = SegmentBuilder(path, scratch)
    try:
        builder.extend(listings)
        return builder.seal(removals)
    except BaseException:
        builder.abandon()
        raise
