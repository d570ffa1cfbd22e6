"""Codes or free text -> codes of the vocabulary, for whoever takes either."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from directory.understanding.lexicon import Lexicon
from directory.understanding.match import Match, choose, phrases
from directory.understanding.parse import spoken_phrases
from directory.understanding.tokens import tokenize
from directory.understanding.words import words
from directory.vocabulary.vocabulary import Vocabulary

KINDS = ("condition", "symptom", "treatment", "specialty", "insurer", "language")


@dataclass(frozen=True, slots=True)
class ReadCodes:
    """`codes` in the order given, each once; `unread` are the texts in which nothing of the kinds was recognised."""

    codes: tuple[str, ...]
    unread: tuple[str, ...] = ()


class CodeReader:
    """Reads texts such as "siatica" or "sciatica" as the code they name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        spoken = (item for item in spoken_phrases(vocabulary) if item[1].kind in KINDS)
        self._lexicon = Lexicon(spoken, words())
        self._known: Mapping[str, Mapping[str, object]] = {
            "condition": vocabulary.conditions,
            "symptom": vocabulary.symptoms,
            "treatment": vocabulary.treatments,
            "specialty": vocabulary.specialties,
            "insurer": vocabulary.insurers,
            "language": vocabulary.languages,
        }

    def read(self, texts: Iterable[str], kinds: Iterable[str]) -> ReadCodes:
        """Codes of the kinds (of KINDS) that the texts are or name. Never raises for any text."""
        wanted = tuple(kinds)
        found: dict[str, None] = {}
        unread = []
        for text in texts:
            codes = self._codes(text, wanted)
            found.update(dict.fromkeys(codes))
            if not codes and text.strip():
                unread.append(text)
        return ReadCodes(tuple(found), tuple(unread))

    def _codes(self, text: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        exact = text.strip()
        if any(exact in self._known[kind] for kind in kinds):
            return (exact,)
        tokens = tokenize(text)
        named = (match for match in phrases(tokens, self._lexicon) if any(match.has(kind) for kind in kinds))
        return tuple(code for match in choose(named) for code in _first(match, kinds))


def _first(match: Match, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The usual code of the first kind that a match names."""
    return next((match.codes(kind)[:1] for kind in kinds if match.has(kind)), ())
