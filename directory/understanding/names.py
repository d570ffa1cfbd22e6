"""A person's or clinic's name: what stands behind a title, or remains when everything else is understood."""

from collections.abc import Iterator, Sequence

from directory.understanding.lexicon import Concept
from directory.understanding.match import Match
from directory.understanding.parsed import Parsed
from directory.understanding.tables import group
from directory.understanding.tokens import Token
from directory.understanding.words import Words

_TITLES = group("titles")
_FULL_TITLES = group("full_titles")
_LONGEST = 4
_SCORE = 30.0
_NAME = (Concept("name", "person"),)
_MAX_REMAINDER = 4


def titled(
    tokens: Sequence[Token], words: Words, vocabulary: frozenset[str], places: frozenset[int]
) -> Iterator[Match]:
    """Names behind a title: "Dr. Payne", "dra lopez". The title belongs to the match; `places` has the words at which
    a place begins.

    A word of ours ("Dr. Paget", "dr cash") is a name where it is a known surname, or stands in capitals behind "Dr".
    """
    mixed = any(not token.capitalised for token in tokens)
    for at, token in enumerate(tokens[:-1]):
        title = token.word in _TITLES or token.word in _FULL_TITLES
        if not title or tokens[at + 1].follows_comma:
            continue
        last = at + 1
        while last < len(tokens) and last - at <= _LONGEST and _continues(tokens, at, last, words, vocabulary, mixed):
            last += 1
            if last in places:
                break
        if last > at + 1:
            yield Match(at, last, _NAME, _SCORE * (last - at - 1))


def _continues(
    tokens: Sequence[Token], at: int, last: int, words: Words, vocabulary: frozenset[str], mixed: bool
) -> bool:
    token = tokens[last]
    if token.breaks or token.follows_comma or token.word in words.ordinary or any(c.isdigit() for c in token.word):
        return False
    if token.word in vocabulary:
        short = tokens[at].word in _TITLES
        return token.word in words.surnames or (short and mixed and token.capitalised and last == at + 1)
    return True


def remainder(parsed: Parsed, words: Words, vocabulary: frozenset[str]) -> tuple[int, int] | None:
    """(first, last) of the words that nothing explains and that are nobody's everyday words, or None.

    Only a few words in a row are a name; in a longer text they must be written with capitals.
    """
    claimed = {at for match in parsed.matches for at in range(match.first, match.last)}
    runs: list[list[int]] = []
    for at, token in enumerate(parsed.tokens):
        if at in claimed or token.word in words.ordinary or not token.word.isalpha() or len(token.word) < 2:
            continue
        if runs and runs[-1][-1] == at - 1 and not token.breaks:
            runs[-1].append(at)
        else:
            runs.append([at])
    short = len(runs) == 1 and len(runs[0]) <= _MAX_REMAINDER and _mostly_understood(parsed, claimed, words)
    for run in runs:
        capitals = len(run) > 1 and all(parsed.tokens[at].capitalised for at in run) and not parsed.text.isupper()
        if short or capitals:
            return run[0], run[-1] + 1
    return None


def _mostly_understood(parsed: Parsed, claimed: set[int], words: Words) -> bool:
    ordinary = sum(1 for at, token in enumerate(parsed.tokens) if at not in claimed and token.word in words.ordinary)
    return ordinary <= _MAX_REMAINDER
