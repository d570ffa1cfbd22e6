"""Who may call what: one rule for every route. A route without a rule is refused, and a test says so first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """The least that is asked of a caller."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed in"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Rule:
    """`own`: what the address names must be the caller's own; all else is answered as if it were not there."""

    who: Who
    own: bool = False


PUBLIC = Rule(Who.EVERYBODY)
OWN = Rule(Who.SIGNED_IN, own=True)
SIGNED_IN = Rule(Who.SIGNED_IN)
REVIEWER = Rule(Who.REVIEWER)
ADMINISTRATOR = Rule(Who.ADMINISTRATOR)

RULES: Mapping[str, Rule] = {}
"""Endpoint -> rule."""
