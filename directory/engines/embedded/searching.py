"""One query over all segments of a snapshot: totals and facets add up, the segments' first hits are merged."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from directory.engines.embedded.arrays import Spans
from directory.engines.embedded.disc import disc_of
from directory.engines.embedded.docsets import Selection
from directory.engines.embedded.geometry import Origin
from directory.engines.embedded.matching import Matcher
from directory.engines.embedded.naming import named
from directory.engines.embedded.ordering import Place, Ranker, first_of
from directory.engines.embedded.segment import View
from directory.search.listing import Field, Listing
from directory.search.query import Cursor, Query, Sort
from directory.search.result import Hit, Result

_SMALL = 4_096
"""Segments of fewer documents are searched whole."""
_CROWDED = 16_384
"""Where fewer documents stand in the cells of a circle, measuring all is quicker than telling groups apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one segment contributes: its first places, its share of the total and of facets that count anything."""

    places: Sequence[Place]
    total: int
    facets: Mapping[Field, Mapping[str, int]]


NOBODY = Part((), 0, {})


def search(views: Sequence[View], query: Query, generation: str) -> Result:
    """Raises Damaged when a document that is to be shown does not match its checksum."""
    origin = None if query.near is None else Origin(query.near)
    parts: list[Part] = []
    places: list[Place] = []
    for view in views:
        if view.listings:
            # The place behind which no other can be on the page any more; None while too few are known.
            last = places[query.limit] if len(places) > query.limit else None
            part = _part(view, query, origin, last)
            parts.append(part)
            if part.places:
                places = first_of([*places, *part.places], query.sort, query.limit + 1)
    page = places[: query.limit]
    more = bool(page) and len(places) > len(page)
    return Result(
        hits=tuple(Hit(item, at.points, at.distance_m) for item, at in zip(_listings(page), page, strict=True)),
        total=sum(part.total for part in parts),
        facets={of: _sum([part.facets[of] for part in parts if of in part.facets]) for of in query.facets},
        next=_cursor(page[-1], query, generation) if more else None,
        generation=generation,
    )


def _listings(page: Sequence[Place]) -> list[Listing]:
    """What is shown: documents of one segment are read together."""
    found: dict[View, Iterator[Listing]] = {}
    for view in {place.view for place in page}:
        found[view] = iter(view.segment.listings([place.doc for place in page if place.view is view]))
    return [next(found[place.view]) for place in page]


def of_subject(views: Sequence[View], subject: str, today: date) -> tuple[Listing, ...]:
    """Unexpired listings of a practitioner or clinic, by id."""
    found = [view.segment.listing(doc) for view in views for doc in view.segment.docs_of(subject) if view.holds(doc)]
    return tuple(sorted((item for item in found if item.expires_on > today), key=lambda item: item.id))


def get(views: Sequence[View], ids: Iterable[str], today: date) -> tuple[Listing, ...]:
    """Unexpired listings with these ids, in the order asked for."""
    found = (_one(views, item) for item in ids)
    return tuple(item for item in found if item is not None and item.expires_on > today)


def _one(views: Sequence[View], item: str) -> Listing | None:
    for view in views:
        doc = view.segment.doc_of(item)
        if doc is not None and view.holds(doc):
            return view.segment.listing(doc)
    return None


def _part(view: View, query: Query, origin: Origin | None, last: Place | None) -> Part:
    """What the segment contributes; of its places those suffice that do not come after the last."""
    if (first := named(view, query, last)) is not None:
        return Part(first.places, first.total, {})
    spans = None
    if origin is not None and query.radius_m is not None:
        spans = view.segment.spans(origin.around(query.radius_m))
        if not len(spans.starts):
            return NOBODY
    matcher = Matcher(view, query, origin)
    if matcher.is_in_vain:
        return NOBODY
    ranker = Ranker(matcher, query.limit + 1, last)
    nearest = query.sort is Sort.DISTANCE and query.radius_m is None and view.segment.length > _SMALL
    total = matcher.quick_total() if nearest and not query.facets else None
    if total is not None and (total > _SMALL or ranker.reach is not None):
        return Part(ranker.nearest(partial(_hits_within, matcher), total) if query.limit else (), total, {})
    disc = None if spans is None or len(spans) < _CROWDED else disc_of(matcher)
    if disc is not None:
        places = ranker.first(*disc.nearest(ranker.wanted, ranker.reach)) if query.limit else ()
        return Part(places, disc.total, disc.facets())
    matches = matcher.matches(spans, query.radius_m)
    if not len(matches.firm):
        return NOBODY
    hits, halves = matches.hits()
    facets = {of: view.segment.fields[of].count(matches.counted(of, hits)) for of in query.facets}
    return Part(ranker.first(hits, halves) if query.limit else (), len(hits), facets)


def _hits_within(matcher: Matcher, spans: Spans) -> Selection:
    return matcher.matches(spans, None).hits()[0]


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total = dict(counts[0]) if counts else {}
    for item in counts[1:]:
        for token, count in item.items():
            total[token] = total.get(token, 0) + count
    return total


def _cursor(last: Place, query: Query, generation: str) -> Cursor:
    by_name = query.sort is Sort.NAME
    return Cursor(
        id=last.id,
        query=query.fingerprint(),
        today=query.today,
        generation=generation,
        points=last.points if query.sort is Sort.BEST else None,
        distance_m=None if by_name else last.distance_m,
        sort_name=last.sort_name if by_name else None,
    )
