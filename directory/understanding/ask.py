"""The use case behind every search: what was asked explicitly, and in words, becomes one search and its answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from directory.domain.errors import InvalidInput
from directory.domain.npi import is_valid_npi, npi
from directory.domain.place import STATES, Place, PlaceKind, Point
from directory.search.find import Finder, Found, Need, Search
from directory.search.listing import OFFERED, Field, Kind
from directory.search.places import Places, Resolution
from directory.search.query import Filter, Sort
from directory.understanding.chosen import ReadPart, explicit_need
from directory.understanding.reading import Reader, Reading
from directory.understanding.referral import NETWORK, NO_REFERRAL, REFERS_TO, Referral, referral
from directory.understanding.second_opinion import NO_SECOND_OPINION, SecondOpinion, second_opinion
from directory.vocabulary.vocabulary import Vocabulary

_NPI = re.compile(r"(npi\W*)?([0-9]{10})", re.ASCII | re.IGNORECASE)
MAX_QUESTION = 1_000
"""Characters of `q`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for, as pages and the JSON API read it from a request.

    `filters` maps fields to values that were chosen explicitly; they win over what is read from `q`. `without`
    names parts of the reading that the person took away, as "kind:code" (see `chosen.ReadPart`).
    `second_opinion_from` is the NPI of the clinician who gave the first opinion. `refers_to` and `network` are ids of
    clinics: whose referral partners, or whose whole network, are searched. `language` is the page's.
    """

    q: str = ""
    near: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_miles: float | None = None
    filters: Mapping[Field, tuple[str, ...]] = field(default_factory=dict, hash=False)
    exclude_specialties: tuple[str, ...] = ()
    exclude_treatments: tuple[str, ...] = ()
    include_unknown: frozenset[Field] = frozenset()
    without: frozenset[str] = frozenset()
    second_opinion_from: str = ""
    refers_to: str = ""
    network: str = ""
    sort: Sort | None = None
    limit: int = 20
    cursor: str | None = None
    facets: tuple[Field, ...] = OFFERED
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Answer:
    """`found` is None where nothing was searched: the place is unknown, or what is asked for is out of scope.

    `location` says how the place was resolved; `near` is the place searched around. `reading` is None without `q`.
    `referral` names the clinics whose partners are searched.
    """

    asked: Asked
    reading: Reading | None
    location: Resolution | None
    near: Place | None
    found: Found | None
    referral: Referral = NO_REFERRAL


class Asking:
    """Answers questions with one finder, one gazetteer and one reader."""

    def __init__(self, finder: Finder, places: Places, reader: Reader, vocabulary: Vocabulary) -> None:
        self._finder = finder
        self._places = places
        self._reader = reader
        self._vocabulary = vocabulary
        self._known = _known_codes(vocabulary)

    def ask(self, asked: Asked, today: date) -> Answer:
        """Raises InvalidInput for what cannot be asked, naming the field; EngineUnavailable when nobody answers."""
        self._check(asked)
        number = _npi_of(asked.q.strip())
        reading = self._reader.read(asked.q, asked.language) if asked.q.strip() and not number else None
        read = ReadPart(reading, asked.without, self._vocabulary)
        location = self._location(asked, read)
        near = location.place if location is not None else None
        lost = bool(asked.near.strip()) and near is None
        if lost or (reading is not None and reading.out_of_scope):
            return Answer(asked, reading, location, near, None)
        first = asked.second_opinion_from
        second = second_opinion(first, self._finder, today) if first else NO_SECOND_OPINION
        among = referral({REFERS_TO: asked.refers_to, NETWORK: asked.network}, self._finder, today)
        search = self._search(asked, read, near, second)
        search = replace(search, filters=(*search.filters, *among.filters))
        if number:
            search = replace(search, filters=(*search.filters, Filter(Field.NPI, (number,))))
        return Answer(asked, reading, location, near, self._finder.find(search, today), among)

    def _check(self, asked: Asked) -> None:
        if len(asked.q) > MAX_QUESTION:
            raise InvalidInput(f"A question has at most {MAX_QUESTION} characters: shorten it.", "q")
        if (asked.lat is None) != (asked.lon is None):
            raise InvalidInput("A position needs both lat and lon.", "lat")
        excluded = {Field.SPECIALTY: asked.exclude_specialties, Field.TREATMENT: asked.exclude_treatments}
        for chosen in (asked.filters, excluded):
            for name, values in chosen.items():
                self._check_values(name, values)

    def _check_values(self, name: Field, values: tuple[str, ...]) -> None:
        known = self._known.get(name)
        unknown = [value for value in values if known is not None and value not in known]
        if unknown:
            raise InvalidInput(f"{name.value} has no value {unknown[0]!r}.", name.value)

    def _location(self, asked: Asked, read: ReadPart) -> Resolution | None:
        if asked.lat is not None and asked.lon is not None:
            return Resolution(Place(PlaceKind.POINT, "your position", Point(asked.lat, asked.lon)))
        if asked.near.strip():
            return self._places.resolve(asked.near)
        location = read.location()
        return None if location is None else Resolution(location.place, location.candidates)

    def _search(self, asked: Asked, read: ReadPart, near: Place | None, second: SecondOpinion) -> Search:
        statewide = near is not None and near.kind is PlaceKind.STATE
        around = None if statewide else near
        filters = self._filters(asked, read, near if statewide else None, second)
        radius = asked.radius_miles if asked.radius_miles is not None else read.radius_miles()
        return Search(
            near=around,
            radius_miles=radius if around is not None else None,
            filters=filters,
            exclusions=(*_excluded(asked), *read.exclusions(), *second.exclusions),
            include_unknown=asked.include_unknown,
            need=_need(asked, read, second),
            name=read.name(),
            sort=asked.sort or read.sort(near=around is not None) or Sort.BEST,
            limit=asked.limit,
            facets=asked.facets,
            cursor=asked.cursor,
        )

    def _filters(self, asked: Asked, read: ReadPart, state: Place | None, second: SecondOpinion) -> tuple[Filter, ...]:
        """What was chosen explicitly, then what was read in fields that were not chosen."""
        explicit = [Filter(name, values) for name, values in asked.filters.items() if values]
        taken = {item.field for item in explicit}
        filters = [*explicit, *(item for item in read.filters() if item.field not in taken)]
        if state is not None and Field.STATE not in taken:
            filters.append(Filter(Field.STATE, (state.state,)))
        if second.fits and not any(item.field is Field.SPECIALTY for item in filters):
            filters.append(Filter(Field.SPECIALTY, tuple(second.fits)))
        return tuple(filters)


def _need(asked: Asked, read: ReadPart, second: SecondOpinion) -> Need:
    named = explicit_need(read.need(), asked.filters)
    return replace(named, specialties={**second.fits, **named.specialties})


def _npi_of(text: str) -> str:
    """The NPI that a question consists of, or "". Raises InvalidInput where it says to be one and cannot be."""
    found = _NPI.fullmatch(text)
    if found is None or not (found[1] or is_valid_npi(found[2])):
        return ""
    return npi(found[2])


def _excluded(asked: Asked) -> tuple[Filter, ...]:
    pairs = ((Field.SPECIALTY, asked.exclude_specialties), (Field.TREATMENT, asked.exclude_treatments))
    return tuple(Filter(name, values) for name, values in pairs if values)


def _known_codes(vocabulary: Vocabulary) -> Mapping[Field, frozenset[str]]:
    return {
        Field.SPECIALTY: frozenset(vocabulary.specialties),
        Field.CONDITION: frozenset(vocabulary.conditions),
        Field.TREATMENT: frozenset(vocabulary.treatments),
        Field.INSURANCE: frozenset(vocabulary.insurers),
        Field.LANGUAGE: frozenset(vocabulary.languages),
        Field.STATE: frozenset(STATES),
        Field.KIND: frozenset(kind.value for kind in Kind),
    }
