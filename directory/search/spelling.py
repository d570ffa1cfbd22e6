"""How a query word matches an indexed word. Engines index for speed; this states what they must find."""

from collections.abc import Iterable
from enum import StrEnum

from directory.search.query import FUZZY_LETTERS, PREFIX_LETTERS


class Tier(StrEnum):
    """Ways a word matches, best first."""

    EXACT = "exact"
    PREFIX = "prefix"
    TYPO = "typo"


def tier(word: str, others: Iterable[str]) -> Tier | None:
    """The best way in which a query word matches any of the indexed words, or None."""
    candidates = set(others)
    if word in candidates:
        return Tier.EXACT
    if len(word) >= PREFIX_LETTERS and any(other.startswith(word) for other in candidates):
        return Tier.PREFIX
    if len(word) >= FUZZY_LETTERS and any(within_one_typo(word, other) for other in candidates):
        return Tier.TYPO
    return None


def within_one_typo(word: str, other: str) -> bool:
    """True where one insertion, deletion, substitution or swap of neighbours, or none, turns one into the other."""
    if abs(len(word) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, other_rest = word[start:], other[start:]
    return (
        rest[1:] == other_rest[1:]
        or rest == other_rest[1:]
        or rest[1:] == other_rest
        or (rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:])
    )
