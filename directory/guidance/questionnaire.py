"""The guide's questions, as data, and how the answers that travel in an address become `GuideAnswers`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from directory.domain.errors import InvalidInput
from directory.guidance.answers import GuideAnswers, Helped, Preference, TriedTreatment
from directory.guidance.tables import Table, packaged
from directory.guidance.texts import Text

Params = Mapping[str, Sequence[str]]
"""Answers as they travel: question code -> chosen option codes."""

EFFECT, WEEKS = "effect", "weeks"
"""Follow-up questions of a treatment travel as "effect.<treatment>" and "weeks.<treatment>"."""


@dataclass(frozen=True, slots=True)
class Option:
    """A possible answer. `exclusive` options ("none of these") cannot be chosen together with others.

    `codes` are what it stands for; `value` is weeks or years where it stands for a number.
    """

    code: str
    text: Text
    exclusive: bool = False
    codes: tuple[str, ...] = ()
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One screen. `code` is the name of its parameter; `several` says whether more than one option may be chosen.

    `treatment` is the treatment code that a follow-up question asks about, else "". `gives` names the part of the
    answers that it fills; `unless` holds "question:option" answers that make it pointless.
    """

    code: str
    text: Text
    help: Text
    several: bool
    options: tuple[Option, ...]
    gives: str
    treatment: str = ""
    unless: tuple[str, ...] = ()

    def option(self, code: str) -> Option:
        """Return an option. Raises InvalidInput, naming the question, where it has none of that code."""
        for option in self.options:
            if option.code == code:
                return option
        raise InvalidInput(f"The question {self.code!r} has no answer {code!r}: choose one of its options.", self.code)


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


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Implements `Questions`. `followups` maps "effect" and "weeks" to questions whose texts hold {treatment}."""

    asked: tuple[Question, ...]
    followups: Mapping[str, Question] = field(hash=False)

    def questions(self, params: Params) -> tuple[Question, ...]:
        """See `Questions.questions`."""
        return tuple(self._questions(params))

    def next_question(self, params: Params) -> Question | None:
        """See `Questions.next_question`."""
        return next((question for question in self.questions(params) if not params.get(question.code)), None)

    def answers(self, params: Params) -> GuideAnswers:
        """See `Questions.answers`. Parameters that no question asks for are left alone."""
        chosen = {question: _chosen(question, params) for question in self.questions(params)}
        duration, age = _number(chosen, "duration"), _number(chosen, "age")
        pregnant = _codes(chosen, "pregnant")
        return GuideAnswers(
            duration_weeks=duration,
            symptoms=_codes(chosen, "symptoms"),
            history=_codes(chosen, "history"),
            treatments_tried=tuple(_tried(code, chosen) for code in _codes(chosen, "treatments")),
            diagnosis=_codes(chosen, "diagnosis"),
            red_flags=_codes(chosen, "red_flags"),
            age=None if age is None else int(age),
            pregnant=pregnant[0] == "yes" if pregnant else None,
            preferences=tuple(Preference(code) for code in _codes(chosen, "preferences")),
        )

    def _questions(self, params: Params) -> Iterator[Question]:
        answered = {f"{name}:{code}" for name, codes in params.items() for code in codes}
        for question in self.asked:
            if answered.intersection(question.unless):
                continue
            yield question
            if question.gives == "treatments":
                for option in _chosen(question, params):
                    yield from self._followups(option)

    def _followups(self, option: Option) -> Iterator[Question]:
        for code in option.codes:
            for name, question in self.followups.items():
                yield Question(
                    code=f"{name}.{code}",
                    text=_filled(question.text, option.text),
                    help=question.help,
                    several=False,
                    options=question.options,
                    gives=name,
                    treatment=code,
                )


def _chosen(question: Question, params: Params) -> tuple[Option, ...]:
    options = tuple(question.option(code) for code in dict.fromkeys(params.get(question.code, ())))
    if len(options) > 1 and (not question.several or any(option.exclusive for option in options)):
        raise InvalidInput(f"The question {question.code!r} takes one of these answers only.", question.code)
    return options


_Chosen = Mapping[Question, tuple[Option, ...]]


def _codes(chosen: _Chosen, gives: str) -> tuple[str, ...]:
    of_these = [options for question, options in chosen.items() if question.gives == gives]
    return tuple(dict.fromkeys(code for options in of_these for option in options for code in option.codes))


def _number(chosen: _Chosen, gives: str, treatment: str = "") -> float | None:
    for question, options in chosen.items():
        if question.gives == gives and question.treatment == treatment and options:
            return options[0].value
    return None


def _tried(code: str, chosen: _Chosen) -> TriedTreatment:
    effects = [
        options[0].code
        for question, options in chosen.items()
        if question.gives == EFFECT and question.treatment == code and options
    ]
    return TriedTreatment(code, _number(chosen, WEEKS, code), Helped(effects[0]) if effects else None)


def _filled(text: Text, treatment: Text) -> Text:
    return Text(text.en.format(treatment=treatment.en), text.es.format(treatment=treatment.es))


@cache
def questionnaire() -> Questionnaire:
    """Return the packaged questionnaire. Raises GuidanceDataError where the file is malformed."""
    return read(packaged("questionnaire.toml"))


def read(table: Table) -> Questionnaire:
    """Return the questionnaire of a table shaped like questionnaire.toml."""
    table.text("version")
    asked = tuple(_question(row, row.text("code"), row.text("gives")) for row in table.rows("question"))
    followups = {
        name: _question(Table(f"{table.where}: [followup.{name}]", values), name, name)
        for name, values in table.mapping("followup").items()
    }
    table.done()
    return Questionnaire(asked, followups)


def _question(row: Table, code: str, gives: str) -> Question:
    question = Question(
        code=code,
        text=row.both(),
        help=row.both("help_"),
        several=row.flag("several"),
        options=tuple(_option(option) for option in row.rows("options")),
        gives=gives,
        unless=row.texts("unless"),
    )
    row.done()
    return question


def _option(row: Table) -> Option:
    code = row.text("code")
    exclusive = row.flag("exclusive")
    named = row.texts("codes") if row.has("codes") else (() if exclusive else (code,))
    value = row.number("weeks") if row.has("weeks") else row.number("age") if row.has("age") else None
    option = Option(code, row.both(), exclusive, named, value)
    row.done()
    return option
