"""A part of the body and a complaint near each other: "my lower back has been really sore"."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from directory.understanding.lexicon import Concept
from directory.understanding.match import Match
from directory.understanding.tables import table
from directory.understanding.tokens import Token

_REACH = 5
"""Words between part and complaint; all of them everyday words."""
_EACH = 10.0
_APART = (["and"], ["y"])
"""Words that set a part and a complaint side by side: "Lakeshore Spine and Pain"."""
_BACK = "back"
_KINDS = ("part", "complaint")


def body_phrases() -> Iterator[tuple[str, Concept]]:
    """Every word for a part or a complaint with what it stands for."""
    data: Mapping[str, Any] = table("body.toml")
    for kind in _KINDS:
        for row in data[kind]:
            yield from ((text, Concept(kind, row["code"])) for text in row["words"])


class BodyReader:
    """Pairs parts with complaints by the committed table. `ordinary` words may stand between them."""

    def __init__(self, ordinary: frozenset[str]) -> None:
        self._ordinary = ordinary
        self._means: dict[tuple[str, str], Concept] = {}
        data: Mapping[str, Any] = table("body.toml")
        self._not_behind, self._not_before = (frozenset(data[name]) for name in ("not_back_behind", "not_back_before"))
        complaints = [row["code"] for row in data["complaint"]]
        for part in data["part"]:
            for complaint in complaints:
                if complaint in part:
                    self._means[part["code"], complaint] = Concept(*part[complaint].split(":"))

    def pairs(self, tokens: Sequence[Token], found: Sequence[Match]) -> Iterator[Match]:
        """What a part and a complaint mean together, wherever they stand near each other in one sentence."""
        parts = [match for match in found if match.has("part") and not self._is_adverb(tokens, match)]
        complaints = [match for match in found if match.has("complaint")]
        for part in parts:
            for complaint in complaints:
                concept = self._means.get((part.codes("part")[0], complaint.codes("complaint")[0]))
                if concept is not None and self._near(tokens, part, complaint):
                    yield _pair(part, complaint, concept)

    def _is_adverb(self, tokens: Sequence[Token], part: Match) -> bool:
        """ "the pain is back", "back of my leg"."""
        if part.codes("part")[0] != _BACK or part.last - part.first > 1:
            return False
        before = tokens[part.first - 1].word if part.first else ""
        behind = tokens[part.last].word if part.last < len(tokens) else ""
        return before in self._not_behind or behind in self._not_before

    def _near(self, tokens: Sequence[Token], part: Match, complaint: Match) -> bool:
        first, second = sorted((part, complaint), key=lambda match: match.first)
        between = tokens[first.last : second.first]
        return (
            first.last <= second.first
            and len(between) <= _REACH
            and not any(token.breaks for token in tokens[first.last : second.last])
            and [token.word for token in between] not in _APART
            and all(token.word in self._ordinary for token in between)
        )


def _pair(part: Match, complaint: Match, concept: Concept) -> Match:
    first, last = min(part.first, complaint.first), max(part.last, complaint.last)
    said = (part.last - part.first) + (complaint.last - complaint.first)
    score = _EACH * said + 3.0 - 0.5 * (last - first - said)
    return Match(first, last, (concept,), score, part.typos + complaint.typos)
