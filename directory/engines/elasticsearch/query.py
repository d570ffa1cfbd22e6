"""A `Query` as the body of one Elasticsearch search. Pure: nothing here talks to a server.

Points are sums of `constant_score` clauses, the best of each group by `dis_max`; whole numbers below 2^24 are exact
in the 32 bits of a score. Words, prefixes and typos are matched by term queries on words that `search.fold` made.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from directory.domain.place import Point
from directory.engines.elasticsearch.distances import Verdict, Verdicts, slack
from directory.search.listing import Field
from directory.search.query import (
    FUZZY_LETTERS,
    PREFIX_LETTERS,
    DistanceBand,
    Filter,
    FreshnessBand,
    NamePoints,
    Query,
    Sort,
)

Clause = dict[str, Any]
MOST_TOKENS = 10_000
"""Tokens of one facet that are fetched: far more than any closed field has."""
BORDER = "border"
"""Name of the aggregation that lists the places too near to a border to trust Elasticsearch's arithmetic."""
_LEAST_M = 1e-9
_UNDECIDED = Verdict((), ())


def body(query: Query, steps: Sequence[float] = (), verdicts: Verdicts | None = None) -> Clause:
    """The search without its page: what matches, its points, its facets and its order.

    With `steps` it also asks which places lie on a border, and the radius is a little wider, so as to see both
    sides. With `verdicts` those places are put on the side where they belong.
    """
    decided = verdicts or {}
    return {
        "query": {"bool": _matching(query, decided, bool(steps)) | {"should": _points(query, decided)}},
        **_after_facets(query),
        "aggs": _facets(query) | _border(query, steps),
        "sort": order(query),
        "track_total_hits": True,
        "track_scores": True,
        "_source": ["document"],
        **({} if query.near is None else {"docvalue_fields": ["place"]}),
    }


def around(query: Query, metres: float) -> Clause:
    """Asks at which places the listings lie that are found about as far away as this, and how far away Elasticsearch
    believes the first of them to be."""
    near = _near(query)
    found = _matching(query, {}, wider=True)
    found["filter"] = [*found["filter"], *(_meets(item) for item in query.filters), ring(near, metres)]
    return {
        "query": {"bool": found},
        "aggs": {BORDER: {"terms": {"field": "place", "size": 2}}},
        "sort": [_by_distance(near)],
        "size": 1,
        "track_total_hits": False,
        "_source": False,
    }


def alive(today: date) -> Clause:
    return {"range": {"expires_on": {"gt": today.isoformat()}}}


def order(query: Query) -> list[Clause]:
    if query.sort is Sort.NAME:
        return [{"sort_name": "asc"}, {"id": "asc"}]
    points: list[Clause] = [{"_score": "desc"}] if query.sort is Sort.BEST else []
    distance = [_by_distance(query.near)] if query.near is not None else []
    return [*points, *distance, {"id": "asc"}]


def within(near: Point, metres: float, verdict: Verdict = _UNDECIDED) -> Clause:
    """At most so many metres away, with the doubtful places decided."""
    at = {"lat": near.lat, "lon": near.lon}
    circle: Clause = {"geo_distance": {"distance": max(metres, _LEAST_M), "unit": "m", "point": at}}
    if not verdict.inside and not verdict.outside:
        return circle
    either = [circle, {"terms": {"place": list(verdict.inside)}}]
    unless = [{"terms": {"place": list(verdict.outside)}}]
    return {"bool": {"should": either, "must_not": unless, "minimum_should_match": 1}}


def ring(near: Point, metres: float) -> Clause:
    """As far away as this, give or take twice what Elasticsearch errs."""
    doubt = 2 * slack(metres)
    inner = [within(near, metres - doubt)] if metres > doubt else []
    return {"bool": {"filter": [within(near, metres + doubt)], "must_not": inner}}


def _near(query: Query) -> Point:
    if query.near is None:
        raise ValueError("This query has no place to measure from.")
    return query.near


def _by_distance(near: Point) -> Clause:
    return {"_geo_distance": {"point": {"lat": near.lat, "lon": near.lon}, "unit": "m", "order": "asc"}}


def _matching(query: Query, verdicts: Verdicts, wider: bool) -> Clause:
    words = [_word("name_words", word) for word in query.name] + [_word("words", word) for word in query.text]
    direct = [_meets(item) for item in query.filters if item.field not in query.facets]
    return {
        "filter": [alive(query.today), *_radius(query, verdicts, wider), *words, *direct],
        "must_not": [_meets(item) for item in query.exclusions],
    }


