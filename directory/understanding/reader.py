"""Reads a patient's words: the one place where all that is recognised becomes a reading."""

from collections.abc import Iterable, Iterator, Sequence

from directory.search.places import Places
from directory.understanding.answerless import AnswerlessReader
from directory.understanding.care import Care
from directory.understanding.complaints import ComplaintReader
from directory.understanding.durations import since_when
from directory.understanding.filters import FilterPart, filter_parts, filters_of
from directory.understanding.findings.assessment import Assessment, Assessor
from directory.understanding.language import LanguageReader
from directory.understanding.locations import LocationReader, location_of
from directory.understanding.match import span_of
from directory.understanding.needs import LONG_STANDING_WEEKS, Complaint, NeedReader, is_failed
from directory.understanding.parse import Parser
from directory.understanding.parsed import Parsed
from directory.understanding.radius import Radius, radius
from directory.understanding.reading import (
    FilterValue,
    Negation,
    ReadCondition,
    Reading,
    ReadLocation,
    ReadSpecialty,
    ReadSymptom,
    ReadTreatment,
    Span,
    Unanswerable,
)
from directory.understanding.remainder import Remainder, RemainderReader
from directory.understanding.words import answerless, scope, words
from directory.vocabulary.vocabulary import Vocabulary

_NO_WARNING = Assessment()
_HISTORY = "history"
"""The tag of symptoms that were rather than are felt."""


class TextReader:
    """Implements `Reader` by the vocabulary, a gazetteer and, where given, an assessor of warning signs."""

    def __init__(self, vocabulary: Vocabulary, places: Places, triage: Assessor | None = None) -> None:
        self._vocabulary = vocabulary
        self._triage = triage
        self._parser = Parser(vocabulary, places, words())
        self._language = LanguageReader(vocabulary, words())
        self._complaints = ComplaintReader(vocabulary)
        self._needs = NeedReader(vocabulary)
        self._answerless = AnswerlessReader(answerless())
        self._locations = LocationReader(self._parser.where, self._answerless)
        self._remainder = RemainderReader(self._parser.names, self._parser.where, self._answerless)
        self._disciplines = {
            code: specialty.discipline.value if specialty.discipline else code
            for code, specialty in vocabulary.specialties.items()
        }

    def read(self, text: str, language: str = "en") -> Reading:
        """See `Reader.read`."""
        parsed = self._parser.parse(text)
        spoken = self._language.of(parsed.spoken, language)
        conditions = self._complaints.conditions(parsed, spoken)
        symptoms = self._complaints.symptoms(parsed, spoken)
        care = Care(self._vocabulary, parsed, spoken)
        treatments = care.treatments()
        negations = (*care.negations(), *self._complaints.denied(parsed))
        complaint = _complaint(conditions, symptoms, treatments, negations)
        inferred = self._needs.specialties(complaint)
        asked = care.asked(inferred, self._needs.declined(complaint.avoided))
        felt = [item for item in symptoms if _HISTORY not in self._vocabulary.symptoms[item.code].tags]
        scoped = _out_of_scope(parsed, bool(conditions or felt or treatments), bool(asked))
        specialties = () if scoped else asked or _inferred(inferred, negations)
        parts = tuple(filter_parts(parsed, care.declined_credentials()))
        within = radius(parsed.tokens)
        location, rest, unanswerable = self._rest(parsed, within, scoped)
        weeks = care.complaint_weeks()
        warning = self._triage.assess(text, language) if self._triage is not None else _NO_WARNING
        read = _Spans(parsed, conditions, symptoms, treatments, specialties, negations, parts, unanswerable)
        return Reading(
            text=text,
            language=spoken,
            triage=warning.triage,
            notices=warning.notices,
            specialties=specialties,
            conditions=conditions,
            treatments=treatments,
            symptoms=symptoms,
            duration_weeks=weeks,
            location=location,
            filters=filters_of(parts, self._disciplines) | _exclusions(negations),
            negations=negations,
            unanswerable=unanswerable,
            radius_miles=within.miles if within is not None else None,
            name=rest.name,
            out_of_scope=scoped,
            complicated=bool(complaint.failed) or (weeks or 0.0) >= LONG_STANDING_WEEKS,
            spans=read.all(location, rest, within, warning),
        )

    def _rest(
        self, parsed: Parsed, within: Radius | None, scoped: str
    ) -> tuple[ReadLocation, Remainder, tuple[Unanswerable, ...]]:
        """The place, what is left over, and what cannot be answered."""
        location = self._locations.read(parsed)
        limits = range(within.first, within.last) if within is not None else range(0)
        claimed = {at for match in parsed.matches for at in range(match.first, match.last)}
        since = since_when(parsed.tokens) or (0, 0)
        taken = frozenset({*claimed, *parsed.timed, *limits, *range(*since)})
        rest = Remainder() if scoped else self._remainder.read(parsed, placed=location.type != "none", taken=taken)
        if rest.guess is not None and rest.span is not None:
            location = _guessed(rest, rest.span)
        found = (
            *self._answerless.named(parsed),
            *self._locations.unanswerable(parsed, location),
            *rest.unanswerable,
        )
        return location, rest, tuple({item.span: item for item in found}.values())


