"""The small language of templates, and how it matches."""

import pytest

from directory.understanding.findings.detector import Detector
from directory.understanding.findings.lexicon import lexicon
from directory.understanding.findings.templates import Chart, TemplateError, _match, match, parse
from directory.understanding.findings.tokens import tokens

EXAMPLES = (
    "low back pain for 8 weeks, tried physical therapy and it got worse",
    "numb between the legs since yesterday and I cannot pee",
    "my father fell off a ladder, he is 81 and his back hurts at night",
    "I had cancer 5 years ago, now fever and weight loss and pain in my back",
    "me duele la espalda desde hace 3 meses y no siento la pierna derecha",
    "no fever, no numbness; I lost 20 pounds on purpose",
)


def chart_of(text: str, **concepts: str) -> Chart:
    chart = Chart(tokens(text))
    for place, token in enumerate(chart.tokens):
        chart.add(token.word, place, place + 1)
        for name, words in concepts.items():
            if token.word in words.split():
                chart.add(f"@{name}", place, place + 1)
    return chart


def matched(line: str, text: str, **concepts: str) -> str | None:
    chart = chart_of(text, **concepts)
    for start in range(len(chart.tokens)):
        for template in parse(line):
            if (end := match(template, chart, start)) is not None:
                return " ".join(token.word for token in chart.tokens[start:end])
    return None


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("numb groin", "my numb groin", "numb groin"),
        ("numb groin", "my numb left groin", None),
        ("numb left? groin", "my numb left groin", "numb left groin"),
        ("numb left? groin", "my numb groin", "numb groin"),
        ("numb ..2 groin", "numb in my groin", "numb in my groin"),
        ("numb ..2 groin", "numb all around my groin", None),
        ("numb ..2 groin", "numb. My groin", None),
        ("numb ..2 groin", "numb, my groin", "numb my groin"),
        ("numb|dead groin", "dead groin", "dead groin"),
        ("dead &1 groin", "groin feels dead", "groin feels dead"),
        ("dead &1 groin", "dead in groin", "dead in groin"),
        ("fell #6-40 feet", "fell 12 feet", "fell 12 feet"),
        ("fell #6-40 feet", "fell 3 feet", None),
        ("dead !weight|lift", "dead tired", "dead"),
        ("dead !weight|lift", "dead weight", None),
        ("dead !weight|lift", "dead", "dead"),
    ],
)
def test_a_template_matches(line: str, text: str, expected: str | None) -> None:
    assert matched(line, text) == expected


def test_concepts_match_like_words() -> None:
    assert matched("@numb ..1 groin", "dead in groin", numb="numb dead") == "dead in groin"


def test_a_gap_does_not_cross_a_turn() -> None:
    assert matched("cant ..3 pee", "cant sleep but pee", turn="but") is None
    assert matched("cant ..3 pee", "cant sleep nor pee", turn="but") == "cant sleep nor pee"


@pytest.mark.parametrize("line", ["..2 numb", "numb ..2", "numb? groin", "!numb groin", ""])
def test_what_cannot_be_a_template_is_refused(line: str) -> None:
    with pytest.raises(TemplateError):
        parse(line)


@pytest.mark.parametrize("text", EXAMPLES)
def test_what_is_ruled_out_at_a_glance_would_not_have_matched(text: str) -> None:
    packaged = lexicon()
    chart = Detector(packaged)._chart(tokens(text))
    ruled_out = 0
    for place in range(len(chart.tokens)):
        for name in chart.names(place):
            for pattern in packaged.patterns.get(name, ()):
                found = match(pattern.template, chart, place)
                assert found == _match(pattern.template, 0, chart, place, first=True)
                ruled_out += any(chart.lacks_all(names) for names in pattern.template.needed)
    assert ruled_out > 0 or not text.strip()
