"""Durations, ages, distances and typos by themselves."""

import pytest

from directory.understanding.ages import ages
from directory.understanding.codes import CodeReader
from directory.understanding.durations import DurationReader
from directory.understanding.lexicon import Concept, Lexicon
from directory.understanding.match import choose, phrases
from directory.understanding.radius import radius
from directory.understanding.tokens import tokenize
from directory.understanding.words import words
from directory.vocabulary.vocabulary import Vocabulary

LASTING = DurationReader()


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("3 weeks", 3), ("6wks", 6), ("2 yrs", 104.4), ("a couple of months", 8.7), ("3-4 weeks", 4),
        ("3 to 4 weeks", 4),
        ("1.5 years", 78.3), ("1,5 años", 78.3), ("for years", 104.4), ("hace tres meses", 13), ("half a year", 26.1),
        ("medio año", 26.1), ("over a year", 52.2), ("a decade", 521.8), ("10 días", 1.4),
        ("in 2 weeks", None), ("8 years old", None), ("twice a week", None), ("3 times a day", None),
        ("6 months pregnant", None), ("99999999 weeks", None), ("week", None),
    ],
)  # fmt: skip
def test_durations(text: str, weeks: float | None) -> None:
    tokens = tokenize(text)
    found = LASTING.read(tokens, ages(tokens))
    assert [round(item.weeks, 1) for item in found] == ([] if weeks is None else [weeks])


@pytest.mark.parametrize(
    ("text", "years", "group"),
    [
        ("for my 8 year old", 8, "child"), ("8-year-old", 8, "child"), ("my son, 15 yo", 15, "adolescent"),
        ("i am 70", 70, ""), ("my 82 year old mother", 82, "older_adult"), ("mi hijo de 8 años", 8, "child"),
        ("tengo 45 años", 45, ""), ("45F", 45, ""), ("my 6 month old baby", 0.5, "child"), ("age 30", 30, ""),
        ("3 years", None, ""), ("tengo 3 años con dolor", None, ""), ("a 6 month old injury", None, ""),
    ],
)  # fmt: skip
def test_ages(text: str, years: float | None, group: str) -> None:
    found = ages(tokenize(text))
    assert [(age.years, age.group) for age in found] == ([] if years is None else [(years, group)])


@pytest.mark.parametrize(
    ("text", "miles"),
    [
        ("within 10 miles", 10), ("5 mile radius", 5), ("a menos de 8 km", 4.97), ("less than 20 mi", 20),
        ("I walk 2 miles", None), ("within 0 miles", None), ("within 99999 miles", None), ("10 minutes", None),
    ],
)  # fmt: skip
def test_distances(text: str, miles: float | None) -> None:
    found = radius(tokenize(text))
    assert (found.miles if found else None) == miles


PHRASES = (
    ("sciatica", Concept("condition", "sciatica")),
    ("herniated disc", Concept("condition", "herniated-disc")),
    ("spine surgeon", Concept("specialty", "surgeon")),
    ("pain in leg", Concept("symptom", "leg_pain")),
    ("medicare", Concept("insurer", "medicare")),
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(PHRASES, words())


def codes(text: str, lexicon: Lexicon) -> list[str]:
    return [match.concepts[0].code for match in choose(phrases(tokenize(text), lexicon))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("siatica", ["sciatica"]), ("sciatcia", ["sciatica"]), ("sciaticaa", ["sciatica"]), ("scjatjca", []),
        ("herniated disk", ["herniated-disc"]), ("hernated discs", ["herniated-disc"]),
        ("pain in my left leg", ["leg_pain"]), ("pain. In leg", []),
        ("spin surgeon", []), ("spine surgeons", ["surgeon"]), ("sturgeon", []), ("medicate", []),
    ],
)  # fmt: skip
def test_typos_are_forgiven_and_nothing_is_invented(text: str, expected: list[str], lexicon: Lexicon) -> None:
    assert codes(text, lexicon) == expected


def test_codes_or_free_text_are_read_as_codes(vocabulary: Vocabulary) -> None:
    reader = CodeReader(vocabulary)
    found = reader.read(["sciatica", "slipped disk", "siatica", "xyzzy", " "], ["condition"])
    assert found.codes == ("sciatica", "herniated-disc")
    assert found.unread == ("xyzzy",)
    assert reader.read(["chiro and PT"], ["treatment"]).codes == ("chiropractic_care", "physical_therapy")
    assert reader.read(["chiro"], ["specialty"]).codes == ("chiropractor",)
    assert reader.read(["back pain"], ["symptom", "condition"]).codes == ("back-pain",)
