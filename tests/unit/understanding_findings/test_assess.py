"""From words to triage and notices: never raises, always points at the words, the same each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.guidance.notice import Triage
from directory.guidance.person import Person
from directory.understanding.findings.assess import TextAssessor
from directory.understanding.findings.assessment import Assessor
from directory.understanding.findings.lexicon import lexicon

ASSESSOR = TextAssessor()
PIECES = [
    "can't feel", "groin", "numb", "no", "fever", "fell", "ladder", "in 2015", "my dog", "pee", "I want to die", ",",
    ".", "but", "both legs", "weak", "20", "pills", "took", "no siento", "entrepierna", "hace", "años",
    "102", "\n", "💥",
]  # fmt: skip


def test_it_is_what_the_reader_asks_for() -> None:
    assessor: Assessor = ASSESSOR
    assert assessor.assess("", "en").triage is Triage.NONE


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
def test_any_text_is_assessed_the_same_each_time_with_spans_inside(text: str) -> None:
    found = ASSESSOR.assess(text)
    assert found == ASSESSOR.assess(text)
    assert all(0 <= span.start < span.end <= len(text) for span in found.spans)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in found.findings)
    assert bool(found.spans) == bool(found.notices)


def test_the_spans_are_the_words_behind_the_notices() -> None:
    text = "Ugh, my gróin is NUMB since Monday"
    found = ASSESSOR.assess(text)
    assert [text[span.start : span.end] for span in found.spans] == ["gróin is NUMB"]
    assert [span.code for span in found.spans] == ["saddle_numbness"]


@pytest.mark.parametrize(
    ("text", "triage"),
    [
        ("", Triage.NONE),
        ("chiropractor denver", Triage.NONE),
        ("sciatica", Triage.ROUTINE),
        ("back pain since yesterday", Triage.ROUTINE),
        ("back pain and fever", Triage.URGENT),
        ("can't feel when I wipe", Triage.EMERGENCY),
    ],
)
def test_the_level_is_the_worst_that_the_words_show(text: str, triage: Triage) -> None:
    assert ASSESSOR.assess(text).triage is triage


def test_a_notice_speaks_the_language_asked_for() -> None:
    assert ASSESSOR.assess("quiero morirme", "es").notices[0].text.startswith("No está solo")
    assert ASSESSOR.assess("quiero morirme", "en").notices[0].text.startswith("You are not alone")


def test_what_else_is_known_of_the_person_counts() -> None:
    assert ASSESSOR.assess("limping").triage is not Triage.URGENT
    assert ASSESSOR.assess("limping", person=Person(age=6)).triage is Triage.URGENT


def test_the_lexicon_is_written_in_folded_words() -> None:
    words = {*lexicon().spellings._words}
    assert [word for word in words if not word.isascii() or word != word.lower()] == []
