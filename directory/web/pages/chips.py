"""What a search was understood to ask for, piece by piece, each with a link that takes it away."""

from collections.abc import Iterator
from dataclasses import dataclass

from directory.search.listing import Field
from directory.understanding.ask import Asked
from directory.understanding.reading import FilterValue, Reading
from directory.web.asking import FILTERS
from directory.web.pages.links import Parameters
from directory.web.pages.names import Names
from directory.web.pages.texts import Texts

READ_FIELDS = {
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
    "clinic_with": Field.SPECIALTY,
    "exclude_specialties": Field.SPECIALTY,
}
"""Keys of a reading's filters that the data answers -> the field that names their tokens."""


@dataclass(frozen=True, slots=True)
class Chip:
    """`href` is the search without this piece, or "" where it cannot be taken away. `note` says what the data
    cannot answer, or how the piece is used otherwise than as a filter."""

    label: str
    href: str = ""
    note: str = ""


class Chips:
    """Makes the chips of searches in one language. `path` is where searches are shown."""

    def __init__(self, texts: Texts, names: Names, path: str) -> None:
        self._texts = texts
        self._names = names
        self._path = path

    def all(self, asked: Asked, reading: Reading | None, parameters: Parameters) -> tuple[Chip, ...]:
        """Explicit choices first, then what was read from the words, then what could not be used."""
        read = tuple(self._read(reading, asked, parameters)) if reading is not None else ()
        return (*self._explicit(asked, parameters), *read)

    def _explicit(self, asked: Asked, parameters: Parameters) -> Iterator[Chip]:
        for name, field in FILTERS.items():
            for token in asked.filters.get(field, ()):
                yield Chip(self._label(field, token), _less(parameters, name, token).href(self._path))
        for name, field in (("exclude_specialties", Field.SPECIALTY), ("exclude_treatments", Field.TREATMENT)):
            for token in parameters.getlist(name):
                label = self._texts("chip.not", value=self._names.of(field, token))
                yield Chip(label, parameters.dropping_value(name, token).href(self._path))

    def _read(self, reading: Reading, asked: Asked, parameters: Parameters) -> Iterator[Chip]:
        pieces = (
            *self._specialties(reading),
            *(
                (f"condition:{item.slug}", self._names.of(Field.CONDITION, item.slug), "")
                for item in reading.conditions
            ),
            *self._treatments(reading),
            *self._filters(reading, asked),
            *((("name:", self._texts("chip.name", value=reading.name), ""),) if reading.name else ()),
        )
        for code, label, note in pieces:
            if code not in asked.without:
                yield Chip(label, parameters.adding("without", code).href(self._path), note)
        yield from self._informing(reading)

    def _specialties(self, reading: Reading) -> Iterator[tuple[str, str, str]]:
        for item in reading.specialties:
            name = self._names.of(Field.SPECIALTY, item.code)
            label = name if item.reason == "asked" else self._texts("chip.inferred", value=name)
            yield f"specialty:{item.code}", label, ""

    def _conditions(self, reading: Reading) -> Iterator[tuple[str, str, str]]:
        for item in reading.conditions:
            yield f"condition:{item.slug}", self._names.of(Field.CONDITION, item.slug), ""

    def _treatments(self, reading: Reading) -> Iterator[tuple[str, str, str]]:
        for item in reading.treatments:
            name = self._names.of(Field.TREATMENT, item.code)
            if item.status == "wanted":
                yield f"treatment:{item.code}", name, self._texts("chip.raises")

    def _filters(self, reading: Reading, asked: Asked) -> Iterator[tuple[str, str, str]]:
        for key, value in reading.filters.items():
            field = READ_FIELDS.get(key)
            if field is None or field in asked.filters:
                continue
            for token in tokens(value):
                yield f"{key}:{token}", self._filter_label(key, field, token), ""

    def _filter_label(self, key: str, field: Field, token: str) -> str:
        if key == "exclude_specialties":
            return self._texts("chip.not", value=self._names.of(field, token))
        if key == "clinic_with":
            return self._texts("chip.clinic_with", value=self._names.of(field, token))
        return self._label(field, token)

    def _informing(self, reading: Reading) -> Iterator[Chip]:
        """What was understood and is no filter: shown, so that nothing is dropped silently."""
        for symptom in reading.symptoms:
            yield Chip(self._texts("chip.symptom", value=self._names.symptom(symptom.code)))
        for treatment in reading.treatments:
            if treatment.status == "tried":
                helped = self._texts(f"helped.{treatment.helped or 'unsaid'}")
                name = self._names.of(Field.TREATMENT, treatment.code)
                yield Chip(self._texts("chip.tried", value=name, helped=helped))
        if reading.duration_weeks is not None:
            yield Chip(
                self._texts("chip.duration", value=self._texts("unit.weeks", count=round(reading.duration_weeks)))
            )
        yield from self._unanswered(reading)

    def _unanswered(self, reading: Reading) -> Iterator[Chip]:
        for token in tokens(reading.filters.get("exclude_treatments", ())):
            label = self._texts("chip.not", value=self._names.of(Field.TREATMENT, token))
            yield Chip(label, note=self._texts("chip.ask_practice"))
        if hours := reading.filters.get("hours"):
            yield Chip(str(hours), note=self._texts("chip.not_known"))

    def _label(self, field: Field, token: str) -> str:
        name = self._names.of(field, token)
        if field in (Field.ACCEPTING, Field.TELEHEALTH, Field.BOARD_CERTIFIED):
            return f"{self._names.field(field)}: {name.lower()}"
        if field in (Field.LANGUAGE, Field.INSURANCE, Field.LEVEL, Field.GENDER):
            return f"{self._names.field(field)}: {name}"
        return name


def tokens(value: FilterValue) -> tuple[str, ...]:
    """A value of a reading's filters as tokens."""
    if isinstance(value, bool):
        return ("yes",) if value else ("no",)
    return (value,) if isinstance(value, str) else value


def _less(parameters: Parameters, name: str, token: str) -> Parameters:
    """Without one value. Values are compared as they were understood: "IL" takes "il" away, "yes" takes "1"."""
    given = parameters.getlist(name)
    same = [value for value in given if value.strip() == token]
    alike = same or [value for value in given if value.strip().casefold() == token.casefold()] or given
    for value in alike:
        parameters = parameters.dropping_value(name, value)
    return parameters
