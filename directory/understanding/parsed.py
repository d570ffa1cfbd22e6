"""A text taken apart: its words, and the phrases that were recognised in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from directory.understanding.ages import Age
from directory.understanding.durations import Lasting
from directory.understanding.match import Match, span_of
from directory.understanding.reading import Span
from directory.understanding.tokens import Token


# Not slotted: cached_property keeps its value in the instance dictionary.
@dataclass(frozen=True)
class Parsed:
    """`matches` are in order and do not overlap; `inner` are phrases inside the matches that say more than they do
    ("pediatric" in "pediatric scoliosis"). `timed` are the words of durations and ages."""

    text: str
    tokens: tuple[Token, ...]
    matches: tuple[Match, ...]
    inner: tuple[Match, ...] = ()
    durations: tuple[Lasting, ...] = ()
    ages: tuple[Age, ...] = ()

    @cached_property
    def spoken(self) -> tuple[Token, ...]:
        """The words outside places and names, which belong to no language."""
        apart = {at for m in self.matches if m.has("place") or m.has("name") for at in range(m.first, m.last)}
        return tuple(token for at, token in enumerate(self.tokens) if at not in apart)

    @cached_property
    def timed(self) -> frozenset[int]:
        durations = (at for item in self.durations for at in range(item.first, item.last))
        return frozenset((*durations, *(at for age in self.ages for at in range(age.first, age.last))))

    def span(self, match: Match, kind: str, code: str) -> Span:
        """The characters of a match, read as `kind` with `code`."""
        return span_of(self.tokens, match.first, match.last, kind, code)

    def breaks_between(self, first: int, last: int) -> bool:
        """True where a sentence ends between two words."""
        return any(token.breaks for token in self.tokens[first + 1 : last + 1])

    def word_before(self, match: Match) -> str:
        """The folded word before a match in its sentence, "" where there is none."""
        at = match.first
        return "" if at == 0 or self.tokens[at].breaks else self.tokens[at - 1].word

    def word_after(self, match: Match) -> str:
        """The folded word behind a match in its sentence, "" where there is none."""
        at = match.last
        return "" if at >= len(self.tokens) or self.tokens[at].breaks else self.tokens[at].word

    def between(self, before: Match, after: Match) -> Sequence[Token]:
        """The words between two matches."""
        return self.tokens[before.last : after.first]
