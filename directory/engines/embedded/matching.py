"""Which documents of one segment a query matches.

Conditions come in two kinds. *Firm* ones hold for hits and facets alike: radius, expiry, exclusions, words, and the
filters of fields that are not counted. *Loose* ones are the filters of fields that are counted: each facet ignores
those of its own field.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from directory.engines.embedded.arrays import Array, Bools, Floats, Spans
from directory.engines.embedded.docsets import DENSE, DocSet, Selection, any_of, numbered, packed
from directory.engines.embedded.fields import FieldSet
from directory.engines.embedded.geometry import Origin
from directory.engines.embedded.segment import Segment, View
from directory.search.listing import Field
from directory.search.query import FUZZY_LETTERS, PREFIX_LETTERS, Query, Sort

_MANY = 1 << 15
"""More documents than this are measured block by block, where they stand in long ranges."""
_LONG = 1 << 10


@dataclass(frozen=True, slots=True)
class WordTiers:
    """Documents whose name holds a query word itself, a longer word it begins, or a word one typo away."""

    exact: DocSet
    prefix: DocSet | None
    typo: DocSet | None

    def sets(self) -> list[DocSet]:
        return [item for item in (self.exact, self.prefix, self.typo) if item is not None]


def _tiers(segment: Segment, word: str, *, names: bool) -> WordTiers:
    column = segment.names if names else segment.texts
    at = column.place(word)
    return WordTiers(
        column.exact(at),
        column.prefix(at) if len(word) >= PREFIX_LETTERS else None,
        column.typo(at) if len(word) >= FUZZY_LETTERS else None,
    )


@dataclass(frozen=True, slots=True)
class Matches:
    """What meets all firm conditions: its halves where a radius needed them, and who passes which loose filter."""

    firm: Selection
    halves: Floats | None
    passes: Mapping[Field, Bools]

    def hits(self) -> tuple[Selection, Floats | None]:
        """What meets the loose conditions too."""
        if not self.passes:
            return self.firm, self.halves
        kept = reduce(np.logical_and, self.passes.values())
        return self.firm.keep(kept), None if self.halves is None else self.halves.compress(kept)

    def counted(self, of: Field, hits: Selection) -> Selection:
        """What a facet counts: everything that meets the filters of the other fields."""
        if of not in self.passes:
            return hits
        others = [passed for other, passed in self.passes.items() if other is not of]
        return self.firm.keep(reduce(np.logical_and, others)) if others else self.firm


class Matcher:
    """A query prepared for one segment."""

    def __init__(self, view: View, query: Query, origin: Origin | None) -> None:
        self.view, self.segment, self.query, self.origin = view, view.segment, query, origin
        self.tiers = {word: _tiers(self.segment, word, names=True) for word in (*query.name, *query.text)}
        self.living = view.living(query.today.toordinal())
        loose = set(query.facets)
        firm = [self.segment.holding(item) for item in query.filters if item.field not in loose]
        self._sets = sorted([*firm, *self._word_sets()], key=lambda item: item.size)
        self._excluded = [found for item in query.exclusions if (found := self.segment.holding(item)).size]
        self._loose: dict[Field, list[DocSet]] = {}
        for item in query.filters:
            if item.field in loose:
                self._loose.setdefault(item.field, []).append(self.segment.holding(item))

    def matches(self, spans: Spans | None, radius_m: float | None) -> Matches:
        """What matches within the spans (everywhere without) and the radius."""
        if spans is not None and radius_m is not None and self.origin is not None and self._are_crowded(spans):
            selection, halves = self._crowd(self.origin, radius_m), None
        else:
            selection, halves = self._survivors(spans), None
            if radius_m is not None:
                halves = self.halves(selection)
                kept = self.within(selection, halves, radius_m)
                selection, halves = selection.keep(kept), halves.compress(kept)
        passes = {of: _all(item.among(selection) for item in sets) for of, sets in self._loose.items()}
        return Matches(selection, halves, passes)

    @property
    def is_in_vain(self) -> bool:
        """Whether some condition that hits and facets share is met by nobody."""
        return bool(self._sets) and not self._sets[0].size

    @property
    def excludes(self) -> bool:
        """Whether anything in this segment is excluded."""
        return bool(self._excluded)

    def spans(self, radius_m: float) -> Spans:
        """Documents of the cells that the circle touches."""
        if self.origin is None:
            return Spans.whole(self.segment.length)
        return self.segment.spans(self.origin.around(radius_m))

    def halves(self, selection: Selection) -> Floats:
        """Halves (see geometry) of the documents' distances; infinite without a position."""
        if self.origin is None:
            return np.full(len(selection), np.inf)
        axes = self.segment.axes
        spans = selection.spans
        if spans is not None and len(selection) > max(_MANY, _LONG * len(spans.starts)):
            return self.origin.halves_within(spans, axes)
        return self.origin.halves(*(selection.of(axis) for axis in axes))

    def within(self, selection: Selection, halves: Floats, radius_m: float) -> Bools:
        """Whether each document is at most so far away."""
        if self.origin is None:
            return np.zeros(len(selection), np.bool_)
        return self.origin.within(halves, selection.docs, self.segment.positions, radius_m)

    def quick_total(self) -> int | None:
        """Hits anywhere, where counts kept per row say so at once: filters of at most one field and nothing else."""
        if self._loose or self._excluded or len({item.field for item in self.query.filters}) > 1:
            return None
        living = self.living
        if not self._sets:
            return self.segment.length - (0 if living is None else len(living.gone))
        first = self._sets[0]
        if len(self._sets) > 1 or not isinstance(first, FieldSet):
            return None
        gone = 0 if living is None else int(living.gone_by_row(first.column)[first.flags].sum())
        return first.size - gone

    def _survivors(self, spans: Spans | None) -> Selection:
        """What stands, is in all sets and in none that is excluded."""
        sets = self._sets
        if self._are_bits(spans):
            selection, sets = Selection(None, numbered(self._common_bits())), []
        else:
            selection = self._candidates(spans)
            sets = sets[1:]
            if self.living is not None:
                selection = selection.keep(selection.of(self.living.flags))
        for item in sets:
            selection = selection.keep(item.among(selection))
        return self._without_excluded(selection)

    def _without_excluded(self, selection: Selection) -> Selection:
        for item in self._excluded:
            selection = selection.keep(~item.among(selection))
        return selection

    def _are_crowded(self, spans: Spans) -> bool:
        """Whether many are counted and few looked at: the nearest in a circle, where nothing else is firm."""
        return self.query.sort is Sort.DISTANCE and not self._sets and len(spans) > _MANY

    def _crowd(self, origin: Origin, radius_m: float) -> Selection:
        """All within the circle, of which only those in groups at its rim are measured."""
        docs, sure = self.segment.groups.documents(origin, radius_m)
        unsure = np.flatnonzero(~sure)
        measured = Selection(None, docs[unsure])
        sure[unsure] = self.within(measured, self.halves(measured), radius_m)
        if self.living is not None:
            sure &= self.living.flags[docs]
        return self._without_excluded(Selection(None, docs.compress(sure)))

    def _candidates(self, spans: Spans | None) -> Selection:
        """The smallest set's documents, or all."""
        if not self._sets:
            return Selection(Spans.whole(self.segment.length) if spans is None else spans)
        first = self._sets[0]
        return Selection(None, first.docs() if spans is None else first.within(spans))

    def _are_bits(self, spans: Spans | None) -> bool:
        """Whether all sets are so large that their bits are quicker to intersect than their documents to look up."""
        sets = self._sets
        several = len(sets) + (self.living is not None) > 1
        return spans is None and bool(sets) and several and sets[0].size * DENSE > self.segment.length

    def _common_bits(self) -> Array:
        parts = [packed(item, self.segment.length) for item in self._sets]
        if self.living is not None:
            parts.append(self.living.bits)
        bits: Array = np.bitwise_and.reduce(parts)
        return bits

    def _word_sets(self) -> Iterable[DocSet]:
        for word in dict.fromkeys(self.query.name):
            yield any_of(self.tiers[word].sets(), self.segment.length)
        for word in dict.fromkeys(self.query.text):
            texts = _tiers(self.segment, word, names=False)
            yield any_of([*self.tiers[word].sets(), *texts.sets()], self.segment.length)


def _all(flags: Iterable[Bools]) -> Bools:
    return reduce(np.logical_and, flags)
