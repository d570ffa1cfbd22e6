"""What an engine answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from directory.search.listing import Field, Listing
from directory.search.query import Cursor


@dataclass(frozen=True, slots=True)
class Hit:
    """A listing that matched. `distance_m` is None without `near` or where the listing has no position."""

    listing: Listing
    points: int
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """`total` is exact. `facets` holds every token with a count above zero. `next` is None on the last page.

    `fallback` is True where another engine answered because the one that is asked first could not.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[Field, Mapping[str, int]]
    next: Cursor | None
    generation: str
    fallback: bool = False
