"""How something that was named is meant: asked for, wanted, tried (and whether it helped), or not wanted."""

from dataclasses import dataclass
from enum import StrEnum

from directory.understanding.match import Match
from directory.understanding.parsed import Parsed
from directory.understanding.tables import group

_REACH = 3
"""Unrecognised words that may stand between a cue and what it is about."""
_OUTCOMES = {
    "outcome_none": "none",
    "outcome_partial": "partial",
    "outcome_improving": "improving",
    "outcome_good": "good",
}
_ABOUT = frozenset({"treatment", "specialty"})
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
    """Index of each treatment and specialty among the matches -> how it is meant."""
    found: dict[int, Meant] = {}
    for at, match in enumerate(parsed.matches):
        if _is_about(match):
            found[at] = _meant(parsed, at)
    return found


def _is_about(match: Match) -> bool:
    return any(match.has(kind) for kind in _ABOUT)


def _meant(parsed: Parsed, at: int) -> Meant:
    role, before = _before(parsed, at)
    helped = _behind(parsed, at) or before
    if helped and role in (Role.NONE, Role.WANTED, Role.TRIED, Role.MENTIONED):
        return Meant(Role.TRIED, helped)
    return Meant(role)


def _before(parsed: Parsed, at: int) -> tuple[Role, str]:
    """The role that the nearest cue before gives, and an outcome stated there ("no relief from ...")."""
    gap = 0
    for earlier in range(at - 1, -1, -1):
        match, following = parsed.matches[earlier], parsed.matches[earlier + 1]
        if parsed.breaks_between(match.last - 1, following.first):
            break
        gap += _counted(parsed, match, following)
        if gap > _REACH:
            break
        for code, role in _CUES.items():
            if match.cue(code):
                return role, ""
        outcome = _outcome(match)
        if outcome:
            near = parsed.between(match, parsed.matches[at])
            return (Role.TRIED, outcome) if any(token.word in _FROM for token in near) or not near else (Role.NONE, "")
        if not _is_about(match):
            break
    return Role.NONE, ""


def _behind(parsed: Parsed, at: int) -> str:
    """What is said behind about whether it helped; a list shares it ("PT and chiro not helping")."""
    gap = 0
    for later in range(at + 1, len(parsed.matches)):
        match, previous = parsed.matches[later], parsed.matches[later - 1]
        if parsed.breaks_between(previous.last - 1, match.first):
            return ""
        gap += _counted(parsed, previous, match)
        if gap > _REACH + 1:
            return ""
        if _outcome(match):
            return _outcome(match)
        if not (_is_about(match) or match.cue("tried") or match.cue("mine")):
            return ""
        if _is_about(match) and not _joined(parsed, previous, match):
            return ""
    return ""


def _joined(parsed: Parsed, previous: Match, match: Match) -> bool:
    between = parsed.between(previous, match)
    return parsed.tokens[match.first].follows_comma or all(token.word in _JOINING for token in between)


def _counted(parsed: Parsed, before: Match, after: Match) -> int:
    return sum(1 for token in parsed.between(before, after) if token.word not in _JOINING)


def _outcome(match: Match) -> str:
    return next((helped for code, helped in _OUTCOMES.items() if match.cue(code)), "")
