"""Ages, which are no durations: "for my 8 year old", "mi papá de 78 años", "45F"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from directory.understanding.tables import group
from directory.understanding.tokens import Token

_UNITS, _MARKS, _BEFORE = group("age_units"), group("age_marks"), group("age_before")
_MONTHS, _OWN, _RELATIVES = group("month_units"), group("own_before"), group("relatives")
_WITH_SEX = re.compile(r"(\d{1,2})[fm]")
_WITH_UNIT = re.compile(r"(\d{1,3})(yo|yr|yrs|y)")
OLDEST = 110
_CHILD, _ADULT, _OLDER = 13, 18, 65


@dataclass(frozen=True, slots=True)
class Age:
    """Words `first` to `last` (exclusive) say an age in years; `own` where it is the writer's."""

    first: int
    last: int
    years: float
    own: bool

    @property
    def group(self) -> str:
        """The age group to look for, "" where the age asks for none: older people are seen by almost everybody."""
        if self.years < _CHILD:
            return "child"
        if self.years < _ADULT:
            return "adolescent"
        return "older_adult" if self.years >= _OLDER and not self.own else ""


def ages(tokens: Sequence[Token]) -> tuple[Age, ...]:
    """Ages in order."""
    found = (next(_at(tokens, at), None) for at in range(len(tokens)))
    return tuple(age for age in found if age is not None)


def _at(tokens: Sequence[Token], at: int) -> Iterator[Age]:
    token = tokens[at]
    joined = _WITH_SEX.fullmatch(token.word) or _WITH_UNIT.fullmatch(token.word)
    if joined:
        last = at + 2 if _word(tokens, at + 1) in _MARKS else at + 1
        yield Age(at, last, float(joined[1]), _is_own(tokens, at))
    if not (token.word.isdecimal() and token.word.isascii() and int(token.word[:4]) <= OLDEST):
        return
    yield from _numbered(tokens, at, float(token.word))


def _numbered(tokens: Sequence[Token], at: int, value: float) -> Iterator[Age]:
    unit, mark = _word(tokens, at + 1), _word(tokens, at + 2)
    before = _word(tokens, at - 1) if at and not tokens[at].breaks else ""
    if unit in _UNITS:
        years = value / 12 if unit in _MONTHS else value
        last = at + 2
        if mark == "de" and _word(tokens, at + 3) in _MARKS:
            yield Age(at, at + 4, years, _is_own(tokens, at))
        elif unit in _MONTHS and not _is_near_somebody(tokens, at):
            return
        elif unit in _MARKS or mark in _MARKS or (unit == "y" and mark == "o"):
            yield Age(at, last + (mark in _MARKS or mark == "o"), years, _is_own(tokens, at))
        elif unit not in _MONTHS and _is_of_somebody(tokens, at, before):
            yield Age(at, last, years, _is_own(tokens, at))
    elif before in _BEFORE or (before in {"im", "am"} and unit in {"", "and", "with", "f", "m"}):
        yield Age(at, at + 1, value, _is_own(tokens, at))


def _is_of_somebody(tokens: Sequence[Token], at: int, before: str) -> bool:
    """ "mi hijo de 8 años", "tengo 45 años"."""
    if before in {"tengo", "tiene"}:
        return _word(tokens, at + 2) not in {"con", "de", "sufriendo", "padeciendo"}
    return before == "de" and any(_word(tokens, earlier) in _RELATIVES for earlier in range(max(0, at - 4), at))


def _is_near_somebody(tokens: Sequence[Token], at: int) -> bool:
    return any(_word(tokens, near) in _RELATIVES for near in range(max(0, at - 4), at + 6))


def _is_own(tokens: Sequence[Token], at: int) -> bool:
    near = {_word(tokens, earlier) for earlier in range(max(0, at - 4), at)}
    return bool(near & _OWN) and not near & _RELATIVES


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""
