"""How long something has lasted: "3 months", "6wks", "a couple of years", "hace 3 meses"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from directory.understanding.ages import Age
from directory.understanding.tables import group, table
from directory.understanding.tokens import Token, folded_word, words_of

_ONE = frozenset({"a", "an", "one", "un", "una", "uno"})
_ONE_BEHIND = group("one_behind")
_SINCE, _DATES = group("since"), group("dates")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_JOINED = re.compile(r"(\d+(?:[.,]\d+)?)([a-z]+)")


@dataclass(frozen=True, slots=True)
class Lasting:
    """Words `first` to `last` (exclusive) say `weeks`. `of` is True where what lasted follows ("6 weeks of ...");
    `ago` where it is a point in the past."""

    first: int
    last: int
    weeks: float
    of: bool = False
    ago: bool = False


class DurationReader:
    """Reads durations by the committed table of units and number words."""

    def __init__(self) -> None:
        data: Mapping[str, Any] = table("durations.toml")
        self._units = {folded_word(word): unit["weeks"] for unit in data["unit"] for word in unit["words"]}
        self._numbers = {words_of(text): float(row["value"]) for row in data["number"] for text in row["words"]}
        self._longest = max(map(len, self._numbers))
        self._not_lasting = frozenset(map(folded_word, data["not_lasting_before"]))
        self._ages = frozenset(map(folded_word, data["age_after"]))
        self._ago = frozenset(map(folded_word, data["ago_after"]))
        self._of = frozenset(map(folded_word, data["of_after"]))
        self._other = frozenset(map(folded_word, data["something_else_after"]))

    def read(self, tokens: Sequence[Token], ages: Sequence[Age]) -> tuple[Lasting, ...]:
        """Durations in order, without the words of ages and times ahead ("in 2 weeks")."""
        taken = {at for age in ages for at in range(age.first, age.last)}
        found: list[Lasting] = []
        at = 0
        while at < len(tokens):
            lasting = next(self._at(tokens, at), None) if at not in taken else None
            if lasting is not None:
                found.append(lasting)
            at = lasting.last if lasting is not None else at + 1
        return tuple(found)

    def _at(self, tokens: Sequence[Token], at: int) -> Iterator[Lasting]:
        joined = _JOINED.fullmatch(tokens[at].word)
        if joined and joined[2] in self._units:
            yield from self._meant(tokens, at, at + 1, _number(joined[1]) * self._units[joined[2]])
        for unit, value in self._amounts(tokens, at):
            if unit < len(tokens) and not tokens[unit].breaks and tokens[unit].word in self._units:
                yield from self._meant(tokens, at, unit + 1, value * self._units[tokens[unit].word])

    def _amounts(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, float]]:
        """(word behind, value) of the amounts that begin at a word; of a range the upper end counts."""
        for end, value in self._numbers_at(tokens, at):
            separated = end < len(tokens) and (
                tokens[end].word in {"to", "or", "a", "o"} or tokens[end].gap.strip() in "-–"
            )
            upper = end + (0 if end < len(tokens) and tokens[end].gap.strip() in {"-", "–"} else 1)
            if separated and upper < len(tokens):
                yield from self._numbers_at(tokens, upper)
            yield end, value

    def _numbers_at(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, float]]:
        word = tokens[at].word
        if word.replace(".", "").replace(",", "").isdecimal() and word.isascii() and len(word) <= 5:
            yield at + 1, _number(word)
            return
        before = tokens[at - 1].word if at and not tokens[at].breaks else ""
        if word in _ONE and before and before not in _ONE_BEHIND:
            return
        for length in range(self._longest, 0, -1):
            words = tuple(token.word for token in tokens[at : at + length])
            if len(words) == length and words in self._numbers:
                yield at + length, self._numbers[words]

    def _meant(self, tokens: Sequence[Token], first: int, last: int, weeks: float) -> Iterator[Lasting]:
        before = tokens[first - 1].word if first and not tokens[first].breaks else ""
        behind = tokens[last].word if last < len(tokens) and not tokens[last].breaks else ""
        if before in self._not_lasting or behind in self._ages or behind in self._other or not weeks:
            return
        ago = behind in self._ago
        yield Lasting(first, last + (behind in self._ago), weeks, of=behind in self._of, ago=ago)


def since_when(tokens: Sequence[Token]) -> tuple[int, int] | None:
    """(first, last) of words such as "since March", which only a calendar could count."""
    for at, token in enumerate(tokens[:-1]):
        following = tokens[at + 1]
        if token.word in _SINCE and not following.breaks and (following.word in _DATES or _is_year(following.word)):
            return at, at + 2
    return None


def _is_year(word: str) -> bool:
    return word.isascii() and word.isdecimal() and _FIRST_YEAR <= int(word[:5]) <= _LAST_YEAR


def _number(text: str) -> float:
    whole, _, part = text.replace(",", ".").partition(".")
    return float(f"{whole[:6]}.{part.split('.')[0][:6] or '0'}")
