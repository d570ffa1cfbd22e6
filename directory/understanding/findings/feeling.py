"""Joins a sensation to the parts of the body that it is felt in: "my groin feels numb", "numb toes and groin".

A sensation belongs to the parts that follow it ("numb toes"), or else to those before it. Where a verb joins it to
what stands before ("my groin is numb"), it belongs to both.
"""

from collections.abc import Iterator

from directory.understanding.findings.templates import TURN, Chart
from directory.understanding.findings.tokens import Pause

_LINKS = frozenset(
    [
        "in",
        "of",
        "on",
        "around",
        "at",
        "my",
        "the",
        "his",
        "her",
        "their",
        "your",
        "our",
        "a",
        "an",
        "all",
        "over",
        "across",
        "near",
        "between",
        "inside",
        "area",
        "areas",
        "region",
        "upper",
        "lower",
        "inner",
        "outer",
        "left",
        "right",
        "whole",
        "entire",
        "one",
        "this",
        "that",
        "some",
        "most",
        "very",
        "down",
        "up",
        "to",
        "into",
        "onto",
        "through",
        "throughout",
        "from",
        "and",
        "or",
        "with",
        "plus",
        "both",
        "also",
        "even",
        "like",
        "feeling",
        "sensation",
        "sensations",
        "feelings",
        "en",
        "de",
        "del",
        "la",
        "el",
        "las",
        "los",
        "mi",
        "mis",
        "su",
        "sus",
        "un",
        "una",
        "toda",
        "todo",
        "todas",
        "todos",
        "por",
        "hasta",
        "y",
        "o",
        "e",
        "u",
        "hacia",
        "bajo",
        "alrededor",
        "sobre",
        "parte",
        "zona",
        "lado",
        "izquierda",
        "izquierdo",
        "derecha",
        "derecho",
        "desde",
        "al",
        "cada",
        "ambas",
        "ambos",
        "mid",
        "middle",
        "front",
        "side",
        "sides",
        "back",
        "i",
        "radiating",
        "running",
        "going",
        "goes",
        "shooting",
        "spreading",
        "traveling",
        "baja",
        "corre",
        "que",
        "me",
    ]
)
_JOINS = frozenset(["and", "or", "plus", "y", "o", "e", "u", "to", "into", "down", "through", "also", "with", "hasta"])
_BESIDE = frozenset(["with", "con", "plus"])
"""Words behind which something else is named: "weak with back pain"."""
_VERBS = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "am",
        "feels",
        "feel",
        "felt",
        "feeling",
        "went",
        "goes",
        "go",
        "gone",
        "going",
        "gets",
        "get",
        "got",
        "getting",
        "has",
        "have",
        "had",
        "became",
        "become",
        "becoming",
        "turned",
        "turns",
        "turning",
        "keeps",
        "keep",
        "stays",
        "stay",
        "remains",
        "s",
        "esta",
        "estan",
        "estaba",
        "estaban",
        "se",
        "siente",
        "sienten",
        "sentia",
        "quedo",
        "quedaron",
        "queda",
        "quedan",
        "tengo",
        "tiene",
        "puso",
        "pusieron",
        "pone",
        "ponen",
        "anda",
        "sigue",
        "siguen",
        "seems",
        "seem",
        "looks",
        "just",
        "started",
        "starting",
        "fallen",
        "re",
    ]
)
_ADVERBS = frozenset(
    [
        "completely",
        "totally",
        "so",
        "very",
        "kinda",
        "kind",
        "sort",
        "of",
        "all",
        "really",
        "a",
        "bit",
        "little",
        "still",
        "now",
        "half",
        "partly",
        "partially",
        "suddenly",
        "always",
        "constantly",
        "almost",
        "quite",
        "pretty",
        "super",
        "rather",
        "somewhat",
        "more",
        "and",
        "or",
        "also",
        "too",
        "both",
        "mostly",
        "entirely",
        "fully",
        "completamente",
        "muy",
        "bien",
        "medio",
        "como",
        "toda",
        "todo",
        "todas",
        "todos",
        "casi",
        "totalmente",
        "mas",
        "tan",
        "algo",
        "me",
        "lo",
        "area",
        "areas",
        "region",
        "zone",
        "part",
        "parts",
        "zona",
        "y",
        "o",
        "slightly",
        "extremely",
        "gradually",
        "slowly",
        "my",
        "the",
        "they",
        "it",
        "i",
        "both",
        "progressively",
        "increasingly",
    ]
)
_STRANGE = 2
"""Words of no kind above that may stand between a sensation and its part."""


