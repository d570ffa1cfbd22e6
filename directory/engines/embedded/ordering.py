"""Points and order of hits within one segment, and the few that a page needs.

Nothing is sorted that is not shown: candidates are narrowed by partition on approximate halves with some slack, and
only what is left, a page and its ties, is ordered by exact distance and id.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

import numpy as np

from directory.domain.place import METRES_PER_MILE
from directory.engines.embedded.arrays import Array, Bools, Floats, Ints, Spans
from directory.engines.embedded.docsets import DocSet, Selection
from directory.engines.embedded.geometry import half_of, slack
from directory.engines.embedded.matching import Matcher, WordTiers
from directory.engines.embedded.segment import View
from directory.search.listing import OPEN_FIELDS
from directory.search.query import Boost, Cursor, DistanceBand, FreshnessBand, Query, Sort

Band = TypeVar("Band", DistanceBand, FreshnessBand)
_FIRST_RING_M = 3 * METRES_PER_MILE
_RING_GROWTH = 2.2
_LAST_RING_M = 4_000_000.0
_RINGS_FROM = 4_096
"""Fewer documents than this are measured all, rather than ring by ring."""


class Place(NamedTuple):
    """A document of a view with everything that its place in the order depends on."""

    view: View
    doc: int
    id: str
    points: int
    distance_m: float | None
    sort_name: str


def first_of(places: Iterable[Place], sort: Sort, amount: int) -> list[Place]:
    """The first so many, in order."""
    return sorted(places, key=_KEYS[sort])[:amount]


def _by_points(place: Place) -> tuple[float | str, ...]:
    return (-place.points, *_by_distance(place))


def _by_distance(place: Place) -> tuple[float | str, ...]:
    return (math.inf if place.distance_m is None else place.distance_m, place.id)


_KEYS: Mapping[Sort, Callable[[Place], tuple[float | str, ...]]] = {
    Sort.NAME: attrgetter("sort_name", "id"),
    Sort.DISTANCE: _by_distance,
    Sort.BEST: _by_points,
}


class Scorer:
    """Points of documents of one segment, as `Query` defines them."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._query = matcher.query

    def points(self, selection: Selection, halves: Floats) -> Ints:
        total = np.zeros(len(selection), np.int64)
        for part in self._parts(selection, halves):
            total += part
        return total

    def _parts(self, selection: Selection, halves: Floats) -> Iterator[Ints]:
        """What each reason adds; reasons that can add nothing are left out."""
        query, matcher = self._query, self._matcher
        if matcher.origin is not None and query.distance_bands:
            bands = _ascending(query.distance_bands)
            yield _best(len(selection), ((matcher.within(selection, halves, b.within_m), b.points) for b in bands))
        if query.freshness_bands:
            age = query.today.toordinal() - selection.of(matcher.segment.checked)
            fresh = _ascending(query.freshness_bands)
            yield _best(len(selection), ((age <= band.within_days, band.points) for band in fresh))
        for group in dict.fromkeys(boost.group for boost in query.boosts):
            yield self._group_points(selection, [boost for boost in query.boosts if boost.group == group])
        for tiers in matcher.tiers.values():
            if any(docs.size for docs in tiers.sets()):
                yield self._word_points(selection, tiers)

    def _group_points(self, selection: Selection, boosts: list[Boost]) -> Ints:
        """The best of a group. Boosts of one field share a table of points per row."""
        best = np.zeros(len(selection), np.int64)
        segment = self._matcher.segment
        for of in dict.fromkeys(boost.field for boost in boosts):
            own = [boost for boost in boosts if boost.field is of]
            if of in OPEN_FIELDS:
                for boost in own:
                    held = segment.open[of].holding(boost.any_of).among(selection)
                    np.maximum(best, boost.points, out=best, where=held)
            else:
                column = segment.fields[of]
                table = column.no_points()
                for boost in own:
                    column.raise_points(table, boost.any_of, boost.points)
                np.maximum(best, table[selection.of(column.rows)], out=best)
        return best

    def _word_points(self, selection: Selection, tiers: WordTiers) -> Ints:
        worth = self._query.name_points
        points = np.zeros(len(selection), np.int64)
        ascending: tuple[tuple[DocSet | None, int], ...] = (
            (tiers.typo, worth.typo),
            (tiers.prefix, worth.prefix),
            (tiers.exact, worth.exact),
        )
        for docs, value in ascending:
            if docs is not None and docs.size:
                points[docs.among(selection)] = value
        return points


