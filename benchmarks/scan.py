"""The plainest peer: every query reads every listing, by vectorised columns, without any index."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from directory.domain.place import EARTH_RADIUS_M, Point, distance_m
from directory.search.listing import FACETS, Field, Listing
from directory.search.query import FUZZY_LETTERS, PREFIX_LETTERS, Filter, Query, Sort

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]
TIERS = ("exact", "prefix", "typo")


class Words:
    """Words of all listings, one after the other."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._numbers = array("I")
        self._holders = array("I")

    def add(self, at: int, words: Iterable[str]) -> None:
        vocabulary = self._vocabulary
        found = [vocabulary.setdefault(word, len(vocabulary)) for word in words]
        self._numbers.extend(found)
        self._holders.extend([at] * len(found))

    def seal(self, length: int) -> None:
        """All words of so many listings are there."""
        self._length = length
        self._flat = np.frombuffer(self._numbers, np.uint32)
        self._owners = np.frombuffer(self._holders, np.uint32)

    def tiers(self, word: str) -> dict[str, Bools]:
        """Per tier, which listings hold a word that the word matches so."""
        marks = np.array([_tier(word, other) for other in self._vocabulary], np.int8)
        found = marks[self._flat]
        return {name: self._holding(found == mark) for mark, name in enumerate(TIERS, 1)}

    def _holding(self, places: Bools) -> Bools:
        flags = np.zeros(self._length, np.bool_)
        flags[self._owners[places]] = True
        return flags