class Feeling:
    """Finds pairs of sensation and part in a chart. `parts` are all concepts that are parts of the body."""

    def __init__(self, chart: Chart, parts: frozenset[str]) -> None:
        self._chart = chart
        self._parts = parts
        self._at = {start: self._longest(start) for start in range(len(chart.tokens))}
        self._ending = {end: start for start, (end, _) in self._at.items() if end}
        self._ending = self._outermost()

    def pairs(self, sensation: str) -> Iterator[tuple[int, int, frozenset[str]]]:
        """Yield start, end and the part concepts of each part that a sensation is felt in."""
        for start, end in self._chart.spans(sensation):
            right, direct = self._right(end)
            left, joined = self._left(start)
            for first, last in right:
                yield start, last, self._at[first][1]
            if joined or not (right and direct):
                for first, _ in left:
                    yield first, end, self._at[first][1]

    def _longest(self, start: int) -> tuple[int, frozenset[str]]:
        ends = [
            (end, name)
            for name in self._chart.names(start)
            if name in self._parts
            for end in self._chart.ends(name, start)
        ]
        if not ends:
            return 0, frozenset()
        longest = max(end for end, _ in ends)
        return longest, frozenset(name for end, name in ends if end == longest)

    def _outermost(self) -> dict[int, int]:
        ending: dict[int, int] = {}
        for start, (end, _) in self._at.items():
            if end and start < ending.get(end, start + 1):
                ending[end] = start
        return ending

    def _right(self, place: int) -> tuple[list[tuple[int, int]], bool]:
        found: list[tuple[int, int]] = []
        strange, direct = 0, True
        while not self._chart.ends_sentence(place) and not self._chart.has(TURN, place):
            end, _ = self._at[place]
            word = self._chart.tokens[place].word
            if not found and word in _BESIDE:
                break
            if end and not (found and not self._linked(found[-1][1], place)):
                found.append((place, end))
                place = end
                continue
            if word not in _LINKS and not end:
                strange += 1
                direct = direct and bool(found)
                if found or strange > _STRANGE or word in _VERBS:
                    break
            elif end:
                break
            place += 1
        return found, direct

    def _linked(self, last: int, place: int) -> bool:
        between = self._chart.tokens[last:place]
        comma = self._chart.tokens[place].pause is Pause.COMMA or any(token.pause is Pause.COMMA for token in between)
        return comma or any(token.word in _JOINS for token in between)

    def _left(self, start: int) -> tuple[list[tuple[int, int]], bool]:
        found: list[tuple[int, int]] = []
        strange, joined, place = 0, False, start
        while place > 0 and not self._chart.ends_sentence(place) and not self._chart.has(TURN, place - 1):
            part = self._ending.get(place)
            word = self._chart.tokens[place - 1].word
            if part is not None:
                if found and not self._linked(place, found[-1][0]):
                    break
                joined = joined or place == start
                found.append((part, place))
                place = part
                continue
            if found and word not in _LINKS:
                break
            verb = word in _VERBS
            joined = joined or (verb and not found)
            if not verb and word not in _ADVERBS and word not in _LINKS:
                strange += 1
                if strange > _STRANGE:
                    break
            if self._chart.tokens[place].pause is Pause.COMMA and not joined and not found:
                break
            place -= 1
        return found, joined
