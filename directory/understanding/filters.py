"""Filters that a text names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from directory.understanding.match import Match, span_of
from directory.understanding.parsed import Parsed
from directory.understanding.reading import FilterValue, Span
from directory.understanding.tables import group
from directory.understanding.together import ALTERNATIVE, clinic_with

_LISTS = frozenset({"insurance", "accessibility", "open_days", "credential"})
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
_ONSET, _OWN_AGE, _DENYING = group("day_of_onset"), group("own_age"), group("denying")
_OTHERS, _RELATIVES, _PROVIDERS = group("not_the_patient"), group("relatives"), group("provider_words")
_NOT_SPOKEN = group("not_a_language_before")
_HOURS = "hours"
_PHRASE = 2
_DAY_REACH, _CHILD_REACH = 3, 2


@dataclass(frozen=True, slots=True)
class FilterPart:
    """One value of one filter, with the characters that say so."""

    key: str
    value: str
    span: Span


def filter_parts(parsed: Parsed, declined: frozenset[str]) -> Iterator[FilterPart]:
    """Every filter value, in the order of the text. `declined` are degrees that are not wanted."""
    for match in parsed.matches:
        if parsed.word_before(match) not in _DENYING:
            for key, value in _values(parsed, match):
                if value not in declined:
                    yield FilterPart(key, value, parsed.span(match, key, value))
    yield from _inner_parts(parsed)
    yield from _age_parts(parsed)
    yield from _together_parts(parsed)


def _values(parsed: Parsed, match: Match) -> Iterator[tuple[str, str]]:
    for kind, key in _KINDS.items():
        codes = match.codes(kind)
        if codes and _is_filter(parsed, match, kind):
            yield from ((key, code) for code in (codes if kind == "day" else codes[:1]))
    for code in match.codes("visit_type"):
        if code in _VISITS:
            yield _VISITS[code]
    if _HOURS in match.codes("unanswerable"):
        yield _HOURS, " ".join(token.word for token in parsed.tokens[match.first : match.last])
    for code in match.codes("filter"):
        key, _, value = code.partition("=")
        if key != "gender" or _is_gender(parsed, match):
            yield key, value


def _is_filter(parsed: Parsed, match: Match, kind: str) -> bool:
    before = {token.word for token in parsed.tokens[max(0, match.first - _DAY_REACH) : match.first]}
    if kind == "day":
        return not before & _ONSET
    if kind == "credential" and match.has("specialty"):
        return not _is_one_of_several(parsed, match)
    if kind == "language":
        return parsed.word_after(match) not in _NOT_SPOKEN
    if kind == "age_group":
        nearest = {token.word for token in parsed.tokens[max(0, match.first - _CHILD_REACH) : match.first]}
        relative = parsed.tokens[match.last - 1].word in _RELATIVES
        return not nearest & _OTHERS and not (relative and parsed.ages)
    return True


def _is_one_of_several(parsed: Parsed, match: Match) -> bool:
    """ "chiro or DO": a kind among others, whose degree would leave the others out."""
    kinds = {code for other in parsed.matches for code in other.codes("specialty")}
    return kinds != set(match.codes("specialty"))


def _is_gender(parsed: Parsed, match: Match) -> bool:
    """ "female doctor", not "46 year old female with back pain"."""
    before, behind = parsed.word_before(match), parsed.word_after(match)
    aged = any(0 <= match.first - age.last <= 1 for age in parsed.ages)
    if aged or before in _OWN_AGE or before.isdecimal():
        return False
    provider = before in _PROVIDERS or behind in _PROVIDERS or parsed.tokens[match.first].word in _PROVIDERS
    whole = match.last - match.first in (_PHRASE, len(parsed.tokens))
    return whole or provider or _by_specialty(parsed, match)


def _by_specialty(parsed: Parsed, match: Match) -> bool:
    """Whether a kind of professional, or "I prefer", stands next to a match."""
    at = parsed.matches.index(match)
    beside = [parsed.matches[near] for near in (at - 1, at + 1) if 0 <= near < len(parsed.matches)]
    return any(
        (other.has("specialty") or other.cue("want") or other.cue("title"))
        and abs(max(match.first, other.first) - min(match.last, other.last)) <= 1
        for other in beside
    )


def _inner_parts(parsed: Parsed) -> Iterator[FilterPart]:
    for match in parsed.inner:
        for code in match.codes("age_group")[:1]:
            yield FilterPart("age_group", code, parsed.span(match, "age_group", code))


def _age_parts(parsed: Parsed) -> Iterator[FilterPart]:
    for age in parsed.ages:
        if age.group:
            span = span_of(parsed.tokens, age.first, age.last, "age_group", age.group)
            yield FilterPart("age_group", age.group, span)


def _together_parts(parsed: Parsed) -> Iterator[FilterPart]:
    for codes, match in clinic_with(parsed):
        yield FilterPart("clinic_with", codes, parsed.span(match, "clinic_with", codes))


def filters_of(parts: Iterable[FilterPart], disciplines: Mapping[str, str]) -> dict[str, FilterValue]:
    """Filter values by key: lists where several may hold, flags, else the first value named.

    A clinic that must have several disciplines (specialty -> discipline) is an integrated one.
    """
    found: dict[str, FilterValue] = {}
    for part in parts:
        before = found.get(part.key)
        if part.key in _LISTS or part.key == "clinic_with":
            known = before if isinstance(before, tuple) else ()
            found[part.key] = tuple(dict.fromkeys((*known, part.value)))
        elif before is None:
            found[part.key] = True if part.key in _FLAGS else part.value
    together = found.get("clinic_with", ())
    if len({disciplines.get(str(codes).partition(ALTERNATIVE)[0], "") for codes in _tuple(together)} - {""}) > 1:
        found.setdefault("clinic_model", "integrated")
    return found


def _tuple(value: FilterValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
