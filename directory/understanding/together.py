"""Clinics that must have several kinds of professional: "clinic with a surgeon and PT"."""

from collections.abc import Iterator

from directory.understanding.match import Match
from directory.understanding.parsed import Parsed
from directory.understanding.tables import group

_JOINING = group("joining")
ALTERNATIVE = "|"
"""Between codes of which one is enough: "surgeon" may be an orthopedic surgeon or a neurosurgeon."""
_FEWEST = 2


def clinic_with(parsed: Parsed) -> Iterator[tuple[str, Match]]:
    """(codes of one kind, where it is named) for each kind that one clinic must have."""
    for at, match in enumerate(parsed.matches):
        if match.cue("place_with"):
            yield from _entries(_listed(parsed, at, 1))
        elif match.cue("together") or "clinic_model=integrated" in match.codes("filter"):
            named = list(reversed(_listed(parsed, at, -1))) or _listed(parsed, at, 1)
            if len(named) >= _FEWEST:
                yield from _entries(named)


def _entries(named: list[Match]) -> Iterator[tuple[str, Match]]:
    yield from ((ALTERNATIVE.join(match.codes("specialty")), match) for match in named)


def _listed(parsed: Parsed, at: int, step: int) -> list[Match]:
    """Kinds of professional in a row next to a match, in the order of `step`."""
    found: list[Match] = []
    previous, at = parsed.matches[at], at + step
    while 0 <= at < len(parsed.matches) and parsed.matches[at].has("specialty"):
        left, right = sorted((previous, parsed.matches[at]), key=lambda match: match.first)
        if not _adjoin(parsed, left, right):
            break
        previous = parsed.matches[at]
        found.append(previous)
        at += step
    return found


def _adjoin(parsed: Parsed, left: Match, right: Match) -> bool:
    between = parsed.between(left, right)
    joined = all(token.word in _JOINING for token in between)
    return joined and not parsed.breaks_between(left.last - 1, right.first)
