"""The use case behind every search: what was asked explicitly, and in words, becomes one search and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from directory.domain.errors import InvalidInput
from directory.domain.place import STATES, Place, PlaceKind, Point
from directory.search.find import BEST_FIT, Finder, Found, Need, Search
from directory.search.fold import query_words
from directory.search.listing import FACETS, Field, Kind
from directory.search.places import Places, Resolution
from directory.search.query import Filter, Sort
from directory.understanding.reading import Reader, Reading
from directory.vocabulary.vocabulary import Vocabulary

MAX_QUESTION = 1_000
"""Characters of `q`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for, as pages and the JSON API read it from a request.

    `filters` maps fields to values that were chosen explicitly; they win over what is read from `q`. `without`
    names parts of the reading that the person took away, as "kind:code". `language` is the page's.
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
    sort: Sort | None = None
    limit: int = 20
    cursor: str | None = None
    facets: tuple[Field, ...] = FACETS
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Answer:
    """`found` is None where nothing was searched: the place is unknown, or what is asked for is out of scope.

    `location` says how the place was resolved; `near` is the place searched around. `reading` is None without `q`.
    """

    asked: Asked
    reading: Reading | None
    location: Resolution | None
    near: Place | None
    found: Found | None


class Asking:
    """Answers questions with one finder, one gazetteer and one reader."""

    def __init__(self, finder: Finder, places: Places, reader: Reader, vocabulary: Vocabulary) -> None:
        self._finder = finder
        self._places = places
        self._reader = reader
        self._vocabulary = vocabulary

    def ask(self, asked: Asked, today: date) -> Answer:
        """Raises InvalidInput for what cannot be asked, naming the field; EngineUnavailable when nobody answers."""
        self._check(asked)
        reading = self._reader.read(asked.q, asked.language) if asked.q.strip() else None
        location = self._location(asked, reading)
        near = location.place if location is not None else None
        lost = bool(asked.near.strip()) and near is None
        if lost or (reading is not None and reading.out_of_scope):
            return Answer(asked, reading, location, near, None)
        search = self._search(asked, reading, near)
        return Answer(asked, reading, location, near, self._finder.find(search, today))

    def _check(self, asked: Asked) -> None:
        if len(asked.q) > MAX_QUESTION:
            raise InvalidInput(f"A question has at most {MAX_QUESTION} characters: shorten it.", "q")
        if (asked.lat is None) != (asked.lon is None):
            raise InvalidInput("A position needs both lat and lon.", "lat")
        known = self._known_codes()
        excluded = {Field.SPECIALTY: asked.exclude_specialties, Field.TREATMENT: asked.exclude_treatments}
        for chosen in (asked.filters, excluded):
            for name, values in chosen.items():
                self._check_values(name, values, known)

    def _check_values(self, name: Field, values: tuple[str, ...], known: Mapping[Field, frozenset[str]]) -> None:
        unknown = [value for value in values if name in known and value not in known[name]]
        if unknown:
            raise InvalidInput(f"{name.value} has no value {unknown[0]!r}.", name.value)

    def _known_codes(self) -> Mapping[Field, frozenset[str]]:
        vocabulary = self._vocabulary
        return {
            Field.SPECIALTY: frozenset(vocabulary.specialties),
            Field.CONDITION: frozenset(vocabulary.conditions),
            Field.TREATMENT: frozenset(vocabulary.treatments),
            Field.INSURANCE: frozenset(vocabulary.insurers),
            Field.LANGUAGE: frozenset(vocabulary.languages),
            Field.STATE: frozenset(STATES),
            Field.KIND: frozenset(kind.value for kind in Kind),
        }

    def _location(self, asked: Asked, reading: Reading | None) -> Resolution | None:
        if asked.lat is not None and asked.lon is not None:
            return Resolution(Place(PlaceKind.POINT, "your position", Point(asked.lat, asked.lon)))
        if asked.near.strip():
            return self._places.resolve(asked.near)
        if reading is not None and reading.location.place is not None and "location" not in asked.without:
            return Resolution(reading.location.place, reading.location.candidates)
        return None

    def _search(self, asked: Asked, reading: Reading | None, near: Place | None) -> Search:
        read = _ReadPart(reading, asked.without)
        statewide = near is not None and near.kind is PlaceKind.STATE
        explicit = [Filter(name, values) for name, values in asked.filters.items() if values]
        taken = {item.field for item in explicit}
        filters = [*explicit, *(item for item in read.filters() if item.field not in taken)]
        if near is not None and statewide and Field.STATE not in taken:
            filters.append(Filter(Field.STATE, (near.state,)))
        exclusions = (*_excluded(asked), *read.exclusions())
        chosen = asked.filters
        return Search(
            near=None if statewide else near,
            radius_miles=asked.radius_miles,
            filters=tuple(filters),
            exclusions=exclusions,
            include_unknown=asked.include_unknown,
            need=read.need(chosen.get(Field.CONDITION, ()), chosen.get(Field.TREATMENT, ())),
            name=read.name(),
            sort=asked.sort or Sort.BEST,
            limit=asked.limit,
            facets=asked.facets,
            cursor=asked.cursor,
        )


