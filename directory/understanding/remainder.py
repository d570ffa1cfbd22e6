"""What to make of words that nothing explains: a misspelt place, an unknown payer, or somebody's name."""

import re
from dataclasses import dataclass

from directory.search.places import Resolution
from directory.understanding.answerless import AnswerlessReader
from directory.understanding.match import Match, span_of
from directory.understanding.names import NameReader
from directory.understanding.parsed import Parsed
from directory.understanding.reading import Span, Unanswerable
from directory.understanding.tables import group, table
from directory.understanding.where import WhereReader, is_behind_preposition

_INSURANCE_BEFORE, _INSURANCE_BEHIND = group("insurance_before"), group("insurance_behind")
_OWN_BEFORE = frozenset(table("groups.toml")["own_name_before"])
_POSSESSIVE = re.compile("['’]s$")
_SHORTEST_PLACE = 5


@dataclass(frozen=True, slots=True)
class Remainder:
    """At most one of a name, a guessed place and something unknown; `span` are its characters."""

    span: Span | None = None
    name: str = ""
    guess: Resolution | None = None
    unanswerable: tuple[Unanswerable, ...] = ()


class RemainderReader:
    """Reads what is left over when everything else has been claimed."""

    def __init__(self, names: NameReader, where: WhereReader, answerless: AnswerlessReader) -> None:
        self._names = names
        self._where = where
        self._answerless = answerless

    def read(self, parsed: Parsed, *, placed: bool, taken: frozenset[int]) -> Remainder:
        """`placed` says that a place was found already; `taken` words belong to something else."""
        titled = next((match for match in parsed.matches if match.has("name")), None)
        if titled is not None:
            if _is_refused(parsed, titled):
                return Remainder(unanswerable=(self._unknown(parsed, "not_person", titled.first, titled.last),))
            behind_title = "titled" in titled.codes("name")
            first, last = (titled.first + 1, titled.last) if behind_title else (titled.first, titled.last - 1)
            return self._named(parsed, first, last)
        left = self._names.remainder(parsed, taken)
        if left is None or _is_own(parsed, left[0]):
            return Remainder()
        return self._explained(parsed, *left, placed=placed)

    def _explained(self, parsed: Parsed, first: int, last: int, *, placed: bool) -> Remainder:
        span = span_of(parsed.tokens, first, last, "location", "guess")
        text = parsed.text[span.start : span.end]
        if _is_insurance(parsed, first, last):
            return Remainder(unanswerable=(self._unknown(parsed, "insurer", first, last),))
        preposition = is_behind_preposition(parsed.tokens, first)
        if not placed and (preposition or len(text) >= _SHORTEST_PLACE):
            guess = self._where.guess(text, behind_preposition=preposition)
            if guess is not None:
                return Remainder(span=span, guess=guess)
            if preposition:
                return Remainder(unanswerable=(self._unknown(parsed, "place", first, last),))
        return self._named(parsed, first, last)

    def _named(self, parsed: Parsed, first: int, last: int) -> Remainder:
        span = span_of(parsed.tokens, first, last, "name", "")
        return Remainder(span=span, name=_POSSESSIVE.sub("", parsed.text[span.start : span.end]))

    def _unknown(self, parsed: Parsed, code: str, first: int, last: int) -> Unanswerable:
        return self._answerless.of(code, span_of(parsed.tokens, first, last, "unanswerable", code))


def _is_refused(parsed: Parsed, titled: Match) -> bool:
    """ "anyone but Dr. Smith"."""
    return any(match.cue("avoid") and 0 <= titled.first - match.last <= 1 for match in parsed.matches)


def _is_own(parsed: Parsed, first: int) -> bool:
    """ "My name is Maria"."""
    before = " ".join(token.word for token in parsed.tokens[max(0, first - 2) : first])
    return before in _OWN_BEFORE


def _is_insurance(parsed: Parsed, first: int, last: int) -> bool:
    before = parsed.tokens[first - 1].word if first and not parsed.tokens[first].breaks else ""
    behind = parsed.tokens[last].word if last < len(parsed.tokens) and not parsed.tokens[last].breaks else ""
    return before in _INSURANCE_BEFORE or behind in _INSURANCE_BEHIND
