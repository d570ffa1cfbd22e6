"""The degree DO, which is also the English word "do": read in capitals, behind "a", or beside another degree."""

from collections.abc import Iterator, Sequence

from directory.understanding.lexicon import Concept
from directory.understanding.match import Match
from directory.understanding.tables import group
from directory.understanding.tokens import Token

_DEGREE, _OTHER = "do", "md"
_DEGREE_ALONE = (Concept("credential", "DO"),)
_OSTEOPATH = (Concept("specialty", "osteopathic_physician"), *_DEGREE_ALONE)
_ARTICLES, _BETWEEN = group("degree_articles"), group("between_degrees")
_SCORE = 12.0


def degrees(tokens: Sequence[Token]) -> Iterator[Match]:
    """Where "DO" is the degree: "a DO near me", "find a do in tulsa", "md or do"."""
    mixed = len(tokens) == 1 or any(token.raw.isalpha() and not token.raw.isupper() for token in tokens)
    for at, token in enumerate(tokens):
        if token.word != _DEGREE:
            continue
        if _is_beside_another(tokens, at):
            yield Match(at, at + 1, _DEGREE_ALONE, 2 * _SCORE)
        elif at > 0 and tokens[at - 1].word in _ARTICLES and not token.breaks:
            yield Match(at - 1, at + 1, _OSTEOPATH, 2 * _SCORE)
        elif token.raw.isupper() and mixed:
            yield Match(at, at + 1, _OSTEOPATH, _SCORE)


def _is_beside_another(tokens: Sequence[Token], at: int) -> bool:
    """ "md or do": either degree will do, and no kind of professional is meant."""
    before = [token.word for token in tokens[max(0, at - 2) : at]]
    behind = [token.word for token in tokens[at + 1 : at + 3]]
    return any(len(pair) > 1 and pair[0] in _BETWEEN and pair[1] == _OTHER for pair in (behind, list(reversed(before))))
