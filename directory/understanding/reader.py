"""Reads a patient's words: the one place where all that is recognised becomes a reading."""

from collections.abc import Iterable, Iterator

from directory.domain.place import PlaceKind
from directory.search.places import Places
from directory.understanding.durations import DurationReader, Lasting
from directory.understanding.filters import FilterPart, FilterReader, filters_of
from directory.understanding.language import language_of
from directory.understanding.lexicon import Concept, Lexicon
from directory.understanding.match import Match, choose, phrases, span_of
from directory.understanding.names import remainder, titled
from directory.understanding.needs import LONG_STANDING_WEEKS, Complaint, NeedReader, is_failed
from directory.understanding.parsed import Parsed
from directory.understanding.reading import (
    Negation,
    ReadCondition,
    Reading,
    ReadLocation,
    ReadSpecialty,
    ReadSymptom,
    ReadTreatment,
    Span,
)
from directory.understanding.roles import Meant, Role, roles
from directory.understanding.tokens import Token, tokenize, words_of
from directory.understanding.triage import Assessment, Assessor
from directory.understanding.where import WhereReader
from directory.understanding.words import LANGUAGES, answerless, cue_phrases, words
from directory.vocabulary.vocabulary import Vocabulary

_BEST = 3


class TextReader:
    """Implements `Reader` by the vocabulary, a gazetteer and, where given, an assessor of warning signs."""

    def __init__(self, vocabulary: Vocabulary, places: Places, triage: Assessor | None = None) -> None:
        self._vocabulary = vocabulary
        self._places = places
        self._triage = triage
        self._words = words()
        spoken = [(phrase.text, Concept(phrase.kind, phrase.code)) for phrase in vocabulary.phrases()]
        self._lexicon = Lexicon(
            (*spoken, *cue_phrases()), self._words.same, self._words.optional, self._words.never_typos
        )
        self._single = frozenset(found[0] for text, _ in spoken if len(found := words_of(text)) == 1)
        self._spoken = {
            language: frozenset(
                word for p in vocabulary.phrases() if p.language == language for word in words_of(p.text)
            )
            for language in LANGUAGES
        }
        self._where = WhereReader(places, self._words)
        self._durations = DurationReader()
        self._filters = FilterReader(answerless())
        self._needs = NeedReader(vocabulary)

    def read(self, text: str, language: str = "en") -> Reading:
        """See `Reader.read`."""
        tokens = tokenize(text)
        parsed = Parsed(text, tokens, choose(self._candidates(tokens)))
        assessment = self._triage.assess(text, language) if self._triage is not None else Assessment()
        spoken = language_of(tokens, self._words, self._spoken, language)
        return _Composer(self, parsed, spoken, assessment).reading()

    def _candidates(self, tokens: tuple[Token, ...]) -> Iterator[Match]:
        yield from phrases(tokens, self._lexicon)
        places = tuple(self._where.matches(tokens, self._single))
        yield from places
        yield from titled(tokens, self._words, self._single, frozenset(match.first for match in places))