def _excluded(asked: Asked) -> tuple[Filter, ...]:
    pairs = ((Field.SPECIALTY, asked.exclude_specialties), (Field.TREATMENT, asked.exclude_treatments))
    return tuple(Filter(name, values) for name, values in pairs if values)


_FILTER_FIELDS = {
    "insurance": Field.INSURANCE,
    "language": Field.LANGUAGE,
    "telehealth": Field.TELEHEALTH,
    "gender": Field.GENDER,
    "accepting_new_patients": Field.ACCEPTING,
    "accessibility": Field.ACCESSIBILITY,
    "open_days": Field.OPEN_DAY,
    "clinic_model": Field.CLINIC_MODEL,
    "credential": Field.CREDENTIAL,
    "board_certified": Field.BOARD_CERTIFIED,
    "age_group": Field.AGE_GROUP,
}
_ONE_EACH = frozenset({Field.ACCESSIBILITY, Field.OPEN_DAY})
"""Read together they must all hold: "wheelchair access and an interpreter"."""


class _ReadPart:
    """What the reading adds to a search, less the parts that the person took away."""

    def __init__(self, reading: Reading | None, without: frozenset[str]) -> None:
        self._reading = reading or Reading("")
        self._without = without

    def _kept(self, kind: str, code: str) -> bool:
        return f"{kind}:{code}" not in self._without

    def _asked_specialties(self) -> tuple[str, ...]:
        read = self._reading.specialties
        return tuple(item.code for item in read if item.reason == "asked" and self._kept("specialty", item.code))

    def _conditions(self) -> tuple[str, ...]:
        return tuple(item.slug for item in self._reading.conditions if self._kept("condition", item.slug))

    def filters(self) -> tuple[Filter, ...]:
        """Named specialties filter; named conditions do where no specialty was named (else they only raise)."""
        specialties, conditions = self._asked_specialties(), self._conditions()
        found = [Filter(Field.SPECIALTY, specialties)] if specialties else []
        if conditions and not specialties:
            found.append(Filter(Field.CONDITION, conditions))
        for key, value in self._reading.filters.items():
            name = _FILTER_FIELDS.get(key)
            tokens = tuple(token for token in _tokens(value) if self._kept(key, token))
            if name is not None and tokens and value != "any":
                found.extend(Filter(name, each) for each in ([(t,) for t in tokens] if name in _ONE_EACH else [tokens]))
        return (*found, *self._clinic_with())

    def _clinic_with(self) -> tuple[Filter, ...]:
        together = tuple(
            c for c in _tokens(self._reading.filters.get("clinic_with", ())) if self._kept("clinic_with", c)
        )
        kind = (Filter(Field.KIND, (Kind.CLINIC.value,)),) if together else ()
        return (*kind, *(Filter(Field.SPECIALTY, (code,)) for code in together))

    def exclusions(self) -> tuple[Filter, ...]:
        read = self._reading.filters
        pairs = (
            (Field.SPECIALTY, "exclude_specialties"),
            (Field.TREATMENT, "exclude_treatments"),
        )
        kept = ((name, tuple(c for c in _tokens(read.get(key, ())) if self._kept(key, c))) for name, key in pairs)
        # Declining a treatment does not exclude a practice that offers it among others: only specialties leave.
        return tuple(Filter(name, codes) for name, codes in kept if codes and name is Field.SPECIALTY)

    def need(self, conditions: tuple[str, ...], treatments: tuple[str, ...]) -> Need:
        read = self._reading
        wanted = (
            item.code for item in read.treatments if item.status == "wanted" and self._kept("treatment", item.code)
        )
        inferred = {
            item.code: item.fit
            for item in read.specialties
            if item.reason != "asked" and self._kept("specialty", item.code)
        }
        return Need(
            specialties=inferred | dict.fromkeys(self._asked_specialties(), BEST_FIT),
            conditions=tuple(dict.fromkeys((*conditions, *self._conditions()))),
            treatments=tuple(dict.fromkeys((*treatments, *wanted))),
            complicated=read.complicated,
        )

    def name(self) -> tuple[str, ...]:
        return query_words(self._reading.name) if self._kept("name", "") else ()


def _tokens(value: object) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("yes",) if value else ("no",)
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, tuple) else ()
