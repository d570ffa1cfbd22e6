"""Takes a text apart: every candidate phrase, place and name, and the choice among those that overlap."""

from collections.abc import Iterator, Sequence

from directory.search.places import Places
from directory.understanding.ages import ages
from directory.understanding.body import BodyReader, body_phrases
from directory.understanding.degrees import degrees
from directory.understanding.durations import DurationReader
from directory.understanding.lexicon import Concept, Lexicon
from directory.understanding.match import Match, choose, phrases
from directory.understanding.names import NameReader
from directory.understanding.parsed import Parsed
from directory.understanding.tokens import Token, tokenize, words_of
from directory.understanding.where import WhereReader
from directory.understanding.words import Words, cue_phrases
from directory.vocabulary.vocabulary import Vocabulary

_NAMED = frozenset({"specialty", "condition", "symptom", "treatment", "insurer", "language", "filter"})
_HALVES = frozenset({"part", "complaint"})


def spoken_phrases(vocabulary: Vocabulary) -> list[tuple[str, Concept]]:
    """Every phrase of the vocabulary; what shared phrases usually mean comes first."""
    shared = [
        (item.form, Concept(*concept.split(":"))) for item in vocabulary.shared_forms for concept in item.concepts
    ]
    return [*shared, *((phrase.text, Concept(phrase.kind, phrase.code)) for phrase in vocabulary.phrases())]


class Parser:
    """Built once from the vocabulary, a gazetteer and the word lists."""

    def __init__(self, vocabulary: Vocabulary, places: Places, words: Words) -> None:
        self._vocabulary = vocabulary
        spoken = spoken_phrases(vocabulary)
        self.lexicon = Lexicon((*spoken, *cue_phrases(), *body_phrases()), words)
        self._single = frozenset(found[0] for text, _ in spoken if len(found := words_of(text)) == 1)
        self.where = WhereReader(places, words)
        self.names = NameReader(words, self._single, self.lexicon.knows)
        self._durations = DurationReader()
        self._body = BodyReader(words.ordinary)

    def parse(self, text: str) -> Parsed:
        """The words of a text and what they are."""
        tokens = tokenize(text)
        old = ages(tokens)
        candidates = tuple(self._candidates(tokens))
        chosen = choose(candidates)
        return Parsed(text, tokens, chosen, self._inner(candidates, chosen), self._durations.read(tokens, old), old)

    def _candidates(self, tokens: Sequence[Token]) -> Iterator[Match]:
        found = tuple(phrases(tokens, self.lexicon))
        yield from (whole for match in found if (whole := _without_halves(match)) is not None)
        yield from self._body.pairs(tokens, found)
        places = tuple(self.where.matches(tokens, self._single))
        yield from places
        yield from degrees(tokens)
        towns = frozenset(match.first for match in places if match.codes("place")[0] != "village")
        yield from self.names.titled(tokens, towns, _phrased(found))
        long = (match for match in places if match.last - match.first > 1)
        placed = frozenset(at for match in long for at in range(match.first, match.last))
        yield from self.names.credentialed(tokens, placed)

    def _inner(self, candidates: Sequence[Match], chosen: Sequence[Match]) -> tuple[Match, ...]:
        """Complaints that share words with a longer symptom, and age groups inside any longer phrase."""
        small = [match for match in candidates if not match.typos and self._says_more(match)]
        lost = [match for match in small if any(_goes_with(match, outer) for outer in chosen)]
        longer = [*lost, *(match for match in chosen if match.has("condition"))]
        return tuple(m for m in lost if m.has("age_group") or not any(_is_within(m, other) for other in longer))

    def _says_more(self, match: Match) -> bool:
        conditions = match.codes("condition")
        symptom = bool(conditions) and self._vocabulary.conditions[conditions[0]].is_symptom
        return symptom or match.has("age_group")


def _phrased(found: Sequence[Match]) -> frozenset[int]:
    """Words at which a phrase of several words begins that means something by itself."""
    long = (match for match in found if match.last - match.first > 1 and not match.typos)
    return frozenset(match.first for match in long if any(concept.kind in _NAMED for concept in match.concepts))


def _goes_with(inner: Match, outer: Match) -> bool:
    if inner.has("age_group"):
        return _is_within(inner, outer)
    return outer.has("symptom") and inner.first < outer.last and outer.first < inner.last


def _is_within(inner: Match, outer: Match) -> bool:
    whole = (inner.first, inner.last) == (outer.first, outer.last)
    return outer.first <= inner.first and inner.last <= outer.last and not whole


def _without_halves(match: Match) -> Match | None:
    """The match without what needs another half to mean anything."""
    concepts = tuple(concept for concept in match.concepts if concept.kind not in _HALVES)
    return Match(match.first, match.last, concepts, match.score, match.typos) if concepts else None
