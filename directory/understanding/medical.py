"""What a text says of complaints and care, and which kinds of professional follow from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from directory.understanding.care import Care
from directory.understanding.complaints import ComplaintReader
from directory.understanding.needs import LONG_STANDING_WEEKS, Complaint, NeedReader, is_failed
from directory.understanding.parsed import Parsed
from directory.understanding.reading import Negation, ReadCondition, ReadSpecialty, ReadSymptom, ReadTreatment
from directory.understanding.words import scope
from directory.vocabulary.vocabulary import Vocabulary

_HISTORY = "history"
"""The tag of symptoms that were rather than are felt."""


@dataclass(frozen=True, slots=True)
class Medical:
    """The medical half of a reading; see `Reading`. `declined_degrees` are credentials that are not wanted."""

    conditions: tuple[ReadCondition, ...]
    symptoms: tuple[ReadSymptom, ...]
    treatments: tuple[ReadTreatment, ...]
    negations: tuple[Negation, ...]
    specialties: tuple[ReadSpecialty, ...]
    weeks: float | None
    complicated: bool
    out_of_scope: str
    declined_degrees: frozenset[str]


class MedicalReader:
    """Reads by the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._complaints = ComplaintReader(vocabulary)
        self._needs = NeedReader(vocabulary)

    def read(self, parsed: Parsed, language: str) -> Medical:
        """`language` is the text's; names are given in it."""
        conditions = self._complaints.conditions(parsed, language)
        symptoms = self._complaints.symptoms(parsed, language)
        care = Care(self._vocabulary, parsed, language)
        treatments = care.treatments()
        negations = (*care.negations(), *self._complaints.denied(parsed))
        complaint = _complaint(conditions, symptoms, treatments, negations)
        fits = self._needs.specialties(complaint)
        asked = care.asked(fits, self._needs.declined(complaint.avoided))
        ours = bool(conditions or treatments or self._felt(symptoms))
        elsewhere = _out_of_scope(parsed, language, complaint=ours, asked=bool(asked))
        weeks = care.complaint_weeks()
        return Medical(
            conditions=conditions,
            symptoms=symptoms,
            treatments=treatments,
            negations=negations,
            specialties=() if elsewhere else asked or _inferred(fits, negations),
            weeks=weeks,
            complicated=bool(complaint.failed) or (weeks or 0.0) >= LONG_STANDING_WEEKS,
            out_of_scope=elsewhere,
            declined_degrees=care.declined_credentials(),
        )

    def _felt(self, symptoms: Iterable[ReadSymptom]) -> bool:
        """Whether a complaint of ours is among them: chest pain, which leads to nobody here, is none."""
        known = [self._vocabulary.symptoms[item.code] for item in symptoms]
        return any(symptom.leads_to and _HISTORY not in symptom.tags for symptom in known)


def _complaint(
    conditions: Iterable[ReadCondition],
    symptoms: Iterable[ReadSymptom],
    treatments: Sequence[ReadTreatment],
    negations: Iterable[Negation],
) -> Complaint:
    tried = (item for item in treatments if item.status == "tried")
    return Complaint(
        conditions=tuple(item.slug for item in conditions),
        symptoms=tuple(item.code for item in symptoms),
        wanted=tuple(item.code for item in treatments if item.status == "wanted"),
        failed=tuple(item.code for item in tried if is_failed(item.code, item.helped, item.weeks)),
        avoided=tuple(item.code for item in negations if item.kind == "treatment"),
    )


def _inferred(fits: Mapping[str, int], negations: Iterable[Negation]) -> tuple[ReadSpecialty, ...]:
    excluded = {item.code for item in negations if item.kind == "specialty"}
    return tuple(ReadSpecialty(code, "inferred", fit) for code, fit in fits.items() if code not in excluded)


def _out_of_scope(parsed: Parsed, language: str, *, complaint: bool, asked: bool) -> str:
    """What was asked for that is not listed here, in the language of the text; "" where something of ours was."""
    reach = scope()
    for match in parsed.matches:
        for name in match.codes("out_of_scope"):
            if name in reach.always or not (complaint or (asked and name not in reach.over_asked)):
                return reach.names_es[name] if language == "es" else name
    return ""
