"""One mapped segment: the columns of its documents, and what it says about older segments."""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from directory.engines.embedded.arrays import Array, Bools, Ints, Spans, joined
from directory.engines.embedded.builder import FORMAT, Removals
from directory.engines.embedded.container import Container
from directory.engines.embedded.docsets import DocSet
from directory.engines.embedded.documents import Reader
from directory.engines.embedded.errors import Damaged
from directory.engines.embedded.fields import FieldColumn
from directory.engines.embedded.geometry import Cells
from directory.engines.embedded.groups import Groups
from directory.engines.embedded.identifiers import IdentifiersColumn
from directory.engines.embedded.strings import Strings
from directory.engines.embedded.words import WordsColumn
from directory.search.listing import FACETS, OPEN_FIELDS, Listing
from directory.search.query import Filter

_LINES = np.arange(0, 1_024, 64)
"""Where lines of the processor's cache begin within a document."""


class Segment:
    """Documents are numbered from 0 in order of cell, specialty, position, id; those without a position come last."""

    def __init__(self, path: Path) -> None:
        self.container = container = Container(path)
        meta = container.meta
        if meta["format"] != FORMAT:
            raise Damaged(f"{path.name} has layout {meta['format']}, this version reads {FORMAT}")
        self.name = path.name
        self.length: int = meta["length"]
        self.placed: int = meta["placed"]
        self.first_expiry: int = meta["first_expiry"]
        self.axes = container.array("x"), container.array("y"), container.array("z")
        self.positions = container.array("lat"), container.array("lon")
        self.versions, self.checked, self.expires = (container.array(n) for n in ("version", "checked", "expires"))
        self.id_rank, self.name_rank = container.array("id_rank"), container.array("name_rank")
        self.by_id, self.by_name = container.array("by_id"), container.array("by_name")
        self.ids, self.sort_names = Strings.of(container, "id"), Strings.of(container, "sort_name")
        self._open_columns(container)

    def _open_columns(self, container: Container) -> None:
        tokens = container.meta["tokens"]
        self.fields = {of: FieldColumn(container, f"field.{of.value}", tokens[of.value]) for of in FACETS}
        self._reader = Reader(FACETS, {of: column.held for of, column in self.fields.items() if column.tokens})
        self.open = {of: IdentifiersColumn(container, f"open.{of.value}", self.length) for of in OPEN_FIELDS}
        self.names = WordsColumn(container, "name", self.length)
        self.texts = WordsColumn(container, "text", self.length)
        self._cell_numbers, self._cell_starts = container.array("cell.numbers"), container.array("cell.starts")
        self._documents = container.array("documents")
        self._extents = container.array("document_starts"), container.array("document_lengths")
        self._checksums = container.array("checksum")
        self.groups = Groups(container)
        self._graves = Strings.of(container, "grave")
        self._grave_versions = container.array("grave.versions")

    def spans(self, of: Cells) -> Spans:
        """Documents of ranges of cells, neighbours joined."""
        starts = self._cell_starts[np.searchsorted(self._cell_numbers, of.first, "left")]
        ends = self._cell_starts[np.searchsorted(self._cell_numbers, of.last, "right")]
        return joined(starts, ends)

    def holding(self, item: Filter) -> DocSet:
        """Documents that hold any of the tokens."""
        column = self.fields.get(item.field)
        return self.open[item.field].holding(item.any_of) if column is None else column.holding(item.any_of)

    def id_of(self, doc: int) -> str:
        return self.ids.at(int(self.id_rank[doc])).decode()

    def ids_of(self, docs: Ints) -> list[str]:
        return [item.decode() for item in self.ids.all_at(self.id_rank[docs])]

    def sort_names_of(self, docs: Ints) -> list[str]:
        return [item.decode("utf-8", "surrogatepass") for item in self.sort_names.all_at(self.name_rank[docs])]

    def doc_of(self, item: str) -> int | None:
        """The document with this id."""
        rank = self.ids.find(item.encode())
        return None if rank is None else int(self.by_id[rank])

    def docs_of(self, subject: str) -> list[int]:
        """Documents of one subject, in order of id."""
        return [int(self.by_id[rank]) for rank in self.ids.all_beginning_with(f"{subject}.".encode())]

    def listing(self, doc: int) -> Listing:
        """Decodes one document. Raises Damaged when it does not match its checksum or is of another release."""
        return self.listings((doc,))[0]

    def listings(self, docs: Sequence[int]) -> list[Listing]:
        """Decodes documents, in the order given. Raises Damaged as `listing` does."""
        at = np.array(docs, np.int64)
        starts, lengths = (column[at].astype(np.int64) for column in self._extents)
        self._fetch(starts)
        documents, ends = self._documents.data, (starts + lengths).tolist()
        checks = zip(docs, starts.tolist(), ends, self._checksums[at].tolist(), strict=True)
        return [self._decoded(doc, documents[start:end], checksum) for doc, start, end, checksum in checks]

    def _fetch(self, starts: Ints) -> None:
        """Touches documents, which lie anywhere: together they come out of memory sooner than one after the other."""
        if len(starts) > 1:
            self._documents.take(starts[:, None] + _LINES, mode="clip")

    def _decoded(self, doc: int, data: memoryview, checksum: int) -> Listing:
        if zlib.crc32(data) != checksum:
            raise Damaged(f"document {doc} of {self.name} does not match its checksum")
        try:
            return self._reader.restored(data)
        except (ValueError, IndexError) as error:
            raise Damaged(f"document {doc} of {self.name} was written by another release") from error

    def digest_of(self, doc: int) -> str:
        """As `search.index.Entry` wants it: of the whole listing, which is put together for it."""
        return hashlib.blake2b(self.listing(doc).encoded(), digest_size=16).hexdigest()

    def id_rank_after(self, item: str) -> int:
        """The lowest rank of an id greater than this one."""
        rank = self.ids.first_not_below(item.encode())
        return rank + 1 if rank < len(self.ids) and self.ids.at(rank) == item.encode() else rank

    def name_rank_after(self, sort_name: str, item: str) -> int:
        """The lowest rank by name of a document that comes after this sorting name and id."""
        name = sort_name.encode("utf-8", "surrogatepass")
        low, high = self.sort_names.first_not_below(name), self.sort_names.first_not_below(name + b"\0")
        later = self.id_rank_after(item)
        return low + int(np.searchsorted(self.id_rank[self.by_name[low:high]], later))

    def expired(self, today: int) -> Ints:
        """Documents that are over on the day (an ordinal)."""
        if today < self.first_expiry:
            return np.empty(0, np.int64)
        return np.flatnonzero(self.expires <= today)

    def removals(self) -> Removals:
        return Removals(
            {name: self.container.array(f"killed.{name}") for name in self.container.meta["killed"]},
            dict(self._all_graves()),
        )

    def killed(self, name: str) -> Array:
        """Documents of an older segment that this one replaces or deletes."""
        return self.container.array(f"killed.{name}")

    def graves_of(self, subject: str) -> Iterator[tuple[str, int]]:
        """The subject and those of its ids that were deleted, where this segment knows, each with its version."""
        graves, key = self._graves, subject.encode()
        first = graves.first_not_below(key)
        if first == len(graves) or not graves.at(first).startswith(key):
            return
        own = (first,) if graves.at(first) == key else ()
        for at in (*own, *graves.all_beginning_with(key + b".")):
            yield graves.at(at).decode(), int(self._grave_versions[at])

    def _all_graves(self) -> Iterator[tuple[str, int]]:
        for at in range(len(self._graves)):
            yield self._graves.at(at).decode(), int(self._grave_versions[at])


