"""How something that was named is meant: asked for, wanted, tried (and whether it helped), or not wanted."""

from dataclasses import dataclass
from enum import StrEnum

from directory.understanding.lexicon import Concept
from directory.understanding.match import Match
from directory.understanding.parsed import Parsed
from directory.understanding.tables import group

_REACH = 3
"""Unrecognised words that may stand between a cue and what it is about,"""
_MOST = 12
"""and recognised phrases: longer lists are no sentences."""
_OUTCOMES = {
    "outcome_none": "none",
    "outcome_partial": "partial",
    "outcome_improving": "improving",
    "outcome_good": "good",
}
_ABOUT = frozenset({"treatment", "treatment_kind", "specialty", "credential"})
_PASSED = frozenset({Concept("cue", "title"), Concept("cue", "near")})
_JOINING = group("joining")
_FROM = group("outcome_of")


class Role(StrEnum):
    NONE = "none"
    WANTED = "wanted"
    TRIED = "tried"
    AVOIDED = "avoided"
    NOT_TRIED = "not_tried"
    MENTIONED = "mentioned"


@dataclass(frozen=True, slots=True)
class Meant:
    """The role of a match; `helped` is none | partial | improving | good, or "" where not said."""

    role: Role
    helped: str = ""


_CUES = {
    "tried": Role.TRIED,
    "want": Role.WANTED,
    "avoid": Role.AVOIDED,
    "not_yet": Role.NOT_TRIED,
    "mine": Role.MENTIONED,
}


def roles(parsed: Parsed) -> dict[int, Meant]:
    """Index of each treatment, specialty and credential among the matches -> how it is meant."""
    at_all = [at for at, match in enumerate(parsed.matches) if _is_about(match)]
    found: dict[int, Meant] = {}
    taken: set[int] = set()
    for at in at_all:
        role, before = _before(parsed, at, taken)
        role = Role.TRIED if parsed.matches[at].cue("done") else role
        outcome = _behind(parsed, at)
        if outcome is not None and parsed.matches[outcome].cue("declined"):
            found[at] = Meant(Role.AVOIDED)
            continue
        taken |= {outcome} if outcome is not None else set()
        helped = before if outcome is None else outcome_of(parsed.matches[outcome])
        tried = helped and role not in (Role.AVOIDED, Role.NOT_TRIED)
        found[at] = Meant(Role.TRIED if tried else role, helped if tried else "")
    return {at: _completed(parsed, at, meant, taken) for at, meant in found.items()}


def _is_about(match: Match) -> bool:
    return any(match.has(kind) for kind in _ABOUT)


def _before(parsed: Parsed, at: int, taken: set[int]) -> tuple[Role, str]:
    """The role that the nearest cue before gives, and an outcome stated there ("no relief from ...").

    "My" gives way to what stands before it: "after my surgery". What is not wanted is one thing, or a list.
    """
    gap, right, otherwise, loose = 0, parsed.matches[at], Role.NONE, False
    for earlier in range(at - 1, max(-1, at - 1 - _MOST), -1):
        match, following = parsed.matches[earlier], parsed.matches[earlier + 1]
        gap += _counted(parsed, match, following)
        if gap > _REACH or parsed.breaks_between(match.last - 1, following.first):
            break
        role = next((role for code, role in _CUES.items() if match.cue(code)), None)
        if role is Role.MENTIONED:
            otherwise = Role.MENTIONED
        elif role is not None:
            hidden = (role is Role.WANTED and otherwise is not Role.NONE) or (role is Role.AVOIDED and loose)
            return (otherwise if hidden else role), ""
        elif outcome_of(match):
            return _outcome_before(parsed, match, right, otherwise) if earlier not in taken else (otherwise, "")
        elif _is_about(match) and _joined(parsed, match, right):
            loose = loose or _is_bare(parsed, match, right)
            right = match
        elif not _is_passed_over(match):
            break
    return otherwise, ""


def _outcome_before(parsed: Parsed, match: Match, right: Match, otherwise: Role) -> tuple[Role, str]:
    if all(token.word in _FROM for token in parsed.between(match, right)):
        return Role.TRIED, outcome_of(match)
    return otherwise, ""


def _behind(parsed: Parsed, at: int) -> int | None:
    """The match behind that says whether it helped; a list shares it ("PT and chiro not helping")."""
    gap, left = 0, parsed.matches[at]
    for later in range(at + 1, min(at + 1 + _MOST, len(parsed.matches))):
        match, previous = parsed.matches[later], parsed.matches[later - 1]
        gap += _counted(parsed, previous, match)
        if gap > _REACH + 1 or parsed.breaks_between(previous.last - 1, match.first):
            return None
        if outcome_of(match) or match.cue("declined"):
            return later
        if _is_about(match) and _joined(parsed, left, match):
            left = match
        elif not (match.cue("tried") or match.cue("mine") or _is_passed_over(match)):
            return None
    return None


def _completed(parsed: Parsed, at: int, meant: Meant, taken: set[int]) -> Meant:
    """What was tried and said to have failed in the sentence before or behind: "I tried chiro. It did nothing"."""
    if meant.role is not Role.TRIED or meant.helped:
        return meant
    following = next((i for i in range(at + 1, len(parsed.matches)) if not parsed.matches[i].cue("mine")), None)
    last = parsed.matches[at].last
    if following is not None and parsed.matches[following].first - last <= 2 * _REACH:
        helped = outcome_of(parsed.matches[following])
        if helped:
            return Meant(Role.TRIED, helped)
    earlier = (
        i
        for i in range(at - 1, max(-1, at - 1 - _MOST), -1)
        if not parsed.breaks_between(parsed.matches[i].first, last - 1)
    )
    outcome = next((i for i in earlier if outcome_of(parsed.matches[i])), None)
    if outcome is None or outcome in taken:
        return meant
    return Meant(Role.TRIED, outcome_of(parsed.matches[outcome]))


def _joined(parsed: Parsed, left: Match, right: Match) -> bool:
    """Whether nothing but a comma, "and", "or" and the like stands between two matches."""
    between = parsed.between(left, right)
    return parsed.tokens[right.first].follows_comma or all(token.word in _JOINING for token in between)


def _is_bare(parsed: Parsed, left: Match, right: Match) -> bool:
    """Whether two matches stand side by side with nothing to say that they are a list: "non opioid pain management"."""
    return not parsed.between(left, right) and not parsed.tokens[right.first].follows_comma


def _is_passed_over(match: Match) -> bool:
    """Matches that may stand inside a list without ending it: a title, a place word, a part of the body."""
    return not match.concepts or all(concept in _PASSED for concept in match.concepts)


def _counted(parsed: Parsed, before: Match, after: Match) -> int:
    """Words between two matches that are neither joining words nor part of a duration."""
    between = range(before.last, after.first)
    return sum(1 for at in between if at not in parsed.timed and parsed.tokens[at].word not in _JOINING)


def outcome_of(match: Match) -> str:
    """Whether a match says that something helped: none | partial | improving | good, or ""."""
    return next((helped for code, helped in _OUTCOMES.items() if match.cue(code)), "")
