"""Loading the registry's further tables: locations, names and endpoints of the numbers that its main table lists.

Each table is read twice over: its rows are judged and those of listed numbers brought together by number on disk, then
what each number has is compared with the records as a whole. Memory does not grow with the table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from typing import Any

import msgspec

from directory.domain.address import location_id
from directory.domain.evidence import Evidence, Level
from directory.domain.facts import Contact, Endpoint
from directory.domain.practitioner import Location
from directory.registration.loading import (
    Further,
    FurtherEndpoints,
    FurtherEntry,
    FurtherLocation,
    FurtherLocations,
    FurtherNames,
    Listed,
    Load,
)
from directory.registration.loading import Tally as Kept
from directory.search.fold import fold
from indexer.reporting import Reporter
from indexer.sources.archive import Part, Survey, Table, opened
from indexer.sources.columns import Finding, Numbered, Reader, Stated, problem_of
from indexer.sources.endpoints import ENDPOINTS
from indexer.sources.grouping import Groups, Item, grouping
from indexer.sources.locations import LOCATIONS, Place
from indexer.sources.nppes import SOURCE, Reading, place_notes
from indexer.sources.other_names import OTHER_NAMES
from indexer.sources.outcome import Rejected, Skipped, Tally

UNLISTED = "number that the main table does not list here"
AGAIN = "practice location of the main table once more"
TWICE = "stated twice"
UNCLEAR = "another row of its number was rejected"
OF_A_PERSON = "name of an individual: the main table has those"
_REJECTED = ("\0", b"")
"""Marks a number of which a row was rejected: no value has this name, and none is empty."""
_BATCH = 20_000
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Kind:
    """One further table: how it is read, what tells its values apart, and what they become."""

    title: str
    what: Further
    reader: Reader[Any]
    name: Callable[[Any], str]
    value: Any
    unwanted: Callable[[Any, Listed], str]
    """Why a value is not wanted of a number, or empty."""


@dataclass(slots=True)
class Done:
    """What one table brought: `tally` counts its rows, `kept` and `withdrawn` the numbers that changed."""

    tally: Tally = field(default_factory=Tally)
    kept: Kept = field(default_factory=Kept)
    withdrawn: int = 0


def _unwanted_place(place: Place, of: Listed) -> str:
    return AGAIN if location_id(place.address) in of.locations else ""


def _unwanted_name(_name: str, of: Listed) -> str:
    return "" if of.organization else OF_A_PERSON


KINDS: Mapping[Table, Kind] = {
    Table.LOCATIONS: Kind(
        "secondary locations", Further.LOCATIONS, LOCATIONS,
        lambda place: location_id(place.address), Place, _unwanted_place,
    ),
    Table.OTHER_NAMES: Kind("other names", Further.OTHER_NAMES, OTHER_NAMES, fold, str, _unwanted_name),
    Table.ENDPOINTS: Kind(
        "endpoints", Further.ENDPOINTS, ENDPOINTS, lambda item: f"{item.kind}:{item.address}", Endpoint,
        lambda _item, _of: "",
    ),
}  # fmt: skip


def check(part: Part) -> None:
    """Raises InvalidInput for a table of another layout."""
    with opened(part) as stream:
        KINDS[part.table].reader.check(stream, part.label)


@dataclass(frozen=True, slots=True)
class FurtherLoader:
    """Loads further tables into a load that was begun, after its main table. `reject` is told of rejected rows, and
    `alive` is called now and then."""

    load: Load
    reading: Reading
    reporter: Reporter
    reject: Callable[[Rejected, str], None]
    alive: Callable[[], None]

    def take(self, found: Survey, *, whole: bool) -> Iterator[tuple[Table, Done]]:
        """Each table of the file with what it brought. `whole`: it speaks of every number, not of one week's."""
        for table, parts in groupby(found.further, key=lambda part: part.table):
            yield table, self._table(KINDS[table], list(parts), found, whole=whole)

    def _table(self, kind: Kind, parts: Sequence[Part], found: Survey, *, whole: bool) -> Done:
        done = Done()
        unclear: set[str] = set()
        with grouping() as groups:
            rows = sum(part.lines - 1 for part in parts)
            with self.reporter.task(f"Reading {kind.title} of {found.path.name}", rows, "rows") as advance:
                for part in parts:
                    self._read(kind, part, groups, done.tally, advance)
            with self.reporter.task(f"Loading {kind.title} of {found.path.name}", groups.count, "entries") as advance:
                done.kept = self.load.further(self._entries(kind, groups, done.tally, unclear, advance))
        if found.parts or whole:
            done.withdrawn = self.load.withdraw_further(kind.what, whole=whole, unclear=unclear)
        return done

    def _read(self, kind: Kind, part: Part, groups: Groups, tally: Tally, advance: Callable[[int], None]) -> None:
        with opened(part) as stream:
            rows = kind.reader.numbered(stream, part.label)
            while batch := list(islice(rows, _BATCH)):
                self._sort_out(kind, batch, part, groups, tally)
                self.alive()
                advance(len(batch))

    def _sort_out(self, kind: Kind, batch: Sequence[Numbered], part: Part, groups: Groups, tally: Tally) -> None:
        # A damaged row may hold anything where its number should be.
        known = self.load.listed({row.npi for row in batch if not row.problem or self._is_npi(row.npi)})
        wanted: list[Item] = []
        named: list[Item] = []
        for row in batch:
            found = self._judged(kind, row, known.get(row.npi))
            if isinstance(found, Stated):
                wanted.append((found.npi, kind.name(found.value), _encode((found.value, found.notes))))
                continue
            tally.add(found)
            if isinstance(found, Rejected):
                self.reject(found, part.label)
            if found.npi in known:
                # Whoever has nothing that is wanted now keeps nothing that was.
                named.append((found.npi, *(_REJECTED if isinstance(found, Rejected) else ("", None))))
        twice = groups.add(wanted)
        groups.add(named)
        tally.skip(TWICE, twice)
        tally.loaded += len(wanted) - twice

    def _judged(self, kind: Kind, row: Numbered, of: Listed | None) -> Finding[Any]:
        if row.problem:
            return Rejected(row.line, row.npi[:20], row.problem)
        if of is None:
            problem = problem_of(row.npi, self.reading.first_digits)
            return Rejected(row.line, row.npi[:20], problem) if problem else Skipped(row.line, row.npi, UNLISTED)
        found = kind.reader.finding(row)
        reason = kind.unwanted(found.value, of) if isinstance(found, Stated) else ""
        return Skipped(row.line, row.npi, reason) if reason else found

    def _is_npi(self, npi: str) -> bool:
        return not problem_of(npi, self.reading.first_digits)

    def _entries(
        self, kind: Kind, groups: Groups, tally: Tally, unclear: set[str], advance: Callable[[int], None]
    ) -> Iterator[FurtherEntry]:
        """What each number states as a whole. Those of which a row was rejected join `unclear` instead."""
        decode = msgspec.json.Decoder(tuple[kind.value, tuple[str, ...]]).decode  # type: ignore[name-defined]
        for number, (npi, values) in enumerate(groups):
            if number % _BATCH == _BATCH - 1:
                self.alive()
            advance(max(1, len(values)))
            if _REJECTED[1] in values:
                unclear.add(npi)
                tally.skip(UNCLEAR, len(values) - 1)
                tally.loaded -= len(values) - 1
                continue
            found = [decode(value) for value in values]
            tally.notes.update(note for _, notes in found for note in notes)
            yield self._entry(kind.what, npi, [value for value, _ in found], tally)

    def _entry(self, what: Further, npi: str, values: Sequence[Any], tally: Tally) -> FurtherEntry:
        if what is Further.LOCATIONS:
            return self._locations(npi, values, tally)
        if what is Further.OTHER_NAMES:
            return FurtherNames(npi, tuple(values))
        return FurtherEndpoints(npi, tuple(values))

    def _locations(self, npi: str, values: Iterable[Place], tally: Tally) -> FurtherLocations:
        places, quarantined = [], {}
        for value in values:
            placement = self.reading.positions.place(value.address)
            where = Location(location_id(value.address), value.address, placement.position)
            if placement.quarantined:
                quarantined[where.id] = placement.reason
            tally.notes.update(place_notes(placement))
            places.append(FurtherLocation(where, self._evidence(where), Contact(phone=value.phone)))
        return FurtherLocations(npi, tuple(places), quarantined)

    def _evidence(self, where: Location) -> tuple[Evidence, ...]:
        day = self.reading.dating
        check = partial(Evidence, Level.REGISTRY, checked_on=day.checked_on, expires_on=day.expires_on, note=day.note)
        stated = (
            check(what="NPI well-formed and active", source=SOURCE),
            check(what="Secondary practice location", source=SOURCE),
        )
        if where.position.point is None:
            return stated
        return (
            *stated,
            check(what=f"Address placed in {where.address.state}", source=f"{SOURCE}, {where.position.source}"),
        )