@dataclass(frozen=True, slots=True)
class Living:
    """The documents of a segment that a query on one day sees, in the forms in which queries want them."""

    flags: Bools
    """Per document, whether it is seen."""
    bits: Array
    """The same, one bit per document."""
    gone: Ints
    """The documents that are not seen, ascending."""
    _gone_by_row: dict[FieldColumn, Ints] = field(default_factory=dict)
    _gone_by_group: dict[Groups, Ints] = field(default_factory=dict)

    def gone_in(self, groups: Groups, numbers: Ints) -> Ints:
        """How many of those that are not seen are in each of the groups."""
        known = self._gone_by_group.get(groups)
        if known is None:
            placed = self.gone[: int(np.searchsorted(self.gone, groups.starts[-1]))]
            known = self._gone_by_group[groups] = np.bincount(groups.number(placed), minlength=len(groups))
        found: Ints = known[numbers]
        return found

    def gone_by_row(self, column: FieldColumn) -> Ints:
        """How many of those that are not seen are in each row of a field."""
        known = self._gone_by_row.get(column)
        if known is None:
            known = self._gone_by_row[column] = np.bincount(column.rows[self.gone], minlength=column.row_count)
        return known


class View:
    """A segment as one state of the index sees it: without the documents that newer segments took away."""

    def __init__(self, segment: Segment, dead: Ints) -> None:
        self.segment = segment
        self.dead = dead
        self._dead_flags = _flags(segment.length, dead) if len(dead) else None
        self._living: tuple[int, Living | None] | None = None

    @property
    def listings(self) -> int:
        return self.segment.length - len(self.dead)

    def holds(self, doc: int) -> bool:
        """Whether the document still stands, expired or not."""
        return self._dead_flags is None or not self._dead_flags[doc]

    def living(self, today: int) -> Living | None:
        """What stands and is not over on the day; None when everything is. Kept, since a day has many queries."""
        known = self._living
        if known is None or known[0] != today:
            known = self._living = (today, self._found_living(today))
        return known[1]

    def _found_living(self, today: int) -> Living | None:
        expired = self.segment.expired(today)
        if not len(expired) and not len(self.dead):
            return None
        flags = ~_flags(self.segment.length, self.dead)
        flags[expired] = False
        return Living(flags, np.packbits(flags, bitorder="little"), np.flatnonzero(~flags))


def _flags(length: int, docs: Ints) -> Bools:
    flags = np.zeros(length, np.bool_)
    flags[docs] = True
    return flags
