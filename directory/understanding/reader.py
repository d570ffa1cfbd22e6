"""Reads a patient's words: the one place where all that is recognised becomes a reading."""

from collections.abc import Iterable

from directory.search.places import Places
from directory.understanding.circumstances import CircumstancesReader
from directory.understanding.filters import filter_parts, filters_of
from directory.understanding.findings.assessment import Assessment, Assessor
from directory.understanding.language import LanguageReader
from directory.understanding.medical import MedicalReader
from directory.understanding.parse import Parser
from directory.understanding.reading import FilterValue, Negation, Reading
from directory.understanding.spans import all_spans
from directory.understanding.words import words
from directory.vocabulary.vocabulary import Vocabulary

_NO_WARNING = Assessment()
_EXCLUSIONS = {"treatment": "exclude_treatments", "specialty": "exclude_specialties"}


class TextReader:
    """Implements `Reader` by the vocabulary, a gazetteer and, where given, an assessor of warning signs."""

    def __init__(self, vocabulary: Vocabulary, places: Places, triage: Assessor | None = None) -> None:
        self._triage = triage
        self._parser = Parser(vocabulary, places, words())
        self._language = LanguageReader(vocabulary, words())
        self._medical = MedicalReader(vocabulary)
        self._circumstances = CircumstancesReader(self._parser.where, self._parser.names)
        self._disciplines = {
            code: specialty.discipline.value if specialty.discipline else code
            for code, specialty in vocabulary.specialties.items()
        }

    def read(self, text: str, language: str = "en") -> Reading:
        """See `Reader.read`."""
        parsed = self._parser.parse(text)
        spoken = self._language.of(parsed.spoken, language)
        medical = self._medical.read(parsed, spoken)
        around = self._circumstances.read(parsed, named=not medical.out_of_scope)
        parts = tuple(filter_parts(parsed, medical.declined_degrees))
        warning = self._triage.assess(text, language) if self._triage is not None else _NO_WARNING
        return Reading(
            text=text,
            language=spoken,
            triage=warning.triage,
            notices=warning.notices,
            specialties=medical.specialties,
            conditions=medical.conditions,
            treatments=medical.treatments,
            symptoms=medical.symptoms,
            duration_weeks=medical.weeks,
            location=around.location,
            filters=filters_of(parts, self._disciplines) | _exclusions(medical.negations),
            negations=medical.negations,
            unanswerable=around.unanswerable,
            radius_miles=around.within.miles if around.within is not None else None,
            name=around.rest.name,
            out_of_scope=medical.out_of_scope,
            complicated=medical.complicated,
            spans=all_spans(parsed, medical, around, parts, warning.spans),
        )


def _exclusions(negations: Iterable[Negation]) -> dict[str, FilterValue]:
    found: dict[str, dict[str, None]] = {}
    for item in negations:
        if item.kind in _EXCLUSIONS:
            found.setdefault(_EXCLUSIONS[item.kind], {})[item.code] = None
    return {key: tuple(codes) for key, codes in found.items()}
