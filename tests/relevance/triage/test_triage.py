"""Own phrasings of warning signs and of their look-alikes: every miss and every false alarm is listed by name.

The second and later collections were written after the detector and measured before it was changed; what they showed
stands in docs/clinical-sources.md.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from directory.guidance.notice import SEVERITY, Triage
from directory.understanding.findings.assess import TextAssessor

DATA = Path(__file__).parent / "data"
ALARMS = {Triage.EMERGENCY, Triage.URGENT}
MOST_FALSE_ALARMS = 0.02
ASSESSOR = TextAssessor()


def rows(pattern: str) -> Iterator[list[str]]:
    for path in sorted(DATA.glob(pattern)):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line.split("\t")


WARNINGS = [(Triage(level), rule, text) for level, rule, text in rows("warning_*.tsv")]
LOOKALIKES = [text for _, text in rows("lookalikes_*.tsv")]


def level_of(text: str) -> Triage:
    return ASSESSOR.assess(text).triage


def test_the_collections_are_large_enough_and_hold_nothing_twice() -> None:
    texts = [text for _, _, text in WARNINGS] + LOOKALIKES
    assert len(texts) == len(set(texts))
    assert sum(level is Triage.EMERGENCY for level, _, _ in WARNINGS) >= 200
    assert sum(level is Triage.URGENT for level, _, _ in WARNINGS) >= 40
    assert len(LOOKALIKES) >= 200


def test_no_emergency_is_missed() -> None:
    missed = [text for level, _, text in WARNINGS if level is Triage.EMERGENCY and level_of(text) is not level]
    assert missed == []


def test_nothing_urgent_is_missed() -> None:
    missed = [text for level, _, text in WARNINGS if SEVERITY[level_of(text)] < SEVERITY[level]]
    assert missed == []


def test_look_alikes_seldom_raise_an_alarm() -> None:
    false = [text for text in LOOKALIKES if level_of(text) in ALARMS]
    assert len(false) <= MOST_FALSE_ALARMS * len(LOOKALIKES), false


@pytest.mark.parametrize("phone", ["911", "988"])
def test_every_emergency_says_whom_to_call(phone: str) -> None:
    suicidal = [text for _, rule, text in WARNINGS if (rule == "suicidal_thoughts") is (phone == "988")]
    silent = [
        text
        for text in suicidal
        if (found := ASSESSOR.assess(text)).triage is Triage.EMERGENCY and phone not in {n.phone for n in found.notices}
    ]
    assert silent == []
