"""Where phrases occur in a text, and which of those that overlap are meant."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from directory.understanding.lexicon import Concept, Lexicon, Node
from directory.understanding.reading import Span
from directory.understanding.tokens import Token

_PER_WORD = 10
_TOGETHER = 2
"""One phrase of two words is preferred to two phrases of one word."""
_PER_CUE_WORD = 6
_PER_SAID_WORD = 7
_CUES = frozenset({"cue", "treatment_kind"})
_PER_TYPO = 6
_MAX_TYPOS = 2
_MAX_SKIPPED = 2
"""Optional words in a row inside a phrase."""


@dataclass(frozen=True, slots=True)
class Match:
    """Words `first` (inclusive) to `last` (exclusive) stand for `concepts`; of what overlaps the best score counts."""

    first: int
    last: int
    concepts: tuple[Concept, ...]
    score: float
    typos: int = 0

    def has(self, kind: str) -> bool:
        return any(concept.kind == kind for concept in self.concepts)

    def codes(self, kind: str) -> tuple[str, ...]:
        """Codes of one kind, the usual meaning first."""
        return tuple(concept.code for concept in self.concepts if concept.kind == kind)

    def cue(self, code: str) -> bool:
        return Concept("cue", code) in self.concepts


def span_of(tokens: Sequence[Token], first: int, last: int, kind: str, code: str) -> Span:
    """The characters of words `first` to `last` (exclusive)."""
    return Span(tokens[first].start, tokens[last - 1].end, kind, code)


def phrases(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Match]:
    """Every phrase of the lexicon in the text, overlapping ones too."""
    spellings = [lexicon.spellings(token.word) for token in tokens]
    optional = [lexicon.same(token.word) in lexicon.optional for token in tokens]

    def after(at: int, node: Node, words: int, typos: int, skipped: int = 0) -> Iterator[Match]:
        """Phrases that go on with the word `at`, or with one behind optional words."""
        if at == len(tokens) or (words and tokens[at].breaks):
            return
        for word, wrong in spellings[at]:
            following = node.following.get(word)
            if following is not None and typos + wrong <= _MAX_TYPOS:
                alone = words == 0 and bool(wrong) and not lexicon.stands_alone(tokens[at].word, word)
                if following.concepts and not alone:
                    score = _score(following.concepts, words + 1, typos + wrong)
                    yield Match(first, at + 1, following.concepts, score, typos + wrong)
                yield from after(at + 1, following, words + 1, typos + wrong)
        if words and optional[at] and skipped < _MAX_SKIPPED:
            yield from after(at + 1, node, words, typos, skipped + 1)

    for first in range(len(tokens)):
        yield from after(first, lexicon.root, 0, 0)


def _score(concepts: tuple[Concept, ...], words: int, typos: int) -> float:
    kinds = {concept.kind for concept in concepts}
    each = (
        _PER_CUE_WORD
        if kinds <= {"cue", "treatment_kind"}
        else _PER_SAID_WORD
        if kinds == {"unanswerable"}
        else _PER_WORD
    )
    return each * words + _TOGETHER * (words - 1) - _PER_TYPO * typos


def choose(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The matches that do not overlap and score most together, in their order; ties go to what ends first."""
    ordered = sorted(set(matches), key=lambda match: (match.last, match.first, match.typos, match.concepts))
    ends, best = [0], [_Chosen(0.0, None, None)]
    for match in ordered:
        before = best[bisect_right(ends, match.first) - 1]
        chosen = _Chosen(before.score + match.score, match, before)
        if chosen.score <= best[-1].score:
            continue
        if ends[-1] == match.last:
            best[-1] = chosen
        else:
            ends.append(match.last)
            best.append(chosen)
    return tuple(reversed(list(best[-1].matches())))


class _Chosen(NamedTuple):
    """The best choice up to some word: its score, its last match, and the choice before it."""

    score: float
    match: Match | None
    before: "_Chosen | None"

    def matches(self) -> Iterator[Match]:
        chosen: _Chosen | None = self
        while chosen is not None and chosen.match is not None:
            yield chosen.match
            chosen = chosen.before
