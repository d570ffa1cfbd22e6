"""Conditions and symptoms that a text names; those it denies are told apart."""

from collections.abc import Iterator

from directory.understanding.match import Match
from directory.understanding.parsed import Parsed
from directory.understanding.reading import Negation, ReadCondition, ReadSymptom
from directory.understanding.tables import group
from directory.vocabulary.vocabulary import Vocabulary

_DENYING = group("denying_complaints")


class ComplaintReader:
    """Names come from the vocabulary, in the language of the text."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def conditions(self, parsed: Parsed, language: str) -> tuple[ReadCondition, ...]:
        """Conditions that the person names, each once, in the order of the text; never from symptoms."""
        found: dict[str, ReadCondition] = {}
        for match, slug in _named(parsed, "condition"):
            condition = self._vocabulary.conditions[slug]
            name = condition.name_es if language == "es" else condition.name
            if not _is_denied(parsed, match):
                span = parsed.span(match, "condition", slug)
                found.setdefault(slug, ReadCondition(slug, condition.icd10, name, span))
        return tuple(found.values())

    def symptoms(self, parsed: Parsed, language: str) -> tuple[ReadSymptom, ...]:
        """Symptoms that the person has, each once, in the order of the text."""
        found: dict[str, ReadSymptom] = {}
        for match, code in _named(parsed, "symptom"):
            symptom = self._vocabulary.symptoms[code]
            name = symptom.name_es if language == "es" else symptom.name
            if not _is_denied(parsed, match):
                found.setdefault(code, ReadSymptom(code, name, parsed.span(match, "symptom", code)))
        return tuple(found.values())

    def denied(self, parsed: Parsed) -> Iterator[Negation]:
        """Conditions and symptoms that the person says they do not have."""
        for kind in ("condition", "symptom"):
            for match, code in _named(parsed, kind):
                if _is_denied(parsed, match):
                    yield Negation(kind, code, parsed.span(match, "negation", code))


def _named(parsed: Parsed, kind: str) -> Iterator[tuple[Match, str]]:
    found = [*parsed.matches, *parsed.inner] if kind == "condition" else parsed.matches
    for match in sorted(found, key=lambda match: (match.first, -match.last)):
        yield from ((match, code) for code in match.codes(kind)[:1])


def _is_denied(parsed: Parsed, match: Match) -> bool:
    return parsed.word_before(match) in _DENYING
