"""What sets a finding aside, and what only looks as if it did."""

import pytest

from directory.understanding.findings.detector import Detector
from directory.understanding.findings.lexicon import lexicon

DETECTOR = Detector(lexicon())


def reasons(text: str, code: str) -> set[str]:
    return {finding.set_aside for finding in DETECTOR.findings(text) if finding.code == code}


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("no fever", "fever", "negated"),
        ("denies fever", "fever", "negated"),
        ("sin fiebre", "fever", "negated"),
        ("no tengo fiebre", "fever", "negated"),
        ("fever: no", "fever", "negated"),
        ("no fever, chills or weight loss", "weight_loss", "negated"),
        ("no numbness in the groin", "saddle_numbness", "negated"),
        ("I haven't lost control of my bladder", "bladder_trouble", "negated"),
        ("ni fiebre ni debilidad", "fever", "negated"),
        ("fever two years ago", "fever", "history"),
        ("fell off a ladder in 2015 and my back still hurts", "serious_accident", "history"),
        ("me caí de una escalera hace tres años", "serious_accident", "history"),
        ("cauda equina in 2015", "cauda_equina", "history"),
        ("incontinence for 10 years", "bladder_trouble", "history"),
        ("chronic foot drop", "foot_drop", "history"),
        ("in a wheelchair since car accident 1999", "serious_accident", "history"),
        ("my grandfather died of cancer", "cancer_history", "other_person"),
        ("my dog can't pee", "bladder_trouble", "other_person"),
        ("worried about cancer", "cancer_history", "hypothetical"),
        ("suicide awareness nurse", "suicidal_thoughts", "topic"),
        ("foot drop brace", "foot_drop", "topic"),
        ("hay fever", "fever", "topic"),
    ],
)
def test_it_is_set_aside(text: str, code: str, reason: str) -> None:
    assert reasons(text, code) == {reason}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no relief, numb groin", "saddle_numbness"),
        ("nothing helps my numb groin", "saddle_numbness"),
        ("no idea why my groin is numb", "saddle_numbness"),
        ("not only numb but tingling in the groin", "saddle_numbness"),
        ("no fever but my groin is numb", "saddle_numbness"),
        ("surgery two years ago and now I can't pee", "bladder_trouble"),
        ("back surgery in 2019, groin numb", "saddle_numbness"),
        ("fell off a ladder today, did it before in 2015", "serious_accident"),
        ("fever and back pain with a history of IV drug use", "fever"),
        ("fever and back pain with a history of IV drug use", "iv_drug_use"),
        ("fever, surgery two years ago", "fever"),
        ("surgery 2 years ago can't pee", "bladder_trouble"),
        ("had spinal fusion 3 years ago numb groin", "saddle_numbness"),
        ("chronic back pain numb groin", "saddle_numbness"),
        ("back pain for 10 years can't pee", "bladder_trouble"),
        ("numb legs for years, now can't pee", "bladder_trouble"),
        ("I have a spinal cord stimulator and can't pee", "bladder_trouble"),
        ("pelvic floor therapist because my groin is numb", "saddle_numbness"),
        ("my mom died of cancer and I can't feel my groin", "saddle_numbness"),
        ("fell in love and then fell off a ladder", "serious_accident"),
        ("suicide hotline number please, I want to die", "suicidal_thoughts"),
        ("worried because I can't feel my groin", "saddle_numbness"),
        ("my mother can't pee", "bladder_trouble"),
        ("had breast cancer in 2015", "cancer_history"),
        ("no puedo orinar", "bladder_trouble"),
        ("I don't want to live", "suicidal_thoughts"),
        ("scared I will kill myself", "suicidal_thoughts"),
    ],
)
def test_it_counts(text: str, code: str) -> None:
    assert "" in reasons(text, code)
