"""Finds red-flag findings in a text: words become concepts, concepts match templates, contexts set matches aside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from directory.understanding.findings.assessment import Finding
from directory.understanding.findings.contexts import Contexts
from directory.understanding.findings.feeling import Feeling
from directory.understanding.findings.lexicon import Concept, Lexicon
from directory.understanding.findings.templates import NUMBER, Chart, match
from directory.understanding.findings.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Match:
    """Words `start` (inclusive) to `end` (exclusive) matched a pattern of a finding."""

    finding: str
    manner: str
    start: int
    end: int


class Detector:
    """Reads findings from texts with one lexicon; pure and deterministic."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._felt = tuple(
            tuple(concept for concept in lexicon.felt if concept.level == level) for level in range(len(lexicon.levels))
        )

    def findings(self, text: str) -> tuple[Finding, ...]:
        """Return every finding, those set aside too, in the order of the text. Never raises."""
        words = tokens(text)
        chart = self._chart(words)
        matches = tuple(dict.fromkeys(self._matches(chart)))
        contexts = Contexts(chart, self._lexicon, [(found.start, found.end) for found in matches])
        unless = self._unless(chart)
        found = [self._finding(one, words, contexts, unless) for one in matches]
        return tuple(sorted(_clearest(found), key=lambda finding: (finding.start, finding.end, finding.code)))

    def _chart(self, words: tuple[Token, ...]) -> Chart:
        chart = Chart(words)
        for place, token in enumerate(words):
            if token.number is not None:
                chart.add(NUMBER, place, place + 1)
                chart.add(token.word, place, place + 1)
            else:
                for name in self._lexicon.spellings.readings(token.word):
                    chart.add(name, place, place + 1)
        for level, index in enumerate(self._lexicon.levels):
            for place in range(len(words)):
                for name in chart.names(place):
                    for concept, template in index.get(name, ()):
                        if (end := match(template, chart, place)) is not None:
                            chart.add(concept, place, end)
            self._join_feelings(chart, self._felt[level])
        return chart

    def _join_feelings(self, chart: Chart, concepts: Sequence[Concept]) -> None:
        named = {sensation for concept in concepts for sensation, _ in concept.felt}
        there = chart.among(named)
        if not there:
            return
        feeling = Feeling(chart, self._lexicon.parts)
        pairs = {sensation: tuple(feeling.pairs(sensation)) for sensation in there}
        for concept in concepts:
            for sensation, part in concept.felt:
                for start, end, parts in pairs.get(sensation, ()):
                    if part in parts:
                        chart.add(f"@{concept.name}", start, end)

    def _matches(self, chart: Chart) -> Iterator[Match]:
        for place in range(len(chart.tokens)):
            for name in chart.names(place):
                for pattern in self._lexicon.patterns.get(name, ()):
                    if (end := match(pattern.template, chart, place)) is not None:
                        yield Match(pattern.finding, pattern.manner, place, end)

    def _unless(self, chart: Chart) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for place in range(len(chart.tokens)):
            for name in chart.names(place):
                for finding, template in self._lexicon.unless.get(name, ()):
                    if (end := match(template, chart, place)) is not None:
                        found.setdefault(finding, []).append((place, end))
        return found

    def _finding(
        self, one: Match, words: tuple[Token, ...], contexts: Contexts, unless: dict[str, list[tuple[int, int]]]
    ) -> Finding:
        kind = self._lexicon.kinds[one.finding]
        vetoes = [] if one.manner == "certain" else unless.get(one.finding, [])
        reason = contexts.reason(one.start, one.end, kind, named=one.manner == "named", vetoes=vetoes)
        return Finding(one.finding, words[one.start].start, words[one.end - 1].end, reason)


def _clearest(found: list[Finding]) -> Iterator[Finding]:
    """One finding of each code and place: the shortest that counts, or where none counts, the shortest."""
    best: dict[tuple[str, int], Finding] = {}
    for finding in found:
        key = (finding.code, finding.start)
        rank = (bool(finding.set_aside), finding.end)
        if key not in best or rank < (bool(best[key].set_aside), best[key].end):
            best[key] = finding
    return iter(best.values())
