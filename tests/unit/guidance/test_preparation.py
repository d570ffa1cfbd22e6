"""The form for a visit: what it asks for, and the questions for each kind of professional."""

import pytest

from directory.guidance.preparation import preparation, read
from directory.guidance.tables import GuidanceDataError, Table
from directory.vocabulary import load

FORM = preparation()
ASKED_FOR = {"symptoms", "timeline", "treatments", "medicines", "my_questions"}


def test_the_form_has_what_a_visit_needs() -> None:
    assert {field.code for field in FORM.fields} >= ASKED_FOR
    assert all(field.label.en and field.label.es and field.help.en and field.help.es for field in FORM.fields)
    assert all(bool(field.columns) == (field.kind == "table") for field in FORM.fields)


@pytest.mark.parametrize("specialty", load().specialties)
def test_every_kind_of_professional_has_its_own_questions(specialty: str) -> None:
    own = next(entry.questions for entry in FORM.by_specialty if entry.specialty == specialty)
    assert own
    assert FORM.questions_for(specialty) == (*own, *FORM.for_everyone.questions)
    assert all(question.en.endswith("?") and question.es.startswith("¿") for question in own)


def test_a_stranger_gets_the_questions_for_everyone() -> None:
    assert FORM.questions_for("nobody") == FORM.for_everyone.questions


def test_a_question_in_one_language_only_is_refused() -> None:
    row = {"specialty": "", "en": ["Why?", "How?"], "es": ["¿Por qué?"]}
    with pytest.raises(GuidanceDataError, match="same questions"):
        read(Table("t", {"version": "1", "questions": [row]}))
