"""What must be said before any result."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Triage(StrEnum):
    """How soon care is needed as far as the words given show; never a diagnosis."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"
    NONE = "none"


SEVERITY = {Triage.EMERGENCY: 3, Triage.URGENT: 2, Triage.ROUTINE: 1, Triage.NONE: 0}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `kind` is the rule's code, `phone` is "911", "988" or empty, `source` the citation."""

    kind: str
    level: Triage
    language: str
    text: str
    phone: str
    source: str


def worst(levels: Iterable[Triage]) -> Triage:
    """The most severe level; NONE when there is none."""
    return max(levels, key=SEVERITY.__getitem__, default=Triage.NONE)
