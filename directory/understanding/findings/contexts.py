"""Why a match does not count: denied, long past, feared, another person's or an animal's, or a mere topic."""

from collections.abc import Sequence

from directory.understanding.findings.lexicon import FindingKind, Lexicon
from directory.understanding.findings.templates import Chart
from directory.understanding.findings.tokens import Pause

_REACH = 8
"""Words that a denial reaches, lists included."""
_NEAR = 4
"""Words around an event in which "today" dates it."""


class Contexts:
    """Judges matches of one chart. `matches` are the spans of all findings, so that lists can be followed."""

    def __init__(self, chart: Chart, lexicon: Lexicon, matches: Sequence[tuple[int, int]]) -> None:
        self._chart = chart
        self._cues = lexicon.cues
        self._matches = matches
        self._spans = {name: tuple(chart.spans(f"@{name}")) for name in lexicon.cues}
        self._sentence = _sentences(chart)

    def reason(self, start: int, end: int, kind: FindingKind, *, named: bool, vetoes: Sequence[int]) -> str:
        """Return why a match is set aside, "" where it counts."""
        if any(self._together(start, place) for place in vetoes) or (named and self._is_topic(start, end)):
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
        cues = [span for span in self._spans["past"] if self._together(span[0], start)]
        if kind.event:
            return bool(cues) and not self._near_now(start, end)
        return any(self._same_breath(start, end, first, last) for first, last in cues)

    def _near_now(self, start: int, end: int) -> bool:
        return any(
            start - _NEAR <= first and last <= end + _NEAR
            for first, last in self._spans["close_to_now"]
            if self._together(first, start)
        )

    def _same_breath(self, start: int, end: int, first: int, last: int) -> bool:
        low, high = (last, start) if last <= start else (end, first)
        if low > high:
            return True
        comma = any(
            self._chart.tokens[place].pause is Pause.COMMA
            for place in range(low, min(high, len(self._chart.tokens) - 1) + 1)
        )
        return not comma and not any(low <= shift < high for shift, _ in self._spans["shift"])

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
