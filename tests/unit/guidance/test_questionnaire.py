"""The guide's questions: complete, red flags first, and their answers the guide's."""

import pytest

from directory.domain.errors import InvalidInput
from directory.guidance.answers import GuideAnswers, Helped, Preference, TriedTreatment
from directory.guidance.pathway import Pathway
from directory.guidance.questionnaire import Option, Question, questionnaire
from directory.vocabulary import load

QUESTIONS = questionnaire()
VOCABULARY = load()
PATHWAY = Pathway(VOCABULARY)
LISTED = {"red_flags", "symptoms", "history", "diagnosis"}


def options() -> list[tuple[Question, Option]]:
    return [(question, option) for question in QUESTIONS.asked for option in question.options]


def test_red_flags_are_asked_first() -> None:
    assert [question.gives for question in QUESTIONS.asked[:2]] == ["red_flags", "red_flags"]


@pytest.mark.parametrize(("question", "option"), options(), ids=lambda item: item.code)
def test_every_option_is_worded_and_known_to_the_guide(question: Question, option: Option) -> None:
    assert option.text.en
    assert option.text.es
    for code in option.codes:
        if question.gives in LISTED:
            assert PATHWAY.knows(code)
        elif question.gives == "treatments":
            assert code in VOCABULARY.treatments
        elif question.gives == "preferences":
            assert Preference(code)
    assert (option.value is not None) == (question.gives in {"duration", "age"})


def test_effects_are_those_of_the_answers() -> None:
    assert [option.code for option in QUESTIONS.followups["effect"].options] == [helped.value for helped in Helped]


def test_questions_come_one_by_one_and_end() -> None:
    params: dict[str, list[str]] = {}
    asked = []
    while (question := QUESTIONS.next_question(params)) is not None:
        asked.append(question.code)
        params[question.code] = [question.options[-1].code]
    assert asked == [question.code for question in QUESTIONS.asked if question.code != "pregnant"]


def test_each_treatment_that_was_tried_is_asked_about() -> None:
    params = {"tried": ["chiropractic_care", "massage"]}
    codes = [question.code for question in QUESTIONS.questions(params) if question.treatment]
    assert codes == ["effect.chiropractic_care", "weeks.chiropractic_care", "effect.massage", "weeks.massage"]
    effect = next(question for question in QUESTIONS.questions(params) if question.code == "effect.massage")
    assert "Massage" in effect.text.en
    assert "Masaje" in effect.text.es


def test_answers_are_coded() -> None:
    params = {
        "danger": ["none"],
        "warning": ["fever", "night_pain"],
        "history": ["cancer_history"],
        "where": ["low-back-pain", "buttock_pain"],
        "spread": ["leg_pain"],
        "duration": ["months"],
        "tried": ["chiropractic_care"],
        "effect.chiropractic_care": ["partial"],
        "weeks.chiropractic_care": ["medium"],
        "diagnosis": ["unknown"],
        "age": ["young"],
        "pregnant": ["yes"],
        "preferences": ["avoid_surgery"],
        "stray": ["left alone"],
    }
    assert QUESTIONS.answers(params) == GuideAnswers(
        duration_weeks=9,
        symptoms=("low-back-pain", "buttock_pain", "leg_pain"),
        history=("cancer_history",),
        treatments_tried=(TriedTreatment("chiropractic_care", 6, Helped.PARTIAL),),
        diagnosis=(),
        red_flags=("fever", "night_pain"),
        age=28,
        pregnant=True,
        preferences=(Preference.AVOID_SURGERY,),
    )


def test_nothing_answered_is_nothing_known() -> None:
    assert QUESTIONS.answers({}) == GuideAnswers()


@pytest.mark.parametrize(
    "params",
    [
        {"danger": ["no_such_option"]},
        {"danger": ["none", "chest_pain"]},
        {"duration": ["days", "years"]},
        {"tried": ["massage"], "effect.massage": ["wonderful"]},
    ],
    ids=str,
)
def test_answers_that_cannot_be_are_refused_by_question(params: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        QUESTIONS.answers(params)
    assert refusal.value.field in params


def test_pregnancy_is_not_asked_of_children() -> None:
    assert "pregnant" not in {question.code for question in QUESTIONS.questions({"age": ["child"]})}
    assert "pregnant" in {question.code for question in QUESTIONS.questions({"age": ["young"]})}
