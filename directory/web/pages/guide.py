"""The guide as pages: one question a screen, answers in the address, and what follows from them."""

from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from directory.domain.errors import InvalidInput
from directory.guidance.answers import ClinicModel, GuideResult, Tier
from directory.guidance.notice import Triage
from directory.guidance.pathway import Pathway
from directory.guidance.questionnaire import EFFECT, WEEKS, Params, Question, Questions
from directory.search.listing import Field
from directory.web.pages.edition import Edition
from directory.web.pages.links import Pairs, Parameters

ASKED = "asked"
"""The parameter that names the question which was just shown, so that an empty answer is noticed."""
_TOGETHER = 2
_TREATMENTS, _FOLLOW_UPS = "treatments", len((EFFECT, WEEKS))


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: str
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """One question. `kept` are the answers so far, `back` leads to the question before, or is empty. `problem` says
    what is wrong with the answer that was just sent: "unanswered", "exclusive" or "". `most` is how many there
    are at most, and `more` how many come on top for each treatment that is still to be named."""

    code: str
    title: str
    help: str
    several: bool
    choices: tuple[Choice, ...]
    kept: Pairs
    back: str
    number: int
    most: int
    more: int
    problem: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given; `change` leads back to its question."""

    question: str
    answer: str
    change: str


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of professional to see, when, why, and by which rule."""

    code: str
    name: str
    plural: str
    reason: str
    expect: str
    source: str


@dataclass(frozen=True, slots=True)
class Tiered:
    """Kinds to see at the same time of the way."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from the answers. In an emergency it holds notices and nothing else."""

    result: GuideResult
    emergency: bool
    tiers: tuple[Tiered, ...]
    integrated: bool
    given: tuple[Given, ...]
    reviewed: bool


class GuidePages:
    """Makes the screens in one language."""

    def __init__(self, edition: Edition, questions: Questions, pathway: Pathway) -> None:
        self._edition = edition
        self._questions = questions
        self._pathway = pathway

    def page(self, sent: MultiDict[str, str]) -> Screen | Outcome:
        """The next question, or the outcome. Raises InvalidInput for an answer that no question has."""
        parameters = Parameters.of((name, value) for name, value in sent.items(multi=True) if name != ASKED)
        asked = sent.get(ASKED, "")
        try:
            return self._next(parameters, "unanswered", asked)
        except InvalidInput as error:
            if error.field != asked or len(parameters.getlist(asked)) < _TOGETHER:
                raise
            # Without scripts "none of these" can be ticked beside others: the question is asked again.
            return self._next(parameters.dropping(asked), "exclusive", asked)

    def _next(self, parameters: Parameters, problem: str, asked: str) -> Screen | Outcome:
        params = _params(parameters)
        result = self._pathway.guide(self._questions.answers(params), self._edition.language)
        question = self._questions.next_question(params)
        if question is None or result.triage is Triage.EMERGENCY:
            return self._outcome(result, params, parameters)
        return self._screen(question, params, parameters, problem if asked == question.code else "")

    def _screen(self, question: Question, params: Params, parameters: Parameters, problem: str) -> Screen:
        language = self._edition.language
        questions, answered = self._questions.questions(params), self._answered(params)
        return Screen(
            code=question.code,
            title=question.text.of(language),
            help=question.help.of(language),
            several=question.several,
            choices=tuple(Choice(item.code, item.text.of(language), item.exclusive) for item in question.options),
            kept=parameters.pairs,
            back=self._before(answered[-1], answered, parameters) if answered else "",
            number=len(answered) + 1,
            most=len(questions),
            more=_FOLLOW_UPS if any(item.gives == _TREATMENTS and item not in answered for item in questions) else 0,
            problem=problem,
        )

    def _outcome(self, result: GuideResult, params: Params, parameters: Parameters) -> Outcome:
        emergency = result.triage is Triage.EMERGENCY
        return Outcome(
            result=result,
            emergency=emergency,
            tiers=() if emergency else tuple(self._tiers(result)),
            integrated=not emergency and result.clinic_model is ClinicModel.INTEGRATED,
            given=tuple(self._given(params, parameters)),
            reviewed=self._pathway.reviewed_by_clinician,
        )

    def _tiers(self, result: GuideResult) -> Iterator[Tiered]:
        names = self._edition.names
        for tier in Tier:
            steps = tuple(
                Step(
                    item.specialty,
                    names.of(Field.SPECIALTY, item.specialty),
                    names.plural(item.specialty),
                    item.reason,
                    item.expect,
                    item.source,
                )
                for item in result.recommendations
                if item.tier is tier
            )
            if steps:
                yield Tiered(self._edition.texts(f"guide.tier.{tier.value}"), steps)

    def _given(self, params: Params, parameters: Parameters) -> Iterator[Given]:
        language, answered = self._edition.language, self._answered(params)
        for question in answered:
            chosen = [item.text.of(language) for item in question.options if item.code in params[question.code]]
            change = self._before(question, answered, parameters)
            yield Given(question.text.of(language), ", ".join(chosen), change)

    def _answered(self, params: Params) -> tuple[Question, ...]:
        return tuple(question for question in self._questions.questions(params) if params.get(question.code))

    def _before(self, question: Question, answered: tuple[Question, ...], parameters: Parameters) -> str:
        """The address at which a question is asked again: with the answers before it, without those after it."""
        later = answered[answered.index(question) :]
        return parameters.dropping(*(item.code for item in later)).href(self._edition.href("/guide"))


def _params(parameters: Parameters) -> Params:
    return {name: parameters.getlist(name) for name in dict.fromkeys(name for name, _ in parameters.pairs)}