def _radius(query: Query, verdicts: Verdicts, wider: bool) -> list[Clause]:
    if query.near is None or query.radius_m is None:
        return []
    if wider:
        return [within(query.near, query.radius_m + 2 * slack(query.radius_m))]
    return [within(query.near, query.radius_m, verdicts.get(query.radius_m, _UNDECIDED))]


def _meets(wanted: Filter) -> Clause:
    return _holds(wanted.field, wanted.any_of)


def _holds(field: Field, tokens: Iterable[str]) -> Clause:
    return {"terms": {f"tokens.{field.value}": list(tokens)}}


def _word(field: str, word: str) -> Clause:
    return {"bool": {"should": [clause for _, clause in _tiers(field, word)], "minimum_should_match": 1}}


def _tiers(field: str, word: str) -> list[tuple[str, Clause]]:
    """The ways in which a word may match, best first. Without the rewrite a fuzzy query stops at fifty terms."""
    tiers: list[tuple[str, Clause]] = [("exact", {"term": {field: {"value": word}}})]
    if len(word) >= PREFIX_LETTERS:
        tiers.append(("prefix", {"prefix": {field: {"value": word, "rewrite": "constant_score"}}}))
    if len(word) >= FUZZY_LETTERS:
        typo = {"value": word, "fuzziness": 1, "prefix_length": 0, "transpositions": True, "rewrite": "constant_score"}
        tiers.append(("typo", {"fuzzy": {field: typo}}))
    return tiers


def _points(query: Query, verdicts: Verdicts) -> list[Clause]:
    words = dict.fromkeys((*query.name, *query.text))
    groups = [
        *_boosts(query),
        _bands(query, verdicts),
        [_worth(_checked_since(query.today, band), band.points) for band in query.freshness_bands],
        *(_name_points(word, query.name_points) for word in words),
    ]
    return [{"dis_max": {"queries": group}} for group in groups if group]


def _boosts(query: Query) -> list[list[Clause]]:
    groups: dict[str, list[Clause]] = {}
    for boost in query.boosts:
        groups.setdefault(boost.group, []).append(_worth(_holds(boost.field, boost.any_of), boost.points))
    return list(groups.values())


def _bands(query: Query, verdicts: Verdicts) -> list[Clause]:
    if query.near is None:
        return []
    return [_worth(_band(query.near, band, verdicts), band.points) for band in query.distance_bands]


def _band(near: Point, band: DistanceBand, verdicts: Verdicts) -> Clause:
    return within(near, band.within_m, verdicts.get(band.within_m, _UNDECIDED))


def _checked_since(today: date, band: FreshnessBand) -> Clause:
    days = min(band.within_days, today.toordinal() - 1)
    return {"range": {"checked_on": {"gte": (today - timedelta(days=days)).isoformat()}}}


def _name_points(word: str, points: NamePoints) -> list[Clause]:
    worth = {"exact": points.exact, "prefix": points.prefix, "typo": points.typo}
    return [_worth(clause, worth[tier]) for tier, clause in _tiers("name_words", word) if worth[tier]]


def _worth(clause: Clause, points: int) -> Clause:
    return {"constant_score": {"filter": clause, "boost": points}}


def _deferred(query: Query) -> list[Filter]:
    """Filters that come after the facets are counted, since a facet ignores those of its own field."""
    return [item for item in query.filters if item.field in query.facets]


def _after_facets(query: Query) -> Clause:
    deferred = [_meets(item) for item in _deferred(query)]
    return {"post_filter": {"bool": {"filter": deferred}}} if deferred else {}


def _facets(query: Query) -> Clause:
    deferred = _deferred(query)
    others = {field: [item for item in deferred if item.field is not field] for field in query.facets}
    return {field.value: _facet(field, filters) for field, filters in others.items()}


def _facet(field: Field, filters: Sequence[Filter]) -> Clause:
    counted: Clause = {"terms": {"field": f"tokens.{field.value}", "size": MOST_TOKENS}}
    if not filters:
        return counted
    return {"filter": {"bool": {"filter": [_meets(item) for item in filters]}}, "aggs": {"tokens": counted}}


def _border(query: Query, steps: Sequence[float]) -> Clause:
    """One pass over what was found, not a search for each ring: half the cost where there are many borders."""
    if query.near is None or not steps:
        return {}
    at = {"lat": query.near.lat, "lon": query.near.lon}
    ranges = [{"from": max(0.0, step - 2 * slack(step)), "to": step + 2 * slack(step)} for step in steps]
    rings = {"field": "point", "origin": at, "unit": "m", "ranges": ranges}
    return {BORDER: {"geo_distance": rings, "aggs": {"tokens": {"terms": {"field": "place", "size": MOST_TOKENS}}}}}
