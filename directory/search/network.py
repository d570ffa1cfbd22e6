"""A referral network as it may be found today: the clinics that confirmed links connect, read from the index."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from directory.search.engine import Engine
from directory.search.listing import Field, Listing
from directory.search.query import MAX_LIMIT, MAX_TOKENS, Filter, Query, Sort

MOST_CLINICS = MAX_TOKENS
"""A network is followed until so many clinics are known: what a filter can name."""


@dataclass(frozen=True, slots=True)
class Member:
    """A clinic with its listings. `links` is the number of links from the clinic that was asked about; 0 is itself."""

    clinic_id: str
    listings: tuple[Listing, ...]
    links: int

    @property
    def partners(self) -> tuple[str, ...]:
        """Clinics with which referral is confirmed, listed or not, by id."""
        return tuple(sorted({token for listing in self.listings for token in listing.values(Field.PARTNER)}))


@dataclass(frozen=True, slots=True)
class ReferralNetwork:
    """`members` begin with the clinic that was asked about, then by links and id; none where it is not listed.

    `complete` is False where there are more of them.
    """

    members: tuple[Member, ...]
    complete: bool

    @property
    def partners(self) -> tuple[Member, ...]:
        """Those that the clinic itself is linked with."""
        return tuple(member for member in self.members if member.links == 1)


def network_around(clinic_id: str, engine: Engine, today: date) -> ReferralNetwork:
    """The network of one clinic. Raises EngineUnavailable."""
    known: dict[str, Member] = {}
    found: Mapping[str, Iterable[Listing]] = {clinic_id: engine.of_subject(f"c{clinic_id}", today)}
    links = 0
    while added := {key: tuple(held) for key, held in sorted(found.items()) if held and key not in known}:
        known |= {key: Member(key, held, links) for key, held in added.items()}
        if len(known) >= MOST_CLINICS:
            break
        found, links = _linked_with(tuple(added), engine, today), links + 1
    return ReferralNetwork(tuple(known.values())[:MOST_CLINICS], complete=len(known) < MOST_CLINICS)


def _linked_with(clinics: tuple[str, ...], engine: Engine, today: date) -> dict[str, list[Listing]]:
    """Listings of the clinics that are linked with any of these, by clinic."""
    found: dict[str, list[Listing]] = {}
    query = Query(today, filters=(Filter(Field.PARTNER, clinics),), sort=Sort.NAME, limit=MAX_LIMIT)
    page: Query | None = query
    while page is not None and len(found) <= MOST_CLINICS:
        result = engine.search(page)
        for hit in result.hits:
            found.setdefault(hit.listing.subject[1:], []).append(hit.listing)
        page = None if result.next is None else replace(query, after=result.next)
    return found