def _guessed(rest: Remainder, span: Span) -> ReadLocation:
    """A place that was misspelt: said to be a guess by its type, even where there is no other candidate."""
    read = location_of(rest.guess, span) if rest.guess is not None else ReadLocation()
    return ReadLocation("ambiguous", read.place, read.candidates, span)


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


def _inferred(fits: dict[str, int], negations: Iterable[Negation]) -> tuple[ReadSpecialty, ...]:
    excluded = {item.code for item in negations if item.kind == "specialty"}
    return tuple(ReadSpecialty(code, "inferred", fit) for code, fit in fits.items() if code not in excluded)


def _exclusions(negations: Iterable[Negation]) -> dict[str, FilterValue]:
    keys = {"treatment": "exclude_treatments", "specialty": "exclude_specialties"}
    found: dict[str, dict[str, None]] = {}
    for item in negations:
        if item.kind in keys:
            found.setdefault(keys[item.kind], {})[item.code] = None
    return {key: tuple(codes) for key, codes in found.items()}


def _out_of_scope(parsed: Parsed, complaint: bool, asked: bool) -> str:
    """What was asked for that is not listed here; only where nothing about the spine was asked for."""
    reach = scope()
    for match in parsed.matches:
        for name in match.codes("out_of_scope"):
            if name in reach.always or not (complaint or (asked and name not in reach.over_asked)):
                return name
    return ""


class _Spans:
    """The characters behind every part of a reading."""

    def __init__(
        self,
        parsed: Parsed,
        conditions: Iterable[ReadCondition],
        symptoms: Iterable[ReadSymptom],
        treatments: Iterable[ReadTreatment],
        specialties: Iterable[ReadSpecialty],
        negations: Iterable[Negation],
        parts: Iterable[FilterPart],
        unanswerable: Iterable[Unanswerable],
    ) -> None:
        groups = (conditions, symptoms, treatments, negations, parts, unanswerable)
        self._parsed = parsed
        self._found = {item.span for group in groups for item in group}
        self._found |= {item.span for item in specialties if item.span is not None}

    def all(
        self, location: ReadLocation, rest: Remainder, within: Radius | None, warning: Assessment
    ) -> tuple[Span, ...]:
        """Every span once, in the order of the text."""
        optional = (location.span, rest.span)
        found = {*self._found, *self._times(within), *(span for span in optional if span), *warning.spans}
        return tuple(sorted(found, key=lambda span: (span.start, span.end, span.kind, span.code)))

    def _times(self, within: Radius | None) -> Iterator[Span]:
        for lasting in self._parsed.durations:
            yield span_of(self._parsed.tokens, lasting.first, lasting.last, "duration", "")
        if within is not None:
            yield span_of(self._parsed.tokens, within.first, within.last, "radius", "")
