"""Engines that fail on purpose, and one that holds a handful of listings."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NoReturn

from directory.search.engine import Readiness
from directory.search.listing import Listing
from directory.search.query import Cursor, Query
from directory.search.result import Hit, Result


class FailingEngine:
    """Raises the same error for whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def search(self, query: Query) -> NoReturn:
        raise self._error

    def of_subject(self, subject: str, today: date) -> NoReturn:
        raise self._error

    def get(self, ids: Sequence[str], today: date) -> NoReturn:
        raise self._error

    def readiness(self) -> Readiness:
        return Readiness(ready=False, engine="failing", detail=str(self._error))


class HoldingEngine:
    """Answers filters over the listings that it was given, in order of their names, and counts what it was asked."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._listings = tuple(listings)
        self.asked: list[Query] = []

    def search(self, query: Query) -> Result:
        self.asked.append(query)
        found = sorted((item for item in self._unexpired(query.today) if _matches(item, query)), key=_by_name)
        start = [item.id for item in found].index(query.after.id) + 1 if query.after is not None else 0
        page = tuple(found[start : start + query.limit])
        more = start + len(page) < len(found)
        after = Cursor(page[-1].id, query.fingerprint(), query.today, "g1") if more else None
        return Result(tuple(Hit(item, 0, None) for item in page), len(found), {}, after, "g1")

    def of_subject(self, subject: str, today: date) -> tuple[Listing, ...]:
        return tuple(item for item in self._unexpired(today) if item.subject == subject)

    def get(self, ids: Sequence[str], today: date) -> tuple[Listing, ...]:
        return tuple(item for item in self._unexpired(today) if item.id in ids)

    def readiness(self) -> Readiness:
        return Readiness(ready=True, engine="holding")

    def _unexpired(self, today: date) -> tuple[Listing, ...]:
        return tuple(item for item in self._listings if item.expires_on > today)


def _matches(listing: Listing, query: Query) -> bool:
    return all(set(item.any_of) & set(listing.values(item.field)) for item in query.filters)


def _by_name(listing: Listing) -> tuple[str, str]:
    return listing.sort_name, listing.id
