"""What a text shows about how soon care is needed. Every finding points at the characters it came from."""

from dataclasses import dataclass
from typing import Protocol

from directory.guidance.notice import Notice, Triage
from directory.understanding.reading import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of the red-flag rules (`code`), at `start` (inclusive) to `end` (exclusive) of the text.

    A finding that does not count has a `set_aside` reason: "negated", "history", "other_person", "hypothetical"
    or "topic"; it is "" where the finding counts.
    """

    code: str
    start: int
    end: int
    set_aside: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """`findings` holds also those set aside; `spans` (kind "finding") only those behind the notices.

    The notices are ordered: the most severe first. `triage` is the worst level of them, else NONE.
    """

    triage: Triage = Triage.NONE
    notices: tuple[Notice, ...] = ()
    findings: tuple[Finding, ...] = ()
    spans: tuple[Span, ...] = ()


class Assessor(Protocol):
    """Assesses a text in English or Spanish, or both mixed; `language` is the notices'. Never raises for any text."""

    def assess(self, text: str, language: str = "en") -> Assessment: ...
