"""A sensation belongs to the parts of the body that it is said of."""

import pytest

from directory.understanding.findings.detector import Detector
from directory.understanding.findings.lexicon import lexicon

DETECTOR = Detector(lexicon())


def codes(text: str) -> set[str]:
    return {finding.code for finding in DETECTOR.findings(text) if not finding.set_aside}


@pytest.mark.parametrize(
    "text",
    [
        "numb groin",
        "numbness in my groin",
        "numbness and tingling in the groin",
        "my groin is numb",
        "my groin has gone completely numb",
        "groin numb",
        "my groin and left leg are numb",
        "numb leg and groin",
        "numbness in my left leg, hip and groin",
        "pain in my back, groin feels dead",
    ],
)
def test_the_groin_is_numb(text: str) -> None:
    assert "saddle_numbness" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "groin and numb toes",
        "pain in my groin and numb toes",
        "groin pain with a numb foot",
        "numb foot. Groin strain",
        "numb foot but the groin is fine",
        "groin pull, tingling fingers",
    ],
)
def test_only_something_else_is_numb(text: str) -> None:
    assert "saddle_numbness" not in codes(text)


def test_the_longest_part_counts() -> None:
    assert "saddle_numbness" in codes("numb between my legs")
    assert "both_legs_symptoms" not in codes("numb between my legs")
    assert "saddle_numbness" not in codes("numb bottom of my foot")


@pytest.mark.parametrize(
    ("text", "both"), [("my leg is numb", False), ("my legs are numb", True), ("both legs weak", True)]
)
def test_one_leg_is_not_two(text: str, both: bool) -> None:
    assert ("both_legs_symptoms" in codes(text)) is both
