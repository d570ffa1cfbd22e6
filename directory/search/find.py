"""A person's search: what they look for, made into a query, widened until there is something to choose from."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from directory.domain.errors import InvalidInput
from directory.domain.place import METRES_PER_MILE, Place
from directory.search.cursor import decode_cursor, encode_cursor
from directory.search.engine import Engine
from directory.search.explain import Explainer, Reason
from directory.search.listing import OFFERED, OTHER_SPECIALTY, UNKNOWN, Field, Listing
from directory.search.network import ReferralNetwork, network_around
from directory.search.query import OUTSIDE, Boost, Cursor, Filter, Query, Sort
from directory.search.ranking import Ranking
from directory.search.result import Result
from directory.vocabulary.vocabulary import Vocabulary

WIDENING_MILES = (5.0, 10.0, 25.0, 50.0, 100.0, 250.0)
WIDENING_S = 1.0
"""Seconds after which no wider circle is tried: six slow answers would add up to more than anybody waits for."""
ENOUGH = 10
"""Widening stops at this many listings."""
CHOICE, REACH_MILES = 3, 50.0
"""Until this far, widening also goes on until so many listings suit the need best: ten neighbours of other kinds are
no answer to somebody who needs the one rheumatologist of the next town."""
BEST_FIT = 3


@dataclass(frozen=True, slots=True)
class Need:
    """What raises a listing without leaving others out.

    `specialties` maps a specialty code to its fit 1..3; `conditions` and `treatments` are codes that were named;
    `complicated` is a need that is long-standing or has failed treatment, for which clinics of several
    disciplines are raised.
    """

    specialties: Mapping[str, int] = field(default_factory=dict, hash=False)
    conditions: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()
    complicated: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """One person's search, its parts checked against the vocabulary by whoever built it.

    `near` has a point. `radius_miles` None widens by itself. `filters` all hold; a field in `include_unknown`
    also lets listings through whose fact nobody stated. `name` and `text` are folded words
    (`fold.query_words`). `cursor` is the text of the page before.
    """

    near: Place | None = None
    radius_miles: float | None = None
    filters: tuple[Filter, ...] = ()
    exclusions: tuple[Filter, ...] = ()
    include_unknown: frozenset[Field] = frozenset()
    need: Need = Need()
    name: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    sort: Sort = Sort.BEST
    limit: int = 20
    facets: tuple[Field, ...] = OFFERED
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`reasons` explain the hits one by one, in their order. `radius_miles` is the one used; `widened` says that it
    is larger than the first step because too little was found. `left_out` counts, per filtered field, listings
    that match everything else but whose fact is unknown. `next` is the cursor of the next page. `cut_short` says that
    wider circles were not looked at for want of time: asked again, the same search may find more."""

    query: Query
    result: Result
    reasons: tuple[tuple[Reason, ...], ...]
    radius_miles: float | None
    widened: bool
    left_out: Mapping[Field, int]
    next: str | None
    cut_short: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was asked in the end, and what came of it; `cut_short` as in `Found`."""

    query: Query
    result: Result
    cut_short: bool = False


class _Circles:
    """How often first circles were enough of late: how densely the country is listed, and nothing of any search."""

    _WEIGHT = 1 / 32
    _MOSTLY = 0.75
    """Counting a circle first takes a quarter of asking for it whole."""

    def __init__(self) -> None:
        self._share = 1.0

    @property
    def mostly_enough(self) -> bool:
        return self._share >= self._MOSTLY

    def note(self, *, enough: bool) -> None:
        self._share += (enough - self._share) * self._WEIGHT


class Finder:
    """Searches through one engine, by the published ranking."""

    def __init__(
        self,
        engine: Engine,
        ranking: Ranking,
        vocabulary: Vocabulary,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._ranking = ranking
        self._vocabulary = vocabulary
        self._first_circles = _Circles()

    def find(self, search: Search, today: date) -> Found:
        """Raises InvalidInput for a search that cannot be asked, EngineUnavailable when nobody answers."""
        cursor, kept_radius = (None, None) if search.cursor is None else decode_cursor(search.cursor)
        query = self._query(search, cursor.today if cursor else today)
        answer = self._run(query, search, cursor, kept_radius)
        query, result = answer.query, answer.result
        radius = None if query.radius_m is None else query.radius_m / METRES_PER_MILE
        explainer = Explainer(query)
        return Found(
            query=query,
            result=result,
            reasons=tuple(explainer.explain(hit) for hit in result.hits),
            radius_miles=radius,
            widened=search.radius_miles is None and radius is not None and radius > WIDENING_MILES[0],
            left_out=_left_out(search, result),
            next=None if result.next is None else encode_cursor(result.next, query.radius_m),
            cut_short=answer.cut_short,
        )

    def of_subject(self, subject: str, today: date) -> tuple[Listing, ...]:
        """See `Engine.of_subject`."""
        return self._engine.of_subject(subject, today)

    def network(self, clinic_id: str, today: date) -> ReferralNetwork:
        """See `search.network.network_around`."""
        return network_around(clinic_id, self._engine, today)

    def _run(self, query: Query, search: Search, cursor: Cursor | None, kept_radius: float | None) -> _Answer:
        if query.near is None:
            return self._asked(replace(query, after=cursor))
        if search.radius_miles is not None:
            return self._asked(replace(query, radius_m=search.radius_miles * METRES_PER_MILE, after=cursor))
        if cursor is not None:
            return self._asked(replace(query, radius_m=kept_radius, after=cursor))
        return self._widen(query, self._best(search))

    def _widen(self, query: Query, best: frozenset[str]) -> _Answer:
        """Circles are only counted until one holds enough: pages and facets of those that do not would cost several
        times as much. The first is asked for whole at once where it mostly is enough."""
        counted = (Field.SPECIALTY_CONFIRMED,) if best else (Field.SCOPE,) if query.name else ()
        counting = replace(query, facets=counted, limit=0)
        whole = replace(query, facets=tuple(dict.fromkeys((*query.facets, *counted))))
        ends_at = self._monotonic() + WIDENING_S
        for miles in WIDENING_MILES[:-1]:
            first = miles == WIDENING_MILES[0]
            at_once = first and self._first_circles.mostly_enough
            radius_m = miles * METRES_PER_MILE
            result = self._engine.search(replace(whole if at_once else counting, radius_m=radius_m))
            enough, late = _is_enough(result, miles, best), self._monotonic() >= ends_at
            if first:
                self._first_circles.note(enough=enough)
            if enough or late:
                asked = replace(query, radius_m=radius_m)
                return _only(asked, result, not enough) if at_once else self._asked(asked, cut_short=not enough)
        return self._asked(replace(query, radius_m=WIDENING_MILES[-1] * METRES_PER_MILE))

    def _asked(self, query: Query, *, cut_short: bool = False) -> _Answer:
        return _Answer(query, self._engine.search(query), cut_short)

    def _query(self, search: Search, today: date) -> Query:
        if search.near is not None and search.near.point is None:
            raise InvalidInput(f"There is no position for {search.near.label}: name a city or a ZIP code.", "near")
        return Query(
            today=today,
            near=None if search.near is None else search.near.point,
            filters=tuple(_with_unknown(item, search.include_unknown) for item in search.filters),
            exclusions=search.exclusions if _is_for_somebody(search) else (*search.exclusions, OUTSIDE),
            boosts=self._boosts(search),
            distance_bands=self._ranking.distance if search.near is not None else (),
            freshness_bands=self._ranking.freshness,
            name=search.name,
            text=search.text,
            name_points=self._ranking.name,
            sort=search.sort,
            facets=search.facets,
            limit=search.limit,
        )

    def _boosts(self, search: Search) -> tuple[Boost, ...]:
        need, ranking = search.need, self._ranking
        fits = self._fits(search)
        return (
            *(boost for code, fit in fits.items() for boost in ranking.for_specialty(code, fit)),
            *(boost for slug in need.conditions for boost in ranking.for_condition(slug)),
            *(ranking.for_treatment(code) for code in need.treatments),
            *(ranking.for_clinic_models() if need.complicated else ()),
            ranking.for_accepting(),
        )

    def _best(self, search: Search) -> frozenset[str]:
        """The specialties that suit the need best; empty where nothing tells, or kinds are asked for."""
        if search.name or any(item.field is Field.SPECIALTY for item in search.filters):
            return frozenset()
        fits = self._fits(search)
        return frozenset(code for code, fit in fits.items() if fit == max(fits.values()))

    def _fits(self, search: Search) -> dict[str, int]:
        """Specialty -> fit: as the need grades it, else best where asked for, else as it treats the condition."""
        fits: dict[str, int] = {}
        for slug in search.need.conditions:
            for treats in self._vocabulary.conditions[slug].treated_by:
                fits[treats.specialty] = max(fits.get(treats.specialty, 0), treats.fit)
        asked = (item.any_of for item in search.filters if item.field is Field.SPECIALTY)
        fits |= dict.fromkeys((code for any_of in asked for code in any_of), BEST_FIT)
        return fits | dict(search.need.specialties)


def _only(asked: Query, result: Result, cut_short: bool) -> _Answer:
    """The answer without facets that only widening needed."""
    kept = {name: counts for name, counts in result.facets.items() if name in asked.facets}
    return _Answer(asked, replace(result, facets=kept), cut_short)


def _is_enough(result: Result, miles: float, best: frozenset[str]) -> bool:
    if miles >= REACH_MILES:
        return result.total >= ENOUGH
    return result.total - _outside(result) >= ENOUGH and _is_choice(result, best)


def _is_for_somebody(search: Search) -> bool:
    """Whether a name or number is looked for: only so those of another specialty than this directory's are found."""
    return bool(search.name) or any(item.field is Field.NPI for item in search.filters)


def _outside(result: Result) -> int:
    """How many are of another specialty than this directory's: they are no reason not to look further."""
    return result.facets.get(Field.SCOPE, {}).get(OTHER_SPECIALTY, 0)


def _is_choice(result: Result, best: frozenset[str]) -> bool:
    """Whether enough of what was found suits the need best; a listing of two such kinds counts twice."""
    counts = result.facets.get(Field.SPECIALTY_CONFIRMED, {})
    return not best or sum(counts.get(code, 0) for code in best) >= CHOICE


def _with_unknown(item: Filter, include: frozenset[Field]) -> Filter:
    if item.field in include and UNKNOWN not in item.any_of:
        return Filter(item.field, (*item.any_of, UNKNOWN))
    return item


def _left_out(search: Search, result: Result) -> dict[Field, int]:
    filtered = {item.field for item in search.filters} - search.include_unknown
    counts = {name: result.facets.get(name, {}).get(UNKNOWN, 0) for name in Field if name in filtered}
    return {name: count for name, count in counts.items() if count}
