"""Changes on top of segments that never change: what a delta will hold, replace and delete."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from directory.engines.embedded.builder import Removals, build, objection
from directory.engines.embedded.segment import Segment, View
from directory.engines.embedded.snapshot import views_of
from directory.search.index import Applied, Change, Refused
from directory.search.listing import Listing

NEVER = -1
"""The version of what was never heard of."""
MOST_DELTAS = 2
"""Every delta costs each query a fixed time."""
_GROWTH = 8
"""The larger, the fewer deltas and the more often a change is written again."""
SMALL_BASE = 250_000
"""Listings that are written anew within some seconds."""
_PART_OF_BASE = 0.25


@dataclass(slots=True)
class Tally:
    """Counts of what was done, while it is being done."""

    upserted: int = 0
    deleted: int = 0
    stale: int = 0
    refused: list[Refused] = field(default_factory=list)

    def applied(self) -> Applied:
        return Applied(self.upserted, self.deleted, self.stale, tuple(self.refused))


@dataclass(slots=True)
class Subject:
    """What is known of one practitioner or clinic: the highest versions heard, of it and of its listings' ids, and
    where its listings stand, in older segments or among those that the delta will hold."""

    heard: int = NEVER
    versions: dict[str, int] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    held: dict[str, Listing] = field(default_factory=dict)

    def hear(self, item: str, version: int) -> None:
        self.versions[item] = max(version, self.versions.get(item, NEVER))
        self.heard = max(version, self.heard)


class Edit:
    """Collects changes over the views of a snapshot. The higher version wins, id by id; equal ones are stale.

    Whatever is older than the newest word on its subject is stale as a whole, deletions included: their versions are
    kept as graves until the next rebuild.
    """

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._subjects: dict[str, Subject] = {}
        self._graves: dict[str, int] = {}
        self._killed: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """Subjects that a delta would have to speak of."""
        return len(self._subjects) if self._graves or self._killed or any(self._held()) else 0

    def add(self, listings: Iterable[Listing]) -> Applied:
        tally = Tally()
        for listing in listings:
            self._take(self._subject(listing.subject), listing, tally)
        return tally.applied()

    def apply(self, changes: Iterable[Change]) -> Applied:
        tally = Tally()
        for change in changes:
            self._change(self._subject(change.subject), change, tally)
        return tally.applied()

    def write(self, path: Path, scratch: Path) -> int:
        """Writes the delta; returns how many listings it holds."""
        killed = {name: np.array(docs, np.int64) for name, docs in self._killed.items()}
        return build(path, scratch, self._held(), Removals(killed, self._graves))

    def balance(self) -> int:
        """By how much the count of listings grows."""
        return sum(1 for _ in self._held()) - sum(map(len, self._killed.values()))

    def _held(self) -> Iterator[Listing]:
        return (listing for subject in self._subjects.values() for listing in subject.held.values())

    def _change(self, subject: Subject, change: Change, tally: Tally) -> None:
        if change.version < subject.heard:
            tally.stale += max(1, len(change.listings))
            return
        kept = {listing.id for listing in change.listings}
        gone = [item for item in (*subject.places, *subject.held) if item not in kept]
        subject.heard = self._graves[change.subject] = change.version
        for listing in change.listings:
            self._take(subject, listing, tally)
        for item in gone:
            self._drop(subject, item, change.version, tally)

    def _take(self, subject: Subject, listing: Listing, tally: Tally) -> None:
        if listing.version <= subject.versions.get(listing.id, NEVER):
            tally.stale += 1
        elif reason := objection(listing):
            tally.refused.append(Refused(listing.id, reason))
        else:
            self._kill(subject, listing.id)
            subject.held[listing.id] = listing
            subject.hear(listing.id, listing.version)
            tally.upserted += 1

    def _drop(self, subject: Subject, item: str, version: int, tally: Tally) -> None:
        if version <= subject.versions[item]:
            tally.stale += 1
            return
        self._kill(subject, item)
        subject.held.pop(item, None)
        subject.hear(item, version)
        self._graves[item] = version
        tally.deleted += 1

    def _kill(self, subject: Subject, item: str) -> None:
        place = subject.places.pop(item, None)
        if place is not None:
            name, doc = place
            self._killed.setdefault(name, []).append(doc)

    def _subject(self, name: str) -> Subject:
        known = self._subjects.get(name)
        if known is None:
            known = self._subjects[name] = self._looked_up(name)
        return known

    def _looked_up(self, name: str) -> Subject:
        subject = Subject()
        for view in self._views:
            segment = view.segment
            for item, version in segment.graves_of(name):
                subject.hear(item, version)
            for doc in segment.docs_of(name):
                if view.holds(doc):
                    item = segment.id_of(doc)
                    subject.places[item] = (segment.name, doc)
                    subject.hear(item, int(segment.versions[doc]))
        return subject


def merge(segments: Sequence[Segment], first: int, path: Path, scratch: Path) -> int:
    """Writes one segment in place of those from `first` on; returns how many listings it holds."""
    merged = list(views_of(segments))[first:]
    kept = {segment.name for segment in segments[:first]}
    killed: dict[str, list[np.ndarray]] = {}
    graves: dict[str, int] = {}
    for view in merged:
        removals = view.segment.removals()
        for name in kept & removals.killed.keys():
            killed.setdefault(name, []).append(removals.killed[name])
        for item, version in removals.graves.items():
            graves[item] = max(version, graves.get(item, NEVER))
    joined = {name: np.concatenate(docs) for name, docs in killed.items()}
    return build(path, scratch, standing_listings(merged), Removals(joined, graves))


def standing_listings(views: Sequence[View]) -> Iterator[Listing]:
    """Every listing that no newer segment took away. Raises Damaged."""
    for view in views:
        yield from (view.segment.listing(doc) for doc in range(view.segment.length) if view.holds(doc))


def first_to_merge(sizes: Sequence[int]) -> int | None:
    """Which of the segments' sizes (base first) to merge from, so that searches read few of them; None for now.

    Newer deltas are joined with an older one that is not many times as large, and at most MOST_DELTAS stay. A small
    base is written anew, together with its deltas, once these hold a good part of it.
    """
    base, *deltas = sizes
    if base <= SMALL_BASE and sum(deltas) >= base * _PART_OF_BASE:
        return 0
    first, joined = len(sizes) - 1, sizes[-1]
    while first > 1 and (first > MOST_DELTAS or sizes[first - 1] <= _GROWTH * joined):
        first -= 1
        joined += sizes[first]
    return first if first < len(sizes) - 1 else None
