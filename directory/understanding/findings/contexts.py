"""Why a match does not count: denied, long past, feared, another person's or an animal's, or a mere topic."""

from collections.abc import Sequence

from directory.understanding.findings.lexicon import FindingKind, Lexicon
from directory.understanding.findings.templates import Chart
from directory.understanding.findings.tokens import Pause

_REACH = 8
"""Words that a denial reaches, lists included."""
_NEAR = 4
"""Words around an event in which "today" dates it."""
_CLOSE = 6
"""Words between a finding and what makes it harmless."""
_BESIDE = 2
"""Words between a finding and what dates it."""


class Contexts:
    """Judges matches of one chart. `matches` are the spans of all findings, so that lists can be followed."""

    def __init__(self, chart: Chart, lexicon: Lexicon, matches: Sequence[tuple[int, int]]) -> None:
        self._chart = chart
        self._cues = lexicon.cues
        self._matches = matches
        self._spans = {name: tuple(chart.spans(f"@{name}")) for name in lexicon.cues}
        self._sentence = _sentences(chart)

    def reason(self, start: int, end: int, kind: FindingKind, *, named: bool, vetoes: Sequence[tuple[int, int]]) -> str:
        """Return why a match is set aside, "" where it counts."""
        if any(self._bears_on(start, end, veto) for veto in vetoes) or (named and self._is_topic(start, end)):
            found = "topic"
        elif self._denied(start) or self._denied_after(end):
            found = "negated"
        elif self._is_past(start, end, kind):
            found = "history"
        elif self._spans["animal"] or (named and self._cue("others_past", start, end)):
            found = "other_person"
        elif self._cue("feared" if named else "feared_act", start, end):
            found = "hypothetical"
        else:
            found = ""
        return "" if found in kind.keeps else found

    def _together(self, one: int, other: int) -> bool:
        return self._sentence[one] == self._sentence[other]

    def _is_topic(self, start: int, end: int) -> bool:
        return self._cue("topic_after", start, end) or self._cue("topic_before", start, end)

    def _cue(self, name: str, start: int, end: int) -> bool:
        cue = self._cues[name]
        for first, last in self._spans[name]:
            if not self._together(first, start):
                continue
            if cue.before and 0 <= start - last < cue.before:
                return True
            if cue.after and 0 <= first - end < cue.after:
                return True
        return False

    def _denied(self, start: int) -> bool:
        place, comma = start, False
        while place > 0 and start - place < _REACH and self._chart.tokens[place].pause is not Pause.SENTENCE:
            comma = comma or self._chart.tokens[place].pause is Pause.COMMA
            if self._ends("strong_negator", place):
                return True
            if self._ends("negator", place):
                return not comma or self._listed(place, start)
            before = self._skipped(place, start)
            if before is None:
                return False
            place = before
        return False

    def _skipped(self, place: int, start: int) -> int | None:
        """Step over one carrying word, or over another finding that a list joins to this one."""
        if self._ends("carry", place):
            return place - 1
        joined = (
            self._chart.tokens[place].pause is Pause.COMMA or self._ends("or", place) or self._ends("or", place + 1)
        )
        earlier = [first for first, last in self._matches if last == place and first < place <= start]
        if self._ends("or", place):
            earlier = [first for first, last in self._matches if last == place - 1]
        if self._starts("or", place):
            joined = True
        return min(earlier) if earlier and joined else None

    def _listed(self, place: int, start: int) -> bool:
        return any(
            self._ends("or", there) for there in range(place + 1, min(start + _REACH, len(self._chart.tokens)) + 1)
        )

    def _denied_after(self, end: int) -> bool:
        tokens = self._chart.tokens
        if end >= len(tokens) or tokens[end].pause is Pause.SENTENCE:
            return False
        last = end + 1 >= len(tokens) or tokens[end + 1].pause is not Pause.NONE
        return tokens[end].word in {"no", "none", "denied", "negative", "absent", "negativo", "ninguno"} and last

    def _is_past(self, start: int, end: int, kind: FindingKind) -> bool:
        if kind.lasting and (self._cue("long_lasting", start, end) or self._cue("of_old", start, end)):
            return not self._anywhere(("sudden", "close_to_now"), start)
        cues = [
            cue for cue in self._spans["past"] if self._together(cue[0], start) and not self._of_procedure(cue, start)
        ]
        if kind.event:
            return any(self._dates(start, cue) for cue in cues) and not self._near_now(start, end)
        return any(self._beside(start, end, cue) or self._opens(start, cue) for cue in cues)

    def _bears_on(self, start: int, end: int, veto: tuple[int, int]) -> bool:
        """Whether what makes a finding harmless stands close to it, in the same breath."""
        first, last = veto
        low, high = (last, start) if last <= start else (end, first)
        return self._together(first, start) and high - low <= _CLOSE and not self._broken(low, high)

    def _beside(self, start: int, end: int, cue: tuple[int, int]) -> bool:
        """Whether a cue stands next to a finding: "numb groin (two words at most) in 2015", "history of it"."""
        first, last = cue
        low, high = (last, start) if last <= start else (end, first)
        return self._together(first, start) and high - low <= _BESIDE and not self._broken(low, high)

    def _opens(self, start: int, cue: tuple[int, int]) -> bool:
        """Whether a cue opens the sentence and dates it: "in 2015 I had ..."."""
        first, last = cue
        opening = first == 0 or self._sentence[first - 1] != self._sentence[first]
        return opening and last <= start and not self._broken(last, start)

    def _dates(self, start: int, cue: tuple[int, int]) -> bool:
        return cue[0] >= start or start - cue[1] <= _BESIDE or self._opens(start, cue)

    def _of_procedure(self, cue: tuple[int, int], start: int) -> bool:
        """Whether a cue dates an injection or operation that is not the finding itself."""
        return any(
            0 <= cue[0] - last < _BESIDE and not first <= start < last and first != start
            for first, last in self._chart.spans("@spine_procedure")
        )

    def _broken(self, low: int, high: int) -> bool:
        """Whether a comma or a word such as "now" stands between two places."""
        within = range(low, min(high, len(self._chart.tokens) - 1) + 1)
        comma = any(self._chart.tokens[place].pause is Pause.COMMA for place in within)
        return comma or any(low <= shift < high for shift, _ in self._spans["shift"])

    def _anywhere(self, names: tuple[str, ...], start: int) -> bool:
        return any(self._together(first, start) for name in names for first, _ in self._chart_spans(name))

    def _chart_spans(self, name: str) -> tuple[tuple[int, int], ...]:
        return tuple(self._chart.spans(f"@{name}"))

    def _near_now(self, start: int, end: int) -> bool:
        return any(
            start - _NEAR <= first and last <= end + _NEAR
            for first, last in self._spans["close_to_now"]
            if self._together(first, start)
        )

    def _ends(self, name: str, place: int) -> bool:
        return any(last == place for _, last in self._spans[name])

    def _starts(self, name: str, place: int) -> bool:
        return any(first == place for first, _ in self._spans[name])


def _sentences(chart: Chart) -> tuple[int, ...]:
    number, found = 0, []
    for token in chart.tokens:
        number += token.pause is Pause.SENTENCE
        found.append(number)
    return tuple(found)
