"""What an engine is asked: an engine-neutral, frozen value with closed tables and stated limits."""

import hashlib
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

import msgspec

from directory.domain.errors import InvalidInput
from directory.domain.place import Point, stored
from directory.search.listing import FACETS, OTHER_SPECIALTY, Field

MAX_LIMIT = 100
MAX_WORDS = 16
MAX_TOKENS = 256
MAX_CLAUSES = 64
MAX_RADIUS_M = 20_100_000.0
"""A little over half the earth's circumference: the whole earth."""
FUZZY_LETTERS = 4
"""One typo is forgiven in query words of at least this many letters."""
PREFIX_LETTERS = 2
"""A query word of at least this many letters also matches longer words that begin with it."""


class Sort(StrEnum):
    BEST = "best"
    DISTANCE = "distance"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Filter:
    """Matches a listing that holds any of the tokens in the field."""

    field: Field
    any_of: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.any_of) <= MAX_TOKENS:
            raise InvalidInput(f"Give from 1 to {MAX_TOKENS} values for {self.field.value}.", field=self.field.value)


OUTSIDE = Filter(Field.SCOPE, (OTHER_SPECIALTY,))
"""Those of another specialty than this directory's: excluded wherever it is not a name that is looked for."""


@dataclass(frozen=True, slots=True)
class Boost:
    """Points for a listing that holds any of the tokens. Of the boosts of one group only the best counts.

    `factor` names the reason in explanations; it is a key of ranking.toml's table of texts.
    """

    group: str
    factor: str
    field: Field
    any_of: tuple[str, ...]
    points: int

    def __post_init__(self) -> None:
        if self.points < 1 or not 1 <= len(self.any_of) <= MAX_TOKENS:
            raise InvalidInput("A boost has at least one point and one value.")


@dataclass(frozen=True, slots=True)
class DistanceBand:
    """Points for a listing at most `within_m` metres away; of all bands the best counts."""

    within_m: float
    points: int


@dataclass(frozen=True, slots=True)
class FreshnessBand:
    """Points for a listing whose latest check is at most `within_days` days old; of all bands the best counts."""

    within_days: int
    points: int


@dataclass(frozen=True, slots=True)
class NamePoints:
    """Points for each query word by how it matches a word of the name; the best tier counts."""

    exact: int
    prefix: int
    typo: int


NO_NAME_POINTS = NamePoints(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after the last hit of a page: its sort values, and the query they belong to.

    `points` is set when sorted by best, `distance_m` where distances exist (None: a listing without a position),
    `sort_name` when sorted by name. `query` is `Query.fingerprint` of the first page; a cursor of another query
    is refused. `today` keeps the day of the first page, so that freshness does not shift between pages.
    """

    id: str
    query: str
    today: date
    generation: str
    points: int | None = None
    distance_m: float | None = None
    sort_name: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One search.

    All of `filters` must match, none of `exclusions`, every word of `name` in the name, every word of `text` in
    name or text, and the radius where there is one. A word matches exactly, as a prefix (PREFIX_LETTERS) or with
    one typo (FUZZY_LETTERS): one insertion, deletion, substitution or swap of neighbours.

    A hit's points are the sum of: the best boost of each group, the best distance band, the best freshness band,
    and for each distinct word of `name` and `text` the best tier in which it matches a word of the *name*.

    Order. best: points descending, distance ascending, id. distance: distance ascending, id. name: sort_name, id.
    Listings without a position come after all others where distance decides. Without `near`, distance plays no
    part and sorting by distance is refused. A facet of a field counts what matches everything but the filters of
    that very field. Listings with `expires_on <= today` do not exist. `near` is rounded as an index stores positions,
    since Elasticsearch measures a radius from there: it moves by a centimetre at most.
    """

    today: date
    near: Point | None = None
    radius_m: float | None = None
    filters: tuple[Filter, ...] = ()
    exclusions: tuple[Filter, ...] = ()
    boosts: tuple[Boost, ...] = ()
    distance_bands: tuple[DistanceBand, ...] = ()
    freshness_bands: tuple[FreshnessBand, ...] = ()
    name: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    name_points: NamePoints = NO_NAME_POINTS
    sort: Sort = Sort.BEST
    facets: tuple[Field, ...] = ()
    limit: int = 20
    after: Cursor | None = None

    def __post_init__(self) -> None:
        if self.near is not None:
            object.__setattr__(self, "near", stored(self.near))
        self._check_place()
        self._check_size()
        if self.after is not None and self.after.query != self.fingerprint():
            raise InvalidInput("This cursor belongs to another search: start again from the first page.", "cursor")

    def _check_place(self) -> None:
        if self.radius_m is not None and self.near is None:
            raise InvalidInput("A radius needs a place to measure from: give a place, or leave the radius out.", "near")
        if self.radius_m is not None and not 0 < self.radius_m <= MAX_RADIUS_M:
            raise InvalidInput("The radius must be more than 0 and at most half the way round the earth.", "radius_mi")
        if self.sort is Sort.DISTANCE and self.near is None:
            raise InvalidInput("Sorting by distance needs a place: say where, or sort by name.", "sort")

    def _check_size(self) -> None:
        if not 0 <= self.limit <= MAX_LIMIT:
            raise InvalidInput(f"A page holds from 0 to {MAX_LIMIT} results.", "limit")
        if len(self.name) + len(self.text) > MAX_WORDS:
            raise InvalidInput(f"A search takes at most {MAX_WORDS} words: leave some out.", "q")
        if max(len(self.filters), len(self.exclusions), len(self.boosts)) > MAX_CLAUSES:
            raise InvalidInput(f"A search takes at most {MAX_CLAUSES} filters: leave some out.")
        if not set(self.facets) <= set(FACETS):
            raise InvalidInput("A facet that is not offered was asked for.", "facets")

    def fingerprint(self) -> str:
        """Sixteen hex digits that name everything but the page: equal for all pages of one search."""
        values = [getattr(self, name) for name in _LASTING]
        return hashlib.blake2b(_ENCODER.encode(values), digest_size=8).hexdigest()


_PAGED = {"limit", "after", "facets"}
_LASTING = tuple(item.name for item in fields(Query) if item.name not in _PAGED)
_ENCODER = msgspec.json.Encoder()
