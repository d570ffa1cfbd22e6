"""Filters that a text names, those that listings cannot answer, and what is not meant as one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from directory.understanding.match import Match
from directory.understanding.parsed import Parsed
from directory.understanding.reading import FilterValue, Span, Unanswerable
from directory.understanding.tables import group
from directory.understanding.words import Answerless

_LISTS = frozenset({"insurance", "accessibility", "open_days"})
_FLAGS = frozenset({"telehealth", "accepting_new_patients", "board_certified", "second_opinion"})
_KINDS = {
    "insurer": "insurance",
    "language": "language",
    "accessibility": "accessibility",
    "day": "open_days",
    "credential": "credential",
    "age_group": "age_group",
}
_VISITS = {"telehealth": ("telehealth", "yes"), "second_opinion": ("second_opinion", "yes")}
_ONSET = group("day_of_onset")
_OLD = group("own_age")
_NO = group("denying")


@dataclass(frozen=True, slots=True)
class FilterPart:
    """One value of one filter, with the characters that say so."""

    key: str
    value: str
    span: Span


class FilterReader:
    """Reads filters from the matches of a text."""

    def __init__(self, answerless: Mapping[str, Answerless]) -> None:
        self._answerless = answerless

    def parts(self, parsed: Parsed) -> Iterator[FilterPart]:
        """Every filter value, in the order of the text."""
        for match in parsed.matches:
            if parsed.word_before(match) in _NO:
                continue
            for key, value in _values(parsed, match):
                yield FilterPart(key, value, parsed.span(match, key, value))

    def unanswerable(self, parsed: Parsed) -> Iterator[Unanswerable]:
        """What was asked for that listings do not state."""
        for match in parsed.matches:
            asked = match.codes("unanswerable") or match.codes("visit_type")
            for code in asked[:1]:
                known = self._answerless.get(code)
                if known is not None:
                    yield Unanswerable(code, parsed.span(match, "unanswerable", code), known.text, known.text_es)


def _values(parsed: Parsed, match: Match) -> Iterator[tuple[str, str]]:
    for kind, key in _KINDS.items():
        codes = match.codes(kind)
        if codes and _is_filter(parsed, match, kind):
            yield from ((key, code) for code in (codes if kind == "day" else codes[:1]))
    for code in match.codes("visit_type"):
        if code in _VISITS:
            yield _VISITS[code]
    for code in match.codes("filter"):
        key, _, value = code.partition("=")
        if key != "gender" or _is_gender(parsed, match):
            yield key, value


def _is_filter(parsed: Parsed, match: Match, kind: str) -> bool:
    if kind == "day":
        return parsed.word_before(match) not in _ONSET
    return True


def _is_gender(parsed: Parsed, match: Match) -> bool:
    """ "female doctor", not "46 year old female with back pain"."""
    before = parsed.word_before(match)
    return before not in _OLD and not before.isdecimal()


def filters_of(parts: Iterator[FilterPart]) -> dict[str, FilterValue]:
    """Filter values by key: lists where several may hold together, flags, else the first value named."""
    found: dict[str, FilterValue] = {}
    for part in parts:
        before = found.get(part.key)
        if part.key in _LISTS:
            known = before if isinstance(before, tuple) else ()
            found[part.key] = tuple(dict.fromkeys((*known, part.value)))
        elif before is None:
            found[part.key] = True if part.key in _FLAGS else part.value
    return found
