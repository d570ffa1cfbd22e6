"""The guide's questions, as data, and how the answers that travel in an address become `GuideAnswers`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from directory.guidance.answers import GuideAnswers
from directory.guidance.texts import Text

Params = Mapping[str, Sequence[str]]
"""Answers as they travel: question code -> chosen option codes."""


@dataclass(frozen=True, slots=True)
class Option:
    """A possible answer. `exclusive` options ("none of these") cannot be chosen together with others."""

    code: str
    text: Text
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One screen. `code` is the name of its parameter; `several` says whether more than one option may be chosen.

    `treatment` is the treatment code that a follow-up question asks about, else "".
    """

    code: str
    text: Text
    help: Text
    several: bool
    options: tuple[Option, ...]
    treatment: str = ""


class Questions(Protocol):
    """The questionnaire as pages use it."""

    def questions(self, params: Params) -> tuple[Question, ...]:
        """Return the questions to ask, red flags first, given the answers so far (follow-ups come from answers)."""
        ...

    def next_question(self, params: Params) -> Question | None:
        """Return the first unanswered question, or None when all are answered."""
        ...

    def answers(self, params: Params) -> GuideAnswers:
        """Return the coded answers. Raises InvalidInput for an option that a question does not have."""
        ...
