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


@dataclass(slots=True)
class Tally:
    """Counts of what was done, while it is being done."""

    upserted: int = 0
    deleted: int = 0
    stale: int = 0
    refused: list[Refused] = field(default_factory=list)

    def applied(self) -> Applied:
        return Applied(self.upserted, self.deleted, self.stale, tuple(self.refused))


class Edit:
    """Collects changes over the views of a snapshot. The higher version wins, id by id; equal ones are stale.

    Whatever is older than the newest word on its subject is stale as a whole, deletions included: their versions are
    kept as graves until the next rebuild.
    """

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._held: dict[str, Listing] = {}
        self._dropped: dict[str, int] = {}
        self._spoken: dict[str, int] = {}
        self._killed: dict[str, set[int]] = {}

    def __len__(self) -> int:
        """Everything a delta would have to say."""
        return len(self._held) + len(self._dropped) + len(self._spoken) + sum(map(len, self._killed.values()))

    def add(self, listings: Iterable[Listing]) -> Applied:
        tally = Tally()
        for listing in listings:
            self._take(listing, tally)
        return tally.applied()

    def apply(self, changes: Iterable[Change]) -> Applied:
        tally = Tally()
        for change in changes:
            self._change(change, tally)
        return tally.applied()

    def write(self, path: Path, scratch: Path) -> int:
        """Writes the delta; returns how many listings it holds."""
        killed = {name: np.fromiter(docs, np.int64) for name, docs in self._killed.items()}
        graves = self._spoken | self._dropped
        return build(path, scratch, self._held.values(), Removals(killed, graves))

    def balance(self) -> int:
        """By how much the count of listings grows."""
        return len(self._held) - sum(map(len, self._killed.values()))

    def _change(self, change: Change, tally: Tally) -> None:
        if change.version < self._subject_version(change.subject):
            tally.stale += max(1, len(change.listings))
            return
        kept = {listing.id for listing in change.listings}
        gone = [item for item in self._ids_of(change.subject) if item not in kept]
        self._spoken[change.subject] = change.version
        for listing in change.listings:
            self._take(listing, tally)
        for item in gone:
            self._drop(item, change.version, tally)

    def _take(self, listing: Listing, tally: Tally) -> None:
        if listing.version <= self._version(listing.id):
            tally.stale += 1
        elif reason := objection(listing):
            tally.refused.append(Refused(listing.id, reason))
        else:
            self._kill(listing.id)
            self._held[listing.id] = listing
            tally.upserted += 1

    def _drop(self, item: str, version: int, tally: Tally) -> None:
        if version <= self._version(item):
            tally.stale += 1
            return
        self._kill(item)
        self._held.pop(item, None)
        self._dropped[item] = version
        tally.deleted += 1

    def _kill(self, item: str) -> None:
        for view, doc in self._standing(item):
            self._killed.setdefault(view.segment.name, set()).add(doc)

    def _standing(self, item: str) -> Iterator[tuple[View, int]]:
        for view in self._views:
            doc = view.segment.doc_of(item)
            if doc is not None and self._stands(view, doc):
                yield view, doc

    def _stands(self, view: View, doc: int) -> bool:
        return view.holds(doc) and doc not in self._killed.get(view.segment.name, ())

    def _version(self, item: str) -> int:
        """The highest version heard of an id."""
        held = self._held.get(item)
        known = [self._dropped.get(item, NEVER), NEVER if held is None else held.version]
        known += [int(view.segment.versions[doc]) for view, doc in self._standing(item)]
        known += [grave for view in self._views if (grave := view.segment.grave(item)) is not None]
        return max(known)

    def _subject_version(self, subject: str) -> int:
        """The highest version heard of a subject or any of its listings."""
        known = [self._spoken.get(subject, NEVER)]
        known += [self._version(item) for item in self._ids_of(subject)]
        for view in self._views:
            grave = view.segment.grave(subject)
            known += [NEVER if grave is None else grave, *view.segment.graves_of(subject)]
        return max(known)

    def _ids_of(self, subject: str) -> list[str]:
        """Ids of the subject's listings that stand."""
        old = [
            view.segment.id_of(doc)
            for view in self._views
            for doc in view.segment.docs_of(subject)
            if self._stands(view, doc)
        ]
        return old + [item for item in self._held if item.partition(".")[0] == subject]


def merge(segments: Sequence[Segment], first: int, path: Path, scratch: Path) -> int:
    """Writes one delta in place of the segments from `first` on; returns how many listings it holds."""
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
    return build(path, scratch, _standing_listings(merged), Removals(joined, graves))


def _standing_listings(views: Sequence[View]) -> Iterator[Listing]:
    for view in views:
        yield from (view.segment.listing(doc) for doc in range(view.segment.length) if view.holds(doc))


def first_to_merge(sizes: Sequence[int], most: int) -> int | None:
    """Which of the segments' sizes (base first) to merge from, so that few deltas stay; None while they are few.

    Newer deltas are joined with an older one at most twice as large, so that a change is written again only a
    logarithmic number of times.
    """
    if len(sizes) - 1 <= most:
        return None
    first = len(sizes) - 2
    joined = sum(sizes[first:])
    while first > 1 and sizes[first - 1] <= 2 * joined:
        first -= 1
        joined += sizes[first]
    return first
