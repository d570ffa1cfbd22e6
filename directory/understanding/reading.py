"""What was understood of a person's words. Every part points at the characters it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from directory.domain.place import Place
from directory.guidance.notice import Notice, Triage


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` (inclusive) to `end` (exclusive) of the text, read as `kind` with `code`."""

    start: int
    end: int
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class ReadSpecialty:
    """`reason` is "asked" (named by the person) or "inferred" (from conditions, symptoms, treatments). `fit` 1..3."""

    code: str
    reason: str
    fit: int
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ReadCondition:
    """A condition that the person named."""

    slug: str
    icd10: tuple[str, ...]
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class ReadTreatment:
    """`status` is "wanted" or "tried"; `helped` is none | partial | improving | good, or "" where not said."""

    code: str
    name: str
    status: str
    span: Span
    helped: str = ""
    weeks: float | None = None


@dataclass(frozen=True, slots=True)
class ReadSymptom:
    code: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class ReadLocation:
    """`type` is zip | city | state | metro | near_me | ambiguous | none. An ambiguous place still has the likeliest
    one in `place`, and the others in `candidates`."""

    type: str = "none"
    place: Place | None = None
    candidates: tuple[Place, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Negation:
    """Something the person does not want or, of a "condition" or "symptom", does not have: `kind` is "treatment",
    "treatment_kind" ("medicine", "injection"), "specialty", "condition" or "symptom"."""

    kind: str
    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """Something asked for that no listing states, such as ratings: said, never dropped. The texts explain."""

    code: str
    span: Span
    text: str
    text_es: str


FilterValue = str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole reading. `filters` has only the keys that were read: insurance, language, telehealth, gender,
    accepting_new_patients, accessibility, open_days, hours, clinic_model, exclude_treatments, exclude_specialties,
    credential, board_certified, age_group, second_opinion, sort, clinic_with (specialty codes that one clinic must
    have together; "a|b" where one of the two is enough). `unanswerable` is what was asked for that the data cannot
    answer; `radius_miles` a distance that was named. `name` is the remainder that reads as a person's or clinic's
    name. `out_of_scope` names what was asked for that this directory does not list, in the language of the text.
    `duration_weeks` is how long the complaint has lasted.
    """

    text: str
    language: str = "en"
    triage: Triage = Triage.NONE
    notices: tuple[Notice, ...] = ()
    specialties: tuple[ReadSpecialty, ...] = ()
    conditions: tuple[ReadCondition, ...] = ()
    treatments: tuple[ReadTreatment, ...] = ()
    symptoms: tuple[ReadSymptom, ...] = ()
    duration_weeks: float | None = None
    location: ReadLocation = ReadLocation()
    filters: Mapping[str, FilterValue] = field(default_factory=dict, hash=False)
    negations: tuple[Negation, ...] = ()
    unanswerable: tuple[Unanswerable, ...] = ()
    radius_miles: float | None = None
    name: str = ""
    out_of_scope: str = ""
    complicated: bool = False
    spans: tuple[Span, ...] = ()


class Reader(Protocol):
    """Reads a text in English or Spanish. `language` is the page's, for notices; never raises for any text."""

    def read(self, text: str, language: str = "en") -> Reading: ...
