"""Evidence for invented listings, with the terms of each level."""

from datetime import date, timedelta
from enum import IntEnum
from random import Random

from directory.domain.evidence import ATTESTATION_DAYS, Evidence, Level

LOAD_DAY = date(2000, 1, 1)
"""The day on which the records are imagined to be loaded; files hold days before and after it."""
TERMS = {Level.REGISTRY: 120, Level.PRACTICE: ATTESTATION_DAYS, Level.REVIEWED: 365}
"""Days for which a check holds."""
_WHAT = {
    Level.REGISTRY: ("NPI active, taxonomy and state agree", "demonstration registry"),
    Level.PRACTICE: ("Confirmed by the practice", "demonstration practice account"),
    Level.REVIEWED: ("Checked by a reviewer against documents", "demonstration reviewer"),
}
_LATEST, _EARLIEST = 2, 45


class Age(IntEnum):
    """How old the checks of a listing are, as a part of their term."""

    FRESH = 0
    ENDING = 1
    EXPIRED = 2


def days_ago(days: int) -> date:
    """Return the day that many days before the day of loading."""
    return LOAD_DAY - timedelta(days=days)


def checks(level: Level, rng: Random, age: Age = Age.FRESH) -> tuple[Evidence, ...]:
    """Return what was checked for a listing of this level: its own check, and those of the levels below it."""
    levels = tuple(Level)[: tuple(Level).index(level) + 1]
    return tuple(_check(item, rng, age) for item in reversed(levels))


def _check(level: Level, rng: Random, age: Age) -> Evidence:
    what, source = _WHAT[level]
    term = TERMS[level]
    ago = {
        Age.FRESH: rng.randint(_LATEST, _EARLIEST),
        Age.ENDING: term - rng.randint(5, 12),
        Age.EXPIRED: term + rng.randint(1, 200),
    }[age]
    return Evidence(level, what, source, days_ago(ago), days_ago(ago) + timedelta(days=term))
