"""What the reader asks of whoever knows the warning signs."""

from dataclasses import dataclass
from typing import Protocol

from directory.guidance.notice import Notice, Triage
from directory.understanding.reading import Span


@dataclass(frozen=True, slots=True)
class Assessment:
    """How soon care is needed as far as a text shows, what must be said, and the characters that led to it."""

    triage: Triage = Triage.NONE
    notices: tuple[Notice, ...] = ()
    spans: tuple[Span, ...] = ()


class Assessor(Protocol):
    """Finds warning signs in a text, English or Spanish. `language` is that of the notices. Never raises."""

    def assess(self, text: str, language: str) -> Assessment: ...
