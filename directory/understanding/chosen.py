"""What a reading adds to a search, less the parts that the person took away."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from directory.search.find import BEST_FIT, Need
from directory.search.fold import query_words
from directory.search.listing import Field, Kind
from directory.search.query import Filter, Sort
from directory.understanding.reading import Reading, ReadLocation
from directory.understanding.together import ALTERNATIVE
from directory.vocabulary.vocabulary import Vocabulary

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
_ALL_TOGETHER = frozenset({Field.ACCESSIBILITY, Field.OPEN_DAY})
"""Read together they must all hold: "wheelchair access and an interpreter"."""
_WEEKEND = frozenset({"sat", "sun"})
_ANY_MODEL = "any"
_LEAST_FIT = 1


class ReadPart:
    """`without` names parts as "kind:code": "condition:sciatica", "insurance:medicare", "location:", "name:",
    "radius:"."""

    def __init__(self, reading: Reading | None, without: frozenset[str], vocabulary: Vocabulary) -> None:
        self._reading = reading or Reading("")
        self._without = without
        self._vocabulary = vocabulary

    def _kept(self, kind: str, code: str) -> bool:
        return f"{kind}:{code}" not in self._without

    def _all_kept(self, kind: str) -> bool:
        return not {kind, f"{kind}:"} & self._without

    def _asked(self) -> Mapping[str, int]:
        """Specialty -> fit of what was asked for in words."""
        read = self._reading.specialties
        return {item.code: item.fit for item in read if item.reason == "asked" and self._kept("specialty", item.code)}

    def _conditions(self) -> tuple[str, ...]:
        return tuple(item.slug for item in self._reading.conditions if self._kept("condition", item.slug))

    def location(self) -> ReadLocation | None:
        """The place that was read, or None where there is none or it was taken away."""
        read = self._reading.location
        return read if read.place is not None and self._all_kept("location") else None

    def filters(self) -> Iterator[Filter]:
        """Named specialties filter. Where none was named, named conditions do, and the specialties that offer a named
        treatment; else both only raise."""
        specialties, conditions = tuple(self._asked()), self._conditions()
        if conditions and not specialties:
            yield Filter(Field.CONDITION, conditions)
        kinds = specialties or (tuple(self._inferred()) if self._wanted() else ())
        if kinds:
            yield Filter(Field.SPECIALTY, kinds)
        for key, name in _FILTER_FIELDS.items():
            yield from self._filter(key, name)
        yield from self._clinic_with()

    def _filter(self, key: str, name: Field) -> Iterator[Filter]:
        tokens = self._tokens(key)
        if not tokens or tokens == (_ANY_MODEL,):
            return
        if name in _ALL_TOGETHER and set(tokens) != _WEEKEND:
            yield from (Filter(name, (token,)) for token in tokens)
        else:
            yield Filter(name, tokens)

    def _tokens(self, key: str) -> tuple[str, ...]:
        """Values of a filter that were kept, as index tokens."""
        value = self._reading.filters.get(key, ())
        if isinstance(value, bool):
            value = "yes" if value else "no"
        values = (value,) if isinstance(value, str) else value
        return tuple(token for token in values if self._kept(key, token))

    def _clinic_with(self) -> Iterator[Filter]:
        together = self._tokens("clinic_with")
        if together:
            yield Filter(Field.KIND, (Kind.CLINIC.value,))
        yield from (Filter(Field.SPECIALTY, tuple(codes.split(ALTERNATIVE))) for codes in together)

    def exclusions(self) -> Iterator[Filter]:
        """Kinds of professional that are not wanted. Declining a treatment does not leave out a practice that offers
        it among others."""
        codes = self._tokens("exclude_specialties")
        if codes:
            yield Filter(Field.SPECIALTY, codes)

    def need(self) -> Need:
        """What raises a listing without leaving others out."""
        return Need(
            specialties=self._fits(),
            conditions=self._conditions(),
            treatments=self._wanted(),
            complicated=self._reading.complicated,
        )

    def _wanted(self) -> tuple[str, ...]:
        """Treatments that are wanted and were kept, each once."""
        wanted = (item.code for item in self._reading.treatments if item.status == "wanted")
        return tuple(code for code in dict.fromkeys(wanted) if self._kept("treatment", code))

    def _fits(self) -> dict[str, int]:
        """Specialty -> fit. Who treats a named condition and was left out by the reading, since their care failed or
        is not wanted, fits least."""
        inferred = {item.code for item in self._reading.specialties if item.reason != "asked"}
        usual = {item.specialty for slug in self._conditions() for item in self._vocabulary.conditions[slug].treated_by}
        passed = dict.fromkeys(sorted(usual - inferred), _LEAST_FIT) if inferred else {}
        return passed | self._inferred() | dict(self._asked())

    def _inferred(self) -> dict[str, int]:
        """Specialty -> fit of what follows from complaints and treatments, and was kept."""
        read = self._reading.specialties
        return {item.code: item.fit for item in read if item.reason != "asked" and self._kept("specialty", item.code)}

    def name(self) -> tuple[str, ...]:
        """Folded words of the name that was read."""
        return query_words(self._reading.name) if self._all_kept("name") else ()

    def radius_miles(self) -> float | None:
        """The distance that was named."""
        return self._reading.radius_miles if self._all_kept("radius") else None

    def sort(self, *, near: bool) -> Sort | None:
        """The order that was asked for; by distance only where there is a place to measure from."""
        named = self._tokens("sort")
        chosen = Sort(named[0]) if named else None
        return None if chosen is Sort.DISTANCE and not near else chosen


def explicit_need(need: Need, chosen: Mapping[Field, tuple[str, ...]]) -> Need:
    """The need with what was chosen explicitly, which fits best."""
    specialties = dict.fromkeys(chosen.get(Field.SPECIALTY, ()), BEST_FIT)
    return replace(
        need,
        specialties={**need.specialties, **specialties},
        conditions=tuple(dict.fromkeys((*chosen.get(Field.CONDITION, ()), *need.conditions))),
        treatments=tuple(dict.fromkeys((*chosen.get(Field.TREATMENT, ()), *need.treatments))),
    )
