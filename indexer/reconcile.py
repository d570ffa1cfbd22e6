"""Compares an index with the records, mends every difference, and ends only when there is none."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from directory.domain.errors import DirectoryError
from directory.search.document import Making, listings
from directory.search.index import Entry, Index
from directory.search.source import ListingSource, Record
from indexer.changes import AT_ONCE, changes_of
from indexer.reporting import Advance, Reporter
from indexer.sync import RebuildNeeded, drain

ROUNDS = 3
MOST = 50_000
"""Subjects mended one by one; where more differ, a rebuild is quicker and safer."""
SHOWN = 20


class DifferenceRemains(DirectoryError):
    """Record and index still differ after mending."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One listing that record and index do not agree on: `missing` from the index, `extra` in it, or `changed`."""

    id: str
    kind: str


@dataclass(slots=True)
class Compared:
    """One pass over both. `stuck` are subjects that need a new revision before an index takes them anew."""

    listings: int = 0
    missing: int = 0
    extra: int = 0
    changed: int = 0
    examples: list[Difference] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)

    @property
    def differences(self) -> int:
        return self.missing + self.extra + self.changed

    def note(self, kind: str, listing_id: str, *, stuck: bool) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        subject = listing_id.partition(".")[0]
        self.subjects.add(subject)
        if stuck:
            self.stuck.add(subject)
        if len(self.examples) < SHOWN:
            self.examples.append(Difference(listing_id, kind))


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`first` is what was found, `last` the pass that found no difference."""

    engine: str
    first: Compared
    last: Compared
    rounds: int


def reconcile(source: ListingSource, index: Index, making: Making, reporter: Reporter) -> Reconciled:
    """Drains the outbox, compares, mends and compares again, under the lock.

    Raises DifferenceRemains after three rounds, RebuildNeeded, LockHeld, EngineUnavailable, RecordsUnavailable.
    """
    with index.lock():
        drain(source, index, making)
        first = compared = _pass(source, index, making, reporter)
        rounds = 1
        while compared.differences:
            if rounds > ROUNDS:
                raise DifferenceRemains(_remains(index, compared))
            _mend(compared, source, index, making)
            compared = _pass(source, index, making, reporter)
            rounds += 1
        return Reconciled(index.name, first, compared, rounds)


def _remains(index: Index, compared: Compared) -> str:
    examples = ", ".join(item.id for item in compared.examples[:3])
    return (
        f"{index.name}: {compared.differences:,} listings still differ after {ROUNDS} rounds of mending "
        f"({examples}): run `indexer rebuild`."
    )


def _mend(compared: Compared, source: ListingSource, index: Index, making: Making) -> None:
    if len(compared.subjects) > MOST:
        raise RebuildNeeded(
            f"{len(compared.subjects):,} practitioners and clinics differ in {index.name}: run `indexer rebuild`."
        )
    if compared.stuck:
        source.restamp(compared.stuck)
    drain(source, index, making)
    position = source.position()
    subjects = sorted(compared.subjects)
    for start in range(0, len(subjects), AT_ONCE):
        index.apply(changes_of(subjects[start : start + AT_ONCE], position, source, making), position)


def _pass(source: ListingSource, index: Index, making: Making, reporter: Reporter) -> Compared:
    found = Compared()
    with reporter.task(f"Comparing {index.name}", source.count(), "records") as advance:
        recorded = _in_order(_counted(source.records(), advance))
        for mine, held in _merged(_expected(recorded, making, found), _by_subject(index.entries())):
            _compare(mine, held, found)
    return found


def _counted(records: Iterable[Record], advance: Advance) -> Iterator[Record]:
    for record in records:
        yield record
        advance(1)


def _in_order(records: Iterable[Record]) -> Iterator[Record]:
    """Records in the order of their listings' ids, in which a full stop follows the subject.

    The records come in order of subject. Only where one subject begins with another ("ca" and "ca-b") may the orders
    differ, so a record waits while others that begin with it may still have to go before it.
    """
    waiting: list[Record] = []
    for record in records:
        held = [item for item in waiting if _may_be_preceded(item.subject, record.subject)]
        yield from sorted((item for item in waiting if item not in held), key=_key)
        waiting = [*held, record]
    yield from sorted(waiting, key=_key)


def _key(record: Record) -> str:
    return f"{record.subject}."


def _may_be_preceded(subject: str, later: str) -> bool:
    return later.startswith(subject) and later[len(subject) : len(subject) + 1] < "."


@dataclass(frozen=True, slots=True)
class _Group:
    """All listings of one subject on one side, by id; `version` is the record's (0 on the index's side)."""

    subject: str
    entries: dict[str, Entry]
    version: int = 0


def _expected(records: Iterable[Record], making: Making, found: Compared) -> Iterator[_Group]:
    for record in records:
        entries = {
            item.id: Entry(item.id, item.version, hashlib.blake2b(item.encoded(), digest_size=16).hexdigest())
            for item in listings(record, making)
        }
        found.listings += len(entries)
        yield _Group(record.subject, entries, record.version)


def _by_subject(entries: Iterable[Entry]) -> Iterator[_Group]:
    for subject, group in groupby(entries, key=lambda entry: entry.id.partition(".")[0]):
        yield _Group(subject, {entry.id: entry for entry in group})


def _merged(left: Iterator[_Group], right: Iterator[_Group]) -> Iterator[tuple[_Group | None, _Group | None]]:
    """Groups of both sides in order, side by side where they are of one subject."""
    mine, held = next(left, None), next(right, None)
    while mine is not None or held is not None:
        first, second = (f"{group.subject}." if group else "\U0010ffff" for group in (mine, held))
        yield (mine if first <= second else None), (held if second <= first else None)
        if first <= second:
            mine = next(left, None)
        if second <= first:
            held = next(right, None)


def _compare(mine: _Group | None, held: _Group | None, found: Compared) -> None:
    expected = mine.entries if mine else {}
    indexed = held.entries if held else {}
    version = mine.version if mine else 0
    for key in sorted(expected.keys() | indexed.keys()):
        ours, theirs = expected.get(key), indexed.get(key)
        if ours == theirs:
            continue
        kind = "extra" if ours is None else "missing" if theirs is None else "changed"
        stuck = mine is None or theirs is None or theirs.version >= version
        found.note(kind, key, stuck=stuck)


def as_lines(done: Reconciled) -> list[str]:
    """What was found and mended, for people."""
    first = done.first
    found = f"{first.missing:,} missing, {first.extra:,} too many, {first.changed:,} different"
    lines = [f"{done.engine}: {found} of {first.listings:,} listings; difference now {done.last.differences}"]
    lines += [f"  {item.kind}: {item.id}" for item in first.examples]
    if first.differences > len(first.examples):
        lines.append(f"  and {first.differences - len(first.examples):,} more")
    return lines


def as_data(done: Reconciled) -> dict[str, Any]:
    """The same for programs."""
    first = done.first
    return {
        "engine": done.engine,
        "listings": done.last.listings,
        "missing": first.missing,
        "extra": first.extra,
        "changed": first.changed,
        "examples": [{"id": item.id, "kind": item.kind} for item in first.examples],
        "difference": done.last.differences,
    }