def _best(length: int, bands: Iterable[tuple[Bools, int]]) -> Ints:
    """For each of so many documents the points of the best band it is in; the bands ascend by their points."""
    points = np.zeros(length, np.int64)
    for inside, worth in bands:
        points[inside] = worth
    return points


def _ascending(bands: Iterable[Band]) -> list[Band]:
    return sorted((band for band in bands if band.points > 0), key=lambda band: band.points)


class Ranker:
    """Finds the first hits of one segment after the cursor, without those after the `last` place that counts."""

    def __init__(self, matcher: Matcher, wanted: int, last: Place | None) -> None:
        self._matcher = matcher
        self._segment = matcher.segment
        self._query: Query = matcher.query
        self._scorer = Scorer(matcher)
        self.wanted = wanted
        self._last = last

    @property
    def reach(self) -> float | None:
        """Metres beyond which nothing is wanted, where other segments have told."""
        return self._last.distance_m if self._last is not None and self._query.sort is Sort.DISTANCE else None

    def first(self, hits: Selection, halves: Floats | None) -> list[Place]:
        """The first `wanted` hits, and perhaps some more, in any order. `halves` are of a search within a radius."""
        if self._query.sort is Sort.DISTANCE and halves is None and len(hits) > _RINGS_FROM:
            return self.nearest(lambda spans: Selection(None, spans.within(hits.docs)), len(hits))
        return self._first(hits, self._matcher.halves(hits) if halves is None else halves)

    def nearest(self, hits_within: Callable[[Spans], Selection], total: int) -> list[Place]:
        """The nearest of so many hits, by circles that grow until one holds enough; or of all, where none does.

        Circles that would have to hold more than their share of the hits are passed over unread. Where other segments
        have told within how many metres the nearest are, that one circle is read.
        """
        if self.reach is not None:
            hits = hits_within(self._matcher.spans(self.reach))
            return self._first(hits, self._matcher.halves(hits))
        radius = _FIRST_RING_M + 1.1 * (self._after_distance() or 0.0)
        while radius < _LAST_RING_M:
            spans = self._matcher.spans(radius)
            if len(spans) * total >= self.wanted * self._segment.length:
                hits = hits_within(spans)
                halves = self._matcher.halves(hits)
                if self._enough(hits, halves, radius):
                    inside = halves <= half_of(radius)
                    return self._first(hits.keep(inside), halves.compress(inside))
            radius *= _RING_GROWTH
        everything = hits_within(Spans.whole(self._segment.length))
        return self._first(everything, self._matcher.halves(everything))

    def _enough(self, hits: Selection, halves: Floats, radius_m: float) -> bool:
        """Whether the circle certainly holds the first hits after the cursor."""
        limit = half_of(radius_m)
        sure = self._following(hits, halves, None) & (halves <= limit - 4 * slack(limit))
        return int(np.count_nonzero(sure)) >= self.wanted

    def _first(self, hits: Selection, halves: Floats) -> list[Place]:
        points = self._scorer.points(hits, halves) if self._query.sort is Sort.BEST else None
        if self._query.after is not None:
            kept = self._following(hits, halves, points)
            points = None if points is None else points.compress(kept)
            hits, halves = hits.keep(kept), halves.compress(kept)
        if self._last is not None and self._query.sort is not Sort.NAME:
            kept = self._counting(halves, points, self._last)
            points = None if points is None else points.compress(kept)
            hits, halves = hits.keep(kept), halves.compress(kept)
        chosen = self._narrowed(hits, halves, points)
        hits, halves = Selection(None, hits.docs[chosen]), halves[chosen]
        scores = self._scorer.points(hits, halves) if points is None else points[chosen]
        return self._places(hits.docs, scores.tolist())

    def _counting(self, halves: Floats, points: Ints | None, last: Place) -> Bools:
        """Which hits do not certainly come after the last place that counts."""
        if points is not None:
            return np.asarray(points >= last.points)
        if last.distance_m is None:
            return np.ones(len(halves), np.bool_)
        limit = half_of(last.distance_m)
        return np.asarray(halves <= limit + 4 * slack(limit))

    def _places(self, docs: Ints, points: Sequence[int]) -> list[Place]:
        view, segment, origin = self._matcher.view, self._segment, self._matcher.origin
        ids = segment.ids_of(docs)
        names = segment.sort_names_of(docs) if self._query.sort is Sort.NAME else [""] * len(ids)
        away: list[float | None] = [None] * len(ids)
        if origin is not None:
            metres = origin.distances(docs, segment.positions)
            away = [far if doc < segment.placed else None for doc, far in zip(docs.tolist(), metres, strict=True)]
        return list(map(Place, [view] * len(ids), docs.tolist(), ids, points, away, names))

    def _narrowed(self, hits: Selection, halves: Floats, points: Ints | None) -> Ints:
        """Indices of enough hits to hold the first `wanted`."""
        everything = np.arange(len(hits), dtype=np.int64)
        if len(hits) <= self.wanted:
            return everything
        if self._query.sort is Sort.NAME:
            return _smallest(hits.of(self._segment.name_rank), self.wanted)
        if points is None:
            return self._nearest(hits, halves, everything, self.wanted)
        least = int(np.partition(points, len(points) - self.wanted)[len(points) - self.wanted])
        above = np.flatnonzero(points > least)
        ties = np.flatnonzero(points == least)
        return np.concatenate([above, self._nearest(hits, halves, ties, self.wanted - len(above))])

    def _nearest(self, hits: Selection, halves: Floats, among: Ints, wanted: int) -> Ints:
        """Indices, out of `among`, of at least the `wanted` nearest hits; by id where distance does not tell."""
        if len(among) <= wanted:
            return among
        if self._matcher.origin is None:
            return among[_smallest(self._segment.id_rank[hits.docs[among]], wanted)]
        of_these = halves[among]
        last = float(np.partition(of_these, wanted - 1)[wanted - 1])
        if math.isinf(last):
            placed, unplaced = among[np.isfinite(of_these)], among[np.isinf(of_these)]
            ranks = self._segment.id_rank[hits.docs[unplaced]]
            return np.concatenate([placed, unplaced[_smallest(ranks, wanted - len(placed))]])
        near = among[of_these <= last + 4 * slack(last)]
        if len(near) <= 2 * wanted:
            return near  # Fewer would take longer to choose than to order.
        return near[self._first_at_each_position(hits.docs[near], wanted)]

    def _first_at_each_position(self, docs: Ints, wanted: int) -> Bools:
        """Of many documents at one position, which stand together in order of id, the first `wanted` are enough."""
        lat, lon = (column[docs] for column in self._segment.positions)
        moved = np.ones(len(docs), np.bool_)
        rank = self._segment.id_rank[docs]
        # Two groups may meet at one position: there the order of id begins anew.
        moved[1:] = (lat[1:] != lat[:-1]) | (lon[1:] != lon[:-1]) | (rank[1:] < rank[:-1])
        starts = np.flatnonzero(moved)
        place = np.arange(len(docs)) - starts[np.cumsum(moved) - 1]
        early: Bools = place < wanted
        return early

    def _after_distance(self) -> float | None:
        return None if self._query.after is None else self._query.after.distance_m

    def _following(self, hits: Selection, halves: Floats, points: Ints | None) -> Bools:
        """Which hits come after the cursor."""
        after = self._query.after
        if after is None:
            return np.ones(len(hits), np.bool_)
        if self._query.sort is Sort.NAME:
            least = self._segment.name_rank_after(after.sort_name or "", after.id)
            return np.asarray(hits.of(self._segment.name_rank) >= least)
        following = self._farther(hits, halves, after)
        if points is None:
            return following
        fewer, equal = points < (after.points or 0), points == (after.points or 0)
        return np.asarray(fewer | (equal & following))

    def _farther(self, hits: Selection, halves: Floats, after: Cursor) -> Bools:
        later_id: Bools = hits.of(self._segment.id_rank) >= self._segment.id_rank_after(after.id)
        origin = self._matcher.origin
        if origin is None or after.distance_m is None:
            return np.isinf(halves) & later_id
        farther, equal = origin.beyond(halves, hits.docs, self._segment.positions, after.distance_m)
        return farther | (equal & later_id)


def _smallest(values: Array, amount: int) -> Ints:
    if len(values) <= amount:
        return np.arange(len(values), dtype=np.int64)
    return np.argpartition(values, amount - 1)[:amount]
