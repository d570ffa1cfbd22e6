"""Brute force: what every engine must answer, written from the contracts of `Query` and `Index` and nothing else.

It is slow and plain on purpose. No line of it is shared with an engine, save the distance that defines them both.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from directory.domain.place import distance_m
from directory.search.index import Applied, Change, Entry
from directory.search.listing import Field, Listing
from directory.search.query import (
    FUZZY_LETTERS,
    PREFIX_LETTERS,
    Boost,
    Cursor,
    Filter,
    NamePoints,
    Query,
    Sort,
)
from directory.search.result import Hit, Result


def answer(listings: Iterable[Listing], query: Query, generation: str) -> Result:
    """The one right result."""
    found = [item for item in listings if _matches_all_but_filters(item, query)]
    hits = [_hit(item, query) for item in found if all(_meets(item, wanted) for wanted in query.filters)]
    hits.sort(key=lambda hit: _place(hit, query))
    rest = [hit for hit in hits if query.after is None or _place(hit, query) > _cursor_place(query.after, query)]
    page = tuple(rest[: query.limit])
    return Result(
        hits=page,
        total=len(hits),
        facets={wanted: _facet(found, query, wanted) for wanted in query.facets},
        next=_cursor(page[-1], query, generation) if page and len(rest) > len(page) else None,
        generation=generation,
    )


def _matches_all_but_filters(listing: Listing, query: Query) -> bool:
    everything = listing.name_words + listing.text_words
    return (
        listing.expires_on > query.today
        and _inside(listing, query)
        and not any(_meets(listing, unwanted) for unwanted in query.exclusions)
        and all(any(tier(word, other) for other in listing.name_words) for word in query.name)
        and all(any(tier(word, other) for other in everything) for word in query.text)
    )


def _meets(listing: Listing, wanted: Filter | Boost) -> bool:
    return not set(wanted.any_of).isdisjoint(listing.values(wanted.field))


def _inside(listing: Listing, query: Query) -> bool:
    if query.radius_m is None:
        return True
    distance = _distance(listing, query)
    return distance is not None and distance <= query.radius_m


def _distance(listing: Listing, query: Query) -> float | None:
    return None if query.near is None or listing.point is None else distance_m(query.near, listing.point)


@cache
def tier(word: str, other: str) -> str:
    """How a query word matches an indexed one: `exact`, `prefix`, `typo`, or not at all (empty)."""
    if word == other:
        return "exact"
    if len(word) >= PREFIX_LETTERS and other.startswith(word):
        return "prefix"
    return "typo" if len(word) >= FUZZY_LETTERS and one_typo(word, other) else ""


def one_typo(word: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns one word into the other."""
    letters = set(other)
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        edited = {head + tail[1:], head + tail[1:2] + tail[:1] + tail[2:]}
        edited |= {head + letter + tail for letter in letters}
        edited |= {head + letter + tail[1:] for letter in letters}
        if other in edited:
            return True
    return False


def _hit(listing: Listing, query: Query) -> Hit:
    distance = _distance(listing, query)
    groups: dict[str, int] = {}
    for boost in query.boosts:
        if _meets(listing, boost):
            groups[boost.group] = max(boost.points, groups.get(boost.group, 0))
    bands = [band.points for band in query.distance_bands if distance is not None and distance <= band.within_m]
    age = (query.today - listing.checked_on).days
    fresh = [band.points for band in query.freshness_bands if age <= band.within_days]
    words = sum(_name_points(word, listing, query.name_points) for word in {*query.name, *query.text})
    points = sum(groups.values()) + max(bands, default=0) + max(fresh, default=0) + words
    return Hit(listing, points, distance)


def _name_points(word: str, listing: Listing, points: NamePoints) -> int:
    tiers = {tier(word, other) for other in listing.name_words}
    worth = (("exact", points.exact), ("prefix", points.prefix), ("typo", points.typo))
    return next((value for name, value in worth if name in tiers), 0)


def _place(hit: Hit, query: Query) -> tuple[float | str, ...]:
    return _order(query, hit.points, hit.distance_m, hit.listing.sort_name, hit.listing.id)


def _cursor_place(cursor: Cursor, query: Query) -> tuple[float | str, ...]:
    return _order(query, cursor.points or 0, cursor.distance_m, cursor.sort_name or "", cursor.id)


def _order(query: Query, points: int, distance: float | None, name: str, item: str) -> tuple[float | str, ...]:
    away = math.inf if distance is None else distance
    if query.sort is Sort.NAME:
        return (name, item)
    return (away, item) if query.sort is Sort.DISTANCE else (-points, away, item)


def _cursor(hit: Hit, query: Query, generation: str) -> Cursor:
    by_name = query.sort is Sort.NAME
    return Cursor(
        id=hit.listing.id,
        query=query.fingerprint(),
        today=query.today,
        generation=generation,
        points=hit.points if query.sort is Sort.BEST else None,
        distance_m=None if by_name else hit.distance_m,
        sort_name=hit.listing.sort_name if by_name else None,
    )


def _facet(found: Sequence[Listing], query: Query, wanted: Field) -> dict[str, int]:
    others = [item for item in query.filters if item.field is not wanted]
    counts: Counter[str] = Counter()
    for listing in found:
        if all(_meets(listing, item) for item in others):
            counts.update(set(listing.values(wanted)))
    return dict(counts)


@dataclass(slots=True)
class Shelf:
    """A generation in plain dictionaries. Whatever is older than the newest word on a subject is stale."""

    held: dict[str, Listing] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    position: int = 0

    def add(self, listings: Iterable[Listing]) -> Applied:
        upserted = stale = 0
        for listing in listings:
            if self._take(listing):
                upserted += 1
            else:
                stale += 1
        return Applied(upserted=upserted, stale=stale)

    def apply(self, changes: Iterable[Change]) -> Applied:
        upserted = deleted = stale = 0
        for change in changes:
            if change.version < self.subjects.get(change.subject, -1):
                stale += max(1, len(change.listings))
                continue
            kept = {listing.id for listing in change.listings}
            gone = [item.id for item in self.held.values() if item.subject == change.subject and item.id not in kept]
            self.subjects[change.subject] = change.version
            added = self.add(change.listings)
            dropped = sum(self._drop(item, change.version) for item in gone)
            upserted, deleted = upserted + added.upserted, deleted + dropped
            stale += added.stale + len(gone) - dropped
        return Applied(upserted=upserted, deleted=deleted, stale=stale)

    def entries(self) -> list[Entry]:
        return [
            Entry(item.id, item.version, hashlib.blake2b(item.encoded(), digest_size=16).hexdigest())
            for item in sorted(self.held.values(), key=lambda listing: listing.id)
        ]

    def alive(self, today: date) -> list[Listing]:
        return [item for item in self.held.values() if item.expires_on > today]

    def _take(self, listing: Listing) -> bool:
        if listing.version <= self.versions.get(listing.id, -1):
            return False
        self.held[listing.id] = listing
        self._know(listing.id, listing.version)
        return True

    def _drop(self, item: str, version: int) -> bool:
        if version <= self.versions[item]:
            return False
        del self.held[item]
        self._know(item, version)
        return True

    def _know(self, item: str, version: int) -> None:
        subject = item.partition(".")[0]
        self.versions[item] = version
        self.subjects[subject] = max(version, self.subjects.get(subject, -1))
