"""Searches for one name and nothing else: as people type it, misspelt, in the order of what fits or of the alphabet.

The page comes from the first documents of words that are ready (see `heads`), so that of the hundred thousand people
whose names begin with two letters only the first are looked at. The total is counted, unless it is ready too.

Whoever is among the first of all is among the first of everybody who fits as well or better. So it is enough to look
at the first of those who have the word, of those who have a word that begins with it, and of those a typo away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from directory.engines.embedded.arrays import Array, Bools, Ints, distinct
from directory.engines.embedded.docsets import Bits, Selection
from directory.engines.embedded.heads import BY_ID, BY_NAME, WIDTH, Range
from directory.engines.embedded.ordering import Place
from directory.engines.embedded.segment import Living, View
from directory.search.query import FUZZY_LETTERS, PREFIX_LETTERS, Query, Sort


@dataclass(frozen=True, slots=True)
class Named:
    """The first documents in the order of the query, at least as many as a page and the one after it, and the total."""

    places: Sequence[Place]
    total: int


def named(view: View, query: Query, last: Place | None = None) -> Named | None:
    """What a segment answers where the query asks for a name only, without places worse than the last; else None."""
    if not _asks_for_a_name_only(query):
        return None
    found = _Found(view, query)
    return Named(found.places(found.first(query.limit + 1, last)), found.total())


def _asks_for_a_name_only(query: Query) -> bool:
    worth = query.name_points
    further = query.text or query.filters or query.boosts or query.freshness_bands or query.facets
    return (
        len(query.name) == 1
        and not further
        and query.near is None
        and query.after is None
        and worth.exact >= worth.prefix >= worth.typo
    )


class _Found:
    """Words of one segment that the word asked for matches, as ranges of their numbers."""

    def __init__(self, view: View, query: Query) -> None:
        self._view, self._segment, self._query = view, view.segment, query
        self._living: Living | None = view.living(query.today.toordinal())
        excluded = map(view.segment.holding, query.exclusions)
        self._excluded = [item for item in excluded if item.size]
        self._all_stand = self._living is None and not self._excluded
        self._order = BY_NAME if query.sort is Sort.NAME else BY_ID
        words, word = view.segment.names, query.name[0]
        at = words.place(word)
        self._exact: Range = (at.at, at.at + at.is_there)
        self._beginning: Range = (at.at, words.end(at)) if len(word) >= PREFIX_LETTERS else self._exact
        first, last = self._beginning
        near = words.near(at) if len(word) >= FUZZY_LETTERS else ()
        self._near: list[Range] = [(number, number + 1) for number in near if not first <= number < last]

    def total(self) -> int:
        """How many documents match."""
        words = self._segment.names
        ranges = _filled((self._beginning, *self._near))
        known = words.documents(ranges) if self._all_stand or not ranges else None
        if known is not None:
            return known
        lists, dense = words.lists(ranges), words.dense(ranges)
        if not dense or self._excluded:
            return len(self._standing([*lists, *(item.docs() for item in dense)]))
        return self._with_bits(self._standing(lists), dense)

    def _standing(self, lists: Sequence[Array]) -> Array:
        """Documents of the lists that are neither over nor excluded, each once, ascending."""
        docs = np.concatenate(lists)
        return distinct(docs if self._all_stand else docs[self._stand(docs)])

    def _stand(self, docs: Array) -> Bools:
        """Whether each of the documents is neither over nor excluded."""
        stand = np.ones(len(docs), np.bool_) if self._living is None else self._living.flags[docs]
        for item in self._excluded:
            stand &= ~item.among(Selection(None, docs))
        return stand

    def _with_bits(self, listed: Array, dense: Sequence[Bits]) -> int:
        """How many documents are listed or in sets that are kept as bits, where nobody is excluded."""
        bits = np.bitwise_or.reduce([item.bits for item in dense])
        if self._living is not None:
            bits = bits & self._living.bits
        held = Bits(bits, int(np.bitwise_count(bits).sum()))
        return held.size + len(listed) - int(np.count_nonzero(held.among(Selection(None, listed))))

    def first(self, wanted: int, last: Place | None) -> list[tuple[int, int]]:
        """Ranks and points of the first so many that are not worth less than the last place."""
        found: dict[int, int] = {}
        ranked = self._query.sort is Sort.BEST
        least = None if last is None else last.points
        for ranges, points in self._tiers():
            if ranked and least is not None and points < least:
                break
            for rank in self._ranks(ranges, wanted):
                found.setdefault(rank, points)
            if len(found) >= wanted:
                least = points
        key = (lambda item: (-item[1], item[0])) if ranked else None
        return sorted(found.items(), key=key)[:wanted]

    def _tiers(self) -> Iterator[tuple[Sequence[Range], int]]:
        """Words that match well and better, best first, and what the less good ones of them are worth."""
        worth = self._query.name_points
        yield _filled((self._exact,)), worth.exact
        yield _filled((self._beginning,)), worth.prefix
        yield self._near, worth.typo

    def _ranks(self, ranges: Sequence[Range], wanted: int) -> list[int]:
        """Ranks of the first documents that have any of the words: so many, or all."""
        if not ranges:
            return []
        together = distinct(np.concatenate([self._segment.names.heads.of(self._order, *item) for item in ranges]))
        first = together[:WIDTH]
        if not self._all_stand:
            first = first[self._stand(self._docs(first))]
        if len(first) < wanted and len(together) >= WIDTH:
            first = self._all_ranks(ranges)
        ranks: list[int] = first[:wanted].tolist()
        return ranks

    def _all_ranks(self, ranges: Sequence[Range]) -> Array:
        """Ranks of all documents that have any of the words: too many of the first are gone, or too few are kept."""
        segment, words = self._segment, self._segment.names
        docs = self._standing([*words.lists(ranges), *(item.docs() for item in words.dense(ranges))])
        return np.sort((segment.name_rank if self._order == BY_NAME else segment.id_rank)[docs])

    def _docs(self, ranks: Array) -> Array:
        segment = self._segment
        return (segment.by_name if self._order == BY_NAME else segment.by_id)[ranks]

    def places(self, ranked: Sequence[tuple[int, int]]) -> list[Place]:
        segment = self._segment
        docs: Ints = self._docs(np.array([rank for rank, _ in ranked], np.int64))
        ids = segment.ids_of(docs)
        names = segment.sort_names_of(docs) if self._order == BY_NAME else [""] * len(ids)
        return [
            Place(self._view, doc, item, points, None, name)
            for doc, item, (_, points), name in zip(docs.tolist(), ids, ranked, names, strict=True)
        ]


def _filled(ranges: Sequence[Range]) -> list[Range]:
    return [(first, last) for first, last in ranges if first < last]
