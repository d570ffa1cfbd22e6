"""Whether a text is English or Spanish."""

from collections.abc import Sequence

from directory.understanding.tokens import Token
from directory.understanding.words import LANGUAGES, Words

_SPANISH_SIGNS = frozenset("ñ¿¡áéíóú")


def language_of(tokens: Sequence[Token], words: Words, spoken: dict[str, frozenset[str]], default: str) -> str:
    """ "en" or "es" by the words that only one of them has; `spoken` holds each language's vocabulary words. Where
    nothing tells, the default."""
    counts = dict.fromkeys(LANGUAGES, 0.0)
    for token in tokens:
        known = [name for name in LANGUAGES if token.word in words.stop[name] or token.word in spoken[name]]
        if len(known) == 1:
            counts[known[0]] += 1
        elif _SPANISH_SIGNS & set(token.raw.lower()):
            counts["es"] += 0.5
    if counts["en"] == counts["es"]:
        return default
    return max(LANGUAGES, key=counts.__getitem__)
