"""Whether a text is English or Spanish."""

from collections.abc import Sequence

from directory.understanding.tokens import Token, words_of
from directory.understanding.words import LANGUAGES, Words
from directory.vocabulary.vocabulary import Vocabulary

_SPANISH_LETTERS = frozenset("ñáéíóú")
_SPANISH_MARKS = frozenset("¿¡")


class LanguageReader:
    """Tells languages apart by words that only one of them has."""

    def __init__(self, vocabulary: Vocabulary, words: Words) -> None:
        spoken: dict[str, set[str]] = {language: set(words.stop[language]) for language in LANGUAGES}
        for phrase in vocabulary.phrases():
            spoken[phrase.language].update(words_of(phrase.text))
        self._spoken = spoken

    def of(self, tokens: Sequence[Token], default: str) -> str:
        """ "en" or "es"; the default where nothing tells."""
        counts = dict.fromkeys(LANGUAGES, 0.0)
        for token in tokens:
            known = [language for language in LANGUAGES if token.word in self._spoken[language]]
            if len(known) == 1:
                counts[known[0]] += 1.0
            if _SPANISH_LETTERS & set(token.raw.lower()) or _SPANISH_MARKS & set(token.gap):
                counts["es"] += 0.5
        return default if counts["en"] == counts["es"] else max(LANGUAGES, key=counts.__getitem__)