class Scan:
    """Answers a query as (total, ids of the page); facets are counted too, for the time it takes."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._points_at: list[Point | None] = []
        self._names, self._texts = Words(), Words()
        days: list[tuple[int, int]] = []
        names: list[tuple[str, str]] = []
        held: dict[Field, dict[str, array[int]]] = {of: {} for of in FACETS}
        for at, item in enumerate(listings):
            self._points_at.append(item.point)
            self._names.add(at, item.name_words)
            self._texts.add(at, item.text_words)
            days.append((item.expires_on.toordinal(), item.checked_on.toordinal()))
            names.append((item.id, item.sort_name))
            for of in FACETS:
                for token in item.values(of):
                    held[of].setdefault(token, array("I")).append(at)
        self._seal(days, names, held)

    def _seal(
        self,
        days: Sequence[tuple[int, int]],
        names: Sequence[tuple[str, str]],
        held: Mapping[Field, Mapping[str, "array[int]"]],
    ) -> None:
        points = [(np.nan, np.nan) if point is None else (point.lat, point.lon) for point in self._points_at]
        self._lat, self._lon = np.radians(np.array(points)).T.copy()
        self._expires, self._checked = np.array(days).T.copy()
        self._ids = np.array([item for item, _ in names])
        self._sort_names = np.array([name for _, name in names])
        for words in (self._names, self._texts):
            words.seal(len(names))
        self._tokens = {
            of: {token: self._flags(numbers) for token, numbers in tokens.items()} for of, tokens in held.items()
        }

    def _flags(self, numbers: "array[int]") -> Bools:
        flags = np.zeros(len(self._ids), np.bool_)
        flags[np.frombuffer(numbers, np.uint32)] = True
        return flags

    def search(self, query: Query) -> tuple[int, list[str], dict[Field, dict[str, int]]]:
        distances = self._distances(query)
        tiers = {word: self._names.tiers(word) for word in (*query.name, *query.text)}
        firm = self._firm(query, distances, tiers)
        hits = firm.copy()
        for item in query.filters:
            hits &= self._holding(item)
        found = np.flatnonzero(hits)
        page = self._page(query, found, distances, tiers)
        facets = {of: self._facet(query, of, firm) for of in query.facets}
        return len(found), page, facets

    def _distances(self, query: Query) -> Numbers:
        if query.near is None:
            return np.full(len(self._ids), np.nan)
        lat, lon = np.radians(query.near.lat), np.radians(query.near.lon)
        half = np.sin((self._lat - lat) / 2) ** 2
        half += np.cos(lat) * np.cos(self._lat) * np.sin((self._lon - lon) / 2) ** 2
        distances: Numbers = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half)))
        return distances

    def _firm(self, query: Query, distances: Numbers, tiers: dict[str, dict[str, Bools]]) -> Bools:
        firm: Bools = self._expires > query.today.toordinal()
        if query.radius_m is not None:
            firm &= distances <= query.radius_m
        for item in query.exclusions:
            firm &= ~self._holding(item)
        for word in query.name:
            firm &= np.logical_or.reduce(list(tiers[word].values()))
        for word in query.text:
            firm &= np.logical_or.reduce([*tiers[word].values(), *self._texts.tiers(word).values()])
        return firm

    def _holding(self, item: Filter) -> Bools:
        none = np.zeros(len(self._ids), np.bool_)
        return np.asarray(np.logical_or.reduce([self._tokens[item.field].get(token, none) for token in item.any_of]))

    def _facet(self, query: Query, of: Field, firm: Bools) -> dict[str, int]:
        kept = firm.copy()
        for item in query.filters:
            if item.field is not of:
                kept &= self._holding(item)
        counts = {token: int(np.count_nonzero(flags & kept)) for token, flags in self._tokens[of].items()}
        return {token: count for token, count in counts.items() if count}

    def _page(
        self, query: Query, found: NDArray[np.int64], distances: Numbers, tiers: dict[str, dict[str, Bools]]
    ) -> list[str]:
        """Ids of the first hits. What vectorised arithmetic cannot tell apart is ordered by the exact distance."""
        ids, away = self._ids[found], distances[found]
        if query.sort is Sort.NAME:
            return [str(item) for item in ids[np.lexsort((ids, self._sort_names[found]))][: query.limit]]
        by_points = query.sort is Sort.BEST
        points = self._points(query, distances, tiers)[found] if by_points else np.zeros(len(found), np.int64)
        order = np.lexsort((ids, away, -points))
        if not len(order):
            return []
        last = order[min(query.limit, len(order)) - 1]
        above = np.flatnonzero(points > points[last])
        tied = np.flatnonzero((points == points[last]) & ~(away > away[last] + 1e-6))
        # Without a place all distances are unknown, and the ids alone decide among those with equal points.
        enough = tied if query.near is not None else tied[np.argsort(ids[tied])][: query.limit]
        near = [*above.tolist(), *enough.tolist()]
        exact = sorted((-int(points[at]), self._exactly(query, int(found[at])), str(ids[at])) for at in near)
        return [item for _, _, item in exact[: query.limit]]

    def _exactly(self, query: Query, at: int) -> float:
        point = self._points_at[at]
        return math.inf if query.near is None or point is None else distance_m(query.near, point)

    def _points(self, query: Query, distances: Numbers, tiers: dict[str, dict[str, Bools]]) -> NDArray[np.int64]:
        groups: dict[str, NDArray[np.int64]] = {}
        none = np.zeros(len(self._ids), np.int64)
        for boost in query.boosts:
            worth = np.where(self._holding(Filter(boost.field, boost.any_of)), boost.points, 0)
            groups[boost.group] = np.maximum(groups.get(boost.group, none), worth)
        age = query.today.toordinal() - self._checked
        bands = [np.where(distances <= band.within_m, band.points, 0) for band in query.distance_bands]
        fresh = [np.where(age <= band.within_days, band.points, 0) for band in query.freshness_bands]
        points = sum(groups.values(), none) + np.maximum.reduce([none, *bands]) + np.maximum.reduce([none, *fresh])
        worths = (query.name_points.exact, query.name_points.prefix, query.name_points.typo)
        for word in tiers:
            choices = [tiers[word][tier] for tier in TIERS]
            points = points + np.select(choices, worths, 0)
        return np.asarray(points)


def _tier(word: str, other: str) -> int:
    """1 for the word itself, 2 for a longer one it begins, 3 for one typo, else 0."""
    if word == other:
        return 1
    if len(word) >= PREFIX_LETTERS and other.startswith(word):
        return 2
    return 3 if len(word) >= FUZZY_LETTERS and _one_typo(word, other) else 0


def _one_typo(word: str, other: str) -> bool:
    if abs(len(word) - len(other)) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    a, b = word[at:], other[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
