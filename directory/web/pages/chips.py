"""What a search was understood to ask for, piece by piece, each with a link that takes it away."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from directory.search.listing import Field
from directory.understanding.ask import Answer, Asked
from directory.understanding.reading import FilterValue, Reading
from directory.understanding.together import ALTERNATIVE
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


class Use(StrEnum):
    """What a piece does: it decides who is found, it moves some of them up, or it is no filter and says why."""

    ASKED = "asked"
    NOTED = "noted"
    RAISES = "raises"


@dataclass(frozen=True, slots=True)
class Chip:
    """`href` is the search without this piece, or "" where it cannot be taken away. `note` says what the data
    cannot answer."""

    label: str
    href: str = ""
    use: Use = Use.ASKED
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of a reading, under the code by which `without` takes it away."""

    code: str
    label: str
    use: Use = Use.ASKED


class Chips:
    """Makes the chips of searches in one language. `path` is where searches are shown."""

    def __init__(self, texts: Texts, names: Names, path: str) -> None:
        self._texts = texts
        self._names = names
        self._path = path

    def all(self, answer: Answer, parameters: Parameters) -> tuple[Chip, ...]:
        """Explicit choices first, then what was read from the words, then what could not be used."""
        asked, reading = answer.asked, answer.reading
        read = tuple(self._read(reading, asked, parameters)) if reading is not None else ()
        return (*self._explicit(asked, parameters), *self._among(answer, parameters), *read)

    def _explicit(self, asked: Asked, parameters: Parameters) -> Iterator[Chip]:
        for name, field in FILTERS.items():
            for token in asked.filters.get(field, ()):
                yield Chip(self._label(field, token), _less(parameters, name, token).href(self._path))
        if npi := asked.second_opinion_from:
            label = self._texts("chip.second_opinion_from", npi=npi)
            yield Chip(label, parameters.dropping("second_opinion_from").href(self._path))
        for name, field in (("exclude_specialties", Field.SPECIALTY), ("exclude_treatments", Field.TREATMENT)):
            for token in parameters.getlist(name):
                label = self._texts("chip.not", value=self._names.of(field, token))
                yield Chip(label, parameters.dropping_value(name, token).href(self._path))

    def _among(self, answer: Answer, parameters: Parameters) -> Iterator[Chip]:
        for name, clinic in answer.referral.names.items():
            label = self._texts(f"chip.{name}", clinic=clinic)
            yield Chip(label, parameters.dropping(name).href(self._path))

    def _read(self, reading: Reading, asked: Asked, parameters: Parameters) -> Iterator[Chip]:
        pieces = (
            *self._specialties(reading, asked),
            *self._conditions(reading, asked),
            *self._treatments(reading),
            *self._filters(reading, asked),
            *self._location(reading, asked),
            *self._radius(reading, asked),
            *((_Piece("name:", self._texts("chip.name", value=reading.name)),) if reading.name else ()),
        )
        for piece in pieces:
            if piece.code not in asked.without:
                yield Chip(piece.label, parameters.adding("without", piece.code).href(self._path), piece.use)
        yield from self._informing(reading, asked)

    def _specialties(self, reading: Reading, asked: Asked) -> Iterator[_Piece]:
        for item in reading.specialties:
            filters = item.reason == "asked" and Field.SPECIALTY not in asked.filters
            use = Use.ASKED if filters else Use.RAISES
            yield _Piece(f"specialty:{item.code}", self._names.of(Field.SPECIALTY, item.code), use)

    def _conditions(self, reading: Reading, asked: Asked) -> Iterator[_Piece]:
        """Where a kind of professional was asked for, that decides who is found and the condition only raises."""
        kinds = any(
            item.reason == "asked" and f"specialty:{item.code}" not in asked.without for item in reading.specialties
        )
        use = Use.RAISES if kinds or Field.CONDITION in asked.filters else Use.ASKED
        for item in reading.conditions:
            yield _Piece(f"condition:{item.slug}", self._names.of(Field.CONDITION, item.slug), use)

    def _treatments(self, reading: Reading) -> Iterator[_Piece]:
        for item in reading.treatments:
            if item.status == "wanted":
                yield _Piece(f"treatment:{item.code}", self._names.of(Field.TREATMENT, item.code), Use.RAISES)

    def _location(self, reading: Reading, asked: Asked) -> Iterator[_Piece]:
        """The place that the words name, unless one was given beside them."""
        if reading.location.place is not None and not asked.near and asked.lat is None:
            yield _Piece("location:", self._texts("chip.place", value=reading.location.place.label))

    def _radius(self, reading: Reading, asked: Asked) -> Iterator[_Piece]:
        if reading.radius_miles is not None and asked.radius_miles is None:
            miles = self._texts.miles(reading.radius_miles)
            yield _Piece("radius:", self._texts("chip.radius", value=miles))

    def _filters(self, reading: Reading, asked: Asked) -> Iterator[_Piece]:
        if asked.sort is None:
            for sort in tokens(reading.filters.get("sort", ())):
                yield _Piece(f"sort:{sort}", self._texts(f"sort.{sort}"), Use.RAISES)
        for key, value in reading.filters.items():
            field = READ_FIELDS.get(key)
            overruled = field in asked.filters and key != "exclude_specialties"
            if field is None or overruled or value == "any":
                continue
            for token in tokens(value):
                yield _Piece(f"{key}:{token}", self._filter_label(key, field, token))

    def _filter_label(self, key: str, field: Field, token: str) -> str:
        if key == "exclude_specialties":
            return self._texts("chip.not", value=self._names.of(field, token))
        if key == "clinic_with":
            either = self._names.all(field, tuple(token.split(ALTERNATIVE)))
            return self._texts("chip.clinic_with", value=self._texts.any_of(either))
        return self._label(field, token)

    def _informing(self, reading: Reading, asked: Asked) -> Iterator[Chip]:
        """What was understood and is no filter: shown, so that nothing is dropped silently."""
        for symptom in reading.symptoms:
            yield Chip(self._texts("chip.symptom", value=self._names.symptom(symptom.code)), use=Use.RAISES)
        for treatment in reading.treatments:
            if treatment.status == "tried":
                helped = self._texts(f"helped.{treatment.helped or 'unsaid'}")
                name = self._names.of(Field.TREATMENT, treatment.code)
                yield Chip(self._texts("chip.tried", value=name, helped=helped), use=Use.RAISES)
        if reading.duration_weeks is not None:
            weeks = self._texts("unit.weeks", count=round(reading.duration_weeks))
            yield Chip(self._texts("chip.duration", value=weeks), use=Use.RAISES)
        yield from self._unanswered(reading, asked)

    def _unanswered(self, reading: Reading, asked: Asked) -> Iterator[Chip]:
        for token in tokens(reading.filters.get("exclude_treatments", ())):
            label = self._texts("chip.not", value=self._names.of(Field.TREATMENT, token))
            yield Chip(label, use=Use.NOTED, note=self._texts("chip.ask_practice"))
        if reading.filters.get("second_opinion") and not asked.second_opinion_from:
            label = self._texts("chip.second_opinion")
            yield Chip(label, use=Use.NOTED, note=self._texts("chip.second_opinion_how"))
        for item in reading.unanswerable:
            said = reading.text[item.span.start : item.span.end]
            yield Chip(said, use=Use.NOTED, note=item.text_es if self._texts.language == "es" else item.text)

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
