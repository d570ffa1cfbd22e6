"""A distance that results must lie within: "within 10 miles", "a menos de 5 km"."""

from collections.abc import Sequence
from dataclasses import dataclass

from directory.domain.place import METRES_PER_MILE
from directory.understanding.tables import group
from directory.understanding.tokens import Token

_MILES, _KILOMETRES = group("miles"), group("kilometres")
_BEFORE, _BEHIND = group("radius_before"), group("radius_behind")
_METRES_PER_KILOMETRE = 1_000.0
MAX_MILES = 500.0


@dataclass(frozen=True, slots=True)
class Radius:
    """Words `first` to `last` (exclusive) say a radius in miles."""

    first: int
    last: int
    miles: float


def radius(tokens: Sequence[Token]) -> Radius | None:
    """The first distance that is meant as a limit; "I walk 2 miles" is none."""
    for at, token in enumerate(tokens[:-1]):
        unit = tokens[at + 1].word
        known = unit in _MILES or unit in _KILOMETRES
        if not known or tokens[at + 1].breaks or not token.word.isascii() or not token.word.isdecimal():
            continue
        before = _before(tokens, at)
        behind = tokens[at + 2].word if at + 2 < len(tokens) else ""
        miles = float(token.word[:4]) * (1.0 if unit in _MILES else _METRES_PER_KILOMETRE / METRES_PER_MILE)
        if (before in _BEFORE or behind in _BEHIND) and 0 < miles <= MAX_MILES:
            return Radius(at - (before in _BEFORE), at + 2 + (behind in _BEHIND), round(miles, 2))
    return None


def _before(tokens: Sequence[Token], at: int) -> str:
    """The word before a number, beyond "de" ("a menos de 8 km")."""
    back = 2 if at > 1 and tokens[at - 1].word == "de" else 1
    return tokens[at - back].word if at >= back else ""
