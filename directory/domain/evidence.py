"""What was checked about a listing, where, when, and for how long that holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """The three levels of verification. They are shown on every card and never mixed."""

    REGISTRY = "registry"
    PRACTICE = "practice"
    REVIEWED = "reviewed"

    # As its text has it: the one of Enum is a function in Python, and every check of every record asks for it.
    __hash__ = str.__hash__


_RANK = {Level.REGISTRY: 0, Level.PRACTICE: 1, Level.REVIEWED: 2}
ATTESTATION_DAYS = 90
"""A practice confirms again within 90 days (42 USC 300gg-115)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One check. It holds while `expires_on` is later than today.

    `what` is what was checked ("NPI active in the registry"), `source` where ("NPPES"), `note` a caveat that
    every card must show, such as the use of an old registry file.
    """

    level: Level
    what: str
    source: str
    checked_on: date
    expires_on: date
    note: str = ""


def strongest(evidence: Iterable[Evidence], today: date) -> Evidence | None:
    """The unexpired evidence of the highest level; among equals the one that lasts longest, else None."""
    best, most = None, None
    for item in evidence:
        if item.expires_on > today:
            rank = (_RANK[item.level], item.expires_on, item.checked_on)
            if most is None or rank > most:
                best, most = item, rank
    return best
