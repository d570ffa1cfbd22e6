"""The degree DO, which is also the English word "do": read in capitals, or behind "a"."""

from collections.abc import Iterator, Sequence

from directory.understanding.lexicon import Concept
from directory.understanding.match import Match
from directory.understanding.tokens import Token

_DEGREE = "do"
_OSTEOPATH = (Concept("specialty", "osteopathic_physician"), Concept("credential", "DO"))
_ARTICLES = frozenset({"a", "un"})
_SCORE = 12.0


def degrees(tokens: Sequence[Token]) -> Iterator[Match]:
    """Where "DO" is the degree: "a DO near me", "find a do in tulsa"."""
    mixed = len(tokens) == 1 or any(token.raw.isalpha() and not token.raw.isupper() for token in tokens)
    for at, token in enumerate(tokens):
        if token.word != _DEGREE:
            continue
        if at > 0 and tokens[at - 1].word in _ARTICLES and not token.breaks:
            yield Match(at - 1, at + 1, _OSTEOPATH, 2 * _SCORE)
        elif token.raw.isupper() and mixed:
            yield Match(at, at + 1, _OSTEOPATH, _SCORE)
