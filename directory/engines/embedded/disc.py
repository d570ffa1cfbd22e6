"""A circle that is counted group by group: the nearest twenty, the total and the facets of a search in a radius.

Groups that lie in the circle whole are neither measured nor read: their documents are known to be inside, and what
fields count in them stands ready. Documents of the groups that the rim cuts are measured. This serves searches that
ask for nothing but a radius and what documents are grouped by; `Matcher.matches` serves all others.
"""

import math

import numpy as np

from directory.engines.embedded.arrays import NO_DOCS, Array, Bools, Floats, Ints
from directory.engines.embedded.docsets import Selection
from directory.engines.embedded.fields import FieldColumn
from directory.engines.embedded.geometry import Origin, chord_of, half_of, slack
from directory.engines.embedded.groups import CHORD_SLACK, GROUPED, Groups
from directory.engines.embedded.matching import Matcher
from directory.engines.embedded.segment import Living
from directory.search.listing import Field
from directory.search.query import Sort


class Disc:
    """The circle of a query in one segment. `wanted` tells, per row of the grouping field, whether it is a hit."""

    def __init__(self, matcher: Matcher, origin: Origin, radius_m: float, wanted: Bools) -> None:
        segment = matcher.segment
        self._matcher, self._groups, self._living = matcher, segment.groups, matcher.living
        self._column = segment.fields[GROUPED]
        asked = None if GROUPED in matcher.query.facets else wanted
        touched = self._groups.touched(origin, radius_m, asked)
        self._whole = touched.whole
        own = wanted[self._groups.rows[touched.whole]]
        self._own, self._own_nearest, self._own_farthest = (
            values.compress(own) for values in (touched.whole, touched.nearest, touched.farthest)
        )
        self._own_sizes = self._sizes(self._own)
        self._rim, halves = self._measured(touched.cut, radius_m)
        self._rim_rows = self._column.rows[self._rim]
        hits = wanted[self._rim_rows]
        self._rim_hits, self._rim_halves = self._rim.compress(hits), halves.compress(hits)
        self.total = int(self._own_sizes.sum()) + len(self._rim_hits)

    def facets(self) -> dict[Field, dict[str, int]]:
        """Of each field that the query asks for, as `FieldColumn.count` has them."""
        asked = self._matcher.query.facets
        hits = _Hits(self, self._groups, self._own, self._living)
        found = {}
        for of in asked:
            column = self._matcher.segment.fields[of]
            found[of] = column.named(self._grouped_sums() if of is GROUPED else hits.sums(column))
        return found

    def nearest(self, wanted: int, reach_m: float | None) -> tuple[Selection, Floats]:
        """Hits with their halves, among which are the first `wanted` after the cursor that are within the reach."""
        limit = self._enough(wanted)
        if reach_m is not None:
            limit = min(limit, chord_of(half_of(reach_m)) + CHORD_SLACK)
        half = (limit / 2) ** 2
        near = self._rim_halves <= half + 4 * slack(half)
        inner = self._seen(self._groups.docs(self._own.compress(self._own_nearest <= limit)))
        docs = np.concatenate([inner, self._rim_hits.compress(near)])
        halves = np.concatenate([self._matcher.halves(Selection(None, inner)), self._rim_halves.compress(near)])
        order = np.argsort(docs)
        return Selection(None, docs[order]), halves[order]

    def hits_of(self, groups: Ints) -> Ints:
        """Documents of groups inside, and the hits at the rim."""
        return np.concatenate([self._seen(self._groups.docs(groups)), self._rim_hits])

    def _enough(self, wanted: int) -> float:
        """A chord within which groups inside certainly hold so many that come after the cursor; infinite without."""
        sizes, after = self._own_sizes, self._matcher.query.after
        if after is not None and after.distance_m is not None:
            passed = self._own_nearest <= chord_of(half_of(after.distance_m)) + CHORD_SLACK
            sizes = np.where(passed, 0, sizes)
        order = np.argsort(self._own_farthest)
        at = int(np.searchsorted(np.cumsum(sizes[order]), wanted))
        return float(self._own_farthest[order[at]]) if at < len(order) else math.inf

    def _measured(self, groups: Ints, radius_m: float) -> tuple[Ints, Floats]:
        """Documents of groups at the rim that are inside and seen."""
        selection = Selection(self._groups.spans(groups))
        halves = self._matcher.halves(selection)
        kept = self._matcher.within(selection, halves, radius_m)
        if self._living is not None:
            kept &= selection.of(self._living.flags)
        return selection.docs.compress(kept), halves.compress(kept)

    def _grouped_sums(self) -> Array:
        """What the field that documents are grouped by counts: everybody inside, whatever is wanted of it."""
        column, rows = self._column, self._groups.rows[self._whole]
        counts = np.bincount(rows, self._sizes(self._whole), column.row_count)
        return column.sums_by_row(counts + np.bincount(self._rim_rows, minlength=column.row_count))

    def _sizes(self, groups: Ints) -> Ints:
        sizes = self._groups.sizes(groups)
        return sizes if self._living is None else sizes - self._living.gone_in(self._groups, groups)

    def _seen(self, docs: Ints) -> Ints:
        return docs if self._living is None else docs.compress(self._living.flags[docs])


class _Hits:
    """The hits of a disc in the parts in which fields count them."""

    def __init__(self, disc: Disc, groups: Groups, own: Ints, living: Living | None) -> None:
        self._disc, self._own = disc, own
        summed = groups.summed[own]
        ready = summed >= 0
        self._summed = summed.compress(ready)
        self._others = Selection(None, disc.hits_of(own.compress(~ready)))
        self._gone = Selection(None, _gone(groups, own.compress(ready), living))

    def sums(self, column: FieldColumn) -> Array:
        """How many of them hold each token."""
        ready = column.sums_of_groups(self._summed) if len(self._summed) else 0
        if ready is None:
            return column.sums(Selection(None, self._disc.hits_of(self._own)))
        return ready + column.sums(self._others) - (column.sums(self._gone) if len(self._gone) else 0)


def _gone(groups: Groups, of: Ints, living: Living | None) -> Ints:
    """Documents of the groups that are not seen."""
    if living is None or not len(of):
        return NO_DOCS
    docs = groups.docs(of.compress(living.gone_in(groups, of) > 0))
    return docs.compress(~living.flags[docs])


def disc_of(matcher: Matcher) -> Disc | None:
    """The disc of a query that asks for nothing else, by distance; None for every other query."""
    query, origin = matcher.query, matcher.origin
    if origin is None or query.radius_m is None or query.sort is not Sort.DISTANCE:
        return None
    if matcher.tiers or matcher.excludes or any(item.field is not GROUPED for item in query.filters):
        return None
    column = matcher.segment.fields[GROUPED]
    wanted = np.ones(column.row_count, np.bool_)
    for item in query.filters:
        wanted &= column.flags(item.any_of)
    return Disc(matcher, origin, query.radius_m, wanted)