class _Composer:
    """Makes one reading of one parsed text."""

    def __init__(self, reader: TextReader, parsed: Parsed, language: str, assessment: Assessment) -> None:
        self._reader = reader
        self._vocabulary = reader._vocabulary
        self._parsed = parsed
        self._language = language
        self._assessment = assessment
        self._roles = roles(parsed)
        self._lasting = reader._durations.read(parsed.tokens)

    def reading(self) -> Reading:
        conditions, symptoms = self._conditions(), self._symptoms()
        treatments = self._treatments()
        negations = self._negations()
        parts = [*self._reader._filters.parts(self._parsed)]
        asked = self._asked()
        duration = self._duration()
        failed = tuple(t.code for t in treatments if t.status == "tried" and is_failed(t.code, t.helped, t.weeks))
        complaint = Complaint(
            conditions=tuple(item.slug for item in conditions),
            symptoms=tuple(item.code for item in symptoms),
            wanted=tuple(item.code for item in treatments if item.status == "wanted"),
            failed=failed,
            avoided=tuple(item.code for item in negations if item.kind == "treatment"),
        )
        excluded = {item.code for item in negations if item.kind == "specialty"}
        specialties = asked or self._inferred(complaint, excluded)
        location = self._location()
        name, name_span = self._name()
        filters = filters_of(iter(parts)) | _exclusions(negations)
        scope = self._out_of_scope(bool(conditions or symptoms or treatments or asked))
        spans = self._spans(conditions, symptoms, treatments, specialties, parts, negations)
        return Reading(
            text=self._parsed.text,
            language=self._language,
            triage=self._assessment.triage,
            notices=self._assessment.notices,
            specialties=() if scope else specialties,
            conditions=conditions,
            treatments=treatments,
            symptoms=symptoms,
            duration_weeks=duration,
            location=location,
            filters=filters,
            negations=negations,
            unanswerable=tuple(self._reader._filters.unanswerable(self._parsed)),
            name=name,
            out_of_scope=scope,
            complicated=bool(failed) or (duration or 0) >= LONG_STANDING_WEEKS,
            spans=tuple(sorted({*spans, *name_span, *((location.span,) if location.span else ())}, key=_by_place)),
        )

    def _conditions(self) -> tuple[ReadCondition, ...]:
        found: dict[str, ReadCondition] = {}
        for match in self._parsed.matches:
            for slug in match.codes("condition")[:1]:
                condition = self._vocabulary.conditions[slug]
                name = condition.name_es if self._language == "es" else condition.name
                span = self._parsed.span(match, "condition", slug)
                found.setdefault(slug, ReadCondition(slug, condition.icd10, name, span))
        return tuple(found.values())

    def _symptoms(self) -> tuple[ReadSymptom, ...]:
        found: dict[str, ReadSymptom] = {}
        for match in self._parsed.matches:
            if self._parsed.word_before(match) in {"no", "sin", "without", "not"}:
                continue
            for code in match.codes("symptom")[:1]:
                symptom = self._vocabulary.symptoms[code]
                name = symptom.name_es if self._language == "es" else symptom.name
                found.setdefault(code, ReadSymptom(code, name, self._parsed.span(match, "symptom", code)))
        return tuple(found.values())

    def _treatments(self) -> tuple[ReadTreatment, ...]:
        return tuple(
            read
            for at, meant in self._roles.items()
            if (read := self._treatment(self._parsed.matches[at], meant)) is not None
        )

    def _treatment(self, match: Match, meant: Meant) -> ReadTreatment | None:
        codes = match.codes("treatment")
        dual = match.has("specialty")
        if not codes or meant.role in (Role.AVOIDED, Role.NOT_TRIED) or (dual and meant.role is not Role.TRIED):
            return None
        treatment = self._vocabulary.treatments[codes[0]]
        tried = meant.role is Role.TRIED
        return ReadTreatment(
            treatment.code,
            treatment.name_es if self._language == "es" else treatment.name,
            "tried" if tried else "wanted",
            self._parsed.span(match, "treatment", treatment.code),
            meant.helped,
            self._weeks_of(match) if tried else None,
        )

    def _weeks_of(self, match: Match) -> float | None:
        """Weeks that a treatment lasted: "8 weeks of chiro", "chiro for 6 weeks"."""
        for lasting in self._lasting:
            if (lasting.of and lasting.last + 1 >= match.first >= lasting.last) or _follows(
                self._parsed, match, lasting
            ):
                return round(lasting.weeks, 1)
        return None

    def _duration(self) -> float | None:
        """How long the complaint has lasted: the longest duration that belongs to no treatment."""
        taken = [
            lasting
            for at in self._roles
            if self._roles[at].role is Role.TRIED
            for lasting in self._lasting
            if _follows(self._parsed, self._parsed.matches[at], lasting)
        ]
        free = [lasting.weeks for lasting in self._lasting if lasting not in taken and not lasting.of]
        return round(max(free), 1) if free else None

    def _negations(self) -> tuple[Negation, ...]:
        found = []
        for at, meant in self._roles.items():
            match = self._parsed.matches[at]
            if meant.role is Role.AVOIDED:
                kind = "specialty" if match.has("specialty") else "treatment"
                codes = match.codes(kind) if kind == "specialty" else match.codes(kind)[:1]
                found += [Negation(kind, code, self._parsed.span(match, "negation", code)) for code in codes]
        return tuple(found)

    def _asked(self) -> tuple[ReadSpecialty, ...]:
        found: dict[str, ReadSpecialty] = {}
        for at, meant in self._roles.items():
            match = self._parsed.matches[at]
            if meant.role in (Role.NONE, Role.WANTED):
                for code in match.codes("specialty"):
                    found.setdefault(
                        code, ReadSpecialty(code, "asked", _BEST, self._parsed.span(match, "specialty", code))
                    )
        return tuple(found.values())

    def _inferred(self, complaint: Complaint, excluded: set[str]) -> tuple[ReadSpecialty, ...]:
        fits = self._reader._needs.specialties(complaint)
        return tuple(ReadSpecialty(code, "inferred", fit) for code, fit in fits.items() if code not in excluded)

    def _location(self) -> ReadLocation:
        parsed = self._parsed
        for match in parsed.matches:
            for code in match.codes("place"):
                span = parsed.span(match, "location", code)
                resolution = self._reader._places.resolve(parsed.text[span.start : span.end])
                if resolution.place is not None:
                    kind = "ambiguous" if resolution.candidates else _kind(resolution.place.kind)
                    return ReadLocation(kind, resolution.place, resolution.candidates, span)
        near_me = next((match for match in parsed.matches if match.cue("near_me")), None)
        return ReadLocation("near_me", span=parsed.span(near_me, "location", "near_me")) if near_me else ReadLocation()

    def _name(self) -> tuple[str, tuple[Span, ...]]:
        parsed = self._parsed
        named = next(((m.first + 1, m.last) for m in parsed.matches if m.has("name")), None)
        named = named or remainder(parsed, self._reader._words, self._reader._single)
        if named is None:
            return "", ()
        span = span_of(parsed.tokens, *named, "name", "")
        return parsed.text[span.start : span.end], (span,)

    def _out_of_scope(self, ours: bool) -> str:
        found = [code for match in self._parsed.matches for code in match.codes("out_of_scope")]
        return found[0] if found and not ours else ""

    def _spans(
        self,
        conditions: Iterable[ReadCondition],
        symptoms: Iterable[ReadSymptom],
        treatments: Iterable[ReadTreatment],
        specialties: Iterable[ReadSpecialty],
        parts: Iterable[FilterPart],
        negations: Iterable[Negation],
    ) -> Iterator[Span]:
        yield from (item.span for item in conditions)
        yield from (item.span for item in symptoms)
        yield from (item.span for item in treatments)
        yield from (item.span for item in parts)
        yield from (item.span for item in negations)
        yield from (item.span for item in specialties if item.span is not None)
        for lasting in self._lasting:
            yield span_of(self._parsed.tokens, lasting.first, lasting.last, "duration", "")
        yield from self._assessment.spans


def _exclusions(negations: Iterable[Negation]) -> dict[str, tuple[str, ...]]:
    keys = {"treatment": "exclude_treatments", "specialty": "exclude_specialties"}
    found: dict[str, tuple[str, ...]] = {}
    for item in negations:
        key = keys[item.kind]
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), item.code)))
    return found


def _follows(parsed: Parsed, match: Match, lasting: Lasting) -> bool:
    between = parsed.tokens[match.last : lasting.first]
    return match.last <= lasting.first and len(between) <= 1 and not any(token.breaks for token in between)


def _by_place(span: Span) -> tuple[int, int, str, str]:
    return span.start, span.end, span.kind, span.code


def _kind(kind: PlaceKind) -> str:
    return kind.value
