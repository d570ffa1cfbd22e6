"""The guide as pages and the JSON API use it."""

from typing import Protocol

from directory.guidance.answers import GuideAnswers, GuideResult


class Guide(Protocol):
    """Says which kinds of professionals fit, in which order, and why; pure and deterministic."""

    def guide(self, answers: GuideAnswers, language: str = "en") -> GuideResult:
        """Return the result in "en" or "es". Raises InvalidInput for a code that nobody knows."""
        ...
