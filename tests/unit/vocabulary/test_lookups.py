"""The lookups other layers build on."""

import pytest

from directory.domain.specialty import Discipline
from directory.vocabulary import load

VOCABULARY = load()


@pytest.mark.parametrize(
    ("taxonomy", "specialty"),
    [
        ("207Q00000X", "primary_care"),
        ("204D00000X", "osteopathic_physician"),
        ("111NX0800X", "chiropractor"),
        ("207XS0117X", "spine_surgeon_orthopedic"),
        ("207T00000X", "spine_surgeon_neurosurgery"),
        ("2081P2900X", "physiatrist"),
        ("208VP0014X", "pain_management"),
        ("2251X0800X", "physical_therapist"),
        ("225XE1200X", "occupational_therapist"),
        ("207RR0500X", "rheumatologist"),
        ("2084N0400X", "neurologist"),
        ("103TH0004X", "pain_psychologist"),
        ("261QM1300X", None),
        ("207W00000X", None),
        ("", None),
    ],
)
def test_specialty_of_a_taxonomy(taxonomy: str, specialty: str | None) -> None:
    assert VOCABULARY.specialty_of_taxonomy(taxonomy) == specialty


def test_a_specialty_knows_its_individual_taxonomies_only() -> None:
    pain = VOCABULARY.specialties["pain_management"]
    assert "207LP2900X" in pain.taxonomies
    assert "261QP3300X" not in pain.taxonomies


@pytest.mark.parametrize(
    ("specialty", "discipline"),
    [
        ("primary_care", Discipline.PRIMARY_CARE),
        ("chiropractor", Discipline.CHIROPRACTIC),
        ("occupational_therapist", Discipline.REHABILITATION),
        ("physiatrist", Discipline.PHYSIATRY_PAIN),
        ("spine_surgeon_neurosurgery", Discipline.SURGERY),
        ("rheumatologist", Discipline.RHEUMATOLOGY),
        ("neurologist", None),
        ("pain_psychologist", None),
    ],
)
def test_disciplines_of_integrated_clinics(specialty: str, discipline: Discipline | None) -> None:
    assert VOCABULARY.specialties[specialty].discipline is discipline


def test_usual_conditions_come_best_fit_first() -> None:
    usual = VOCABULARY.usual_conditions("rheumatologist")
    fits = [entry.fit for entry in usual]
    assert fits == sorted(fits, reverse=True)
    best = {entry.condition.slug for entry in usual if entry.fit == 3}
    assert {"ankylosing-spondylitis", "axial-spondyloarthritis", "psoriatic-spondylitis"} <= best
    assert "cauda-equina-syndrome" not in {entry.condition.slug for entry in usual}


def test_usual_conditions_of_an_unknown_specialty_are_none() -> None:
    assert VOCABULARY.usual_conditions("dentist") == ()


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("M51.26", "lumbar-disc-herniation"),
        ("M54.50", "low-back-pain"),
        ("M54.31", "sciatica"),
        ("M48.062", "neurogenic-claudication"),
        ("M41.125", "adolescent-idiopathic-scoliosis"),
        ("S13.4XXA", "whiplash"),
        ("M45.6", "ankylosing-spondylitis"),
        ("G83.4", "cauda-equina-syndrome"),
    ],
)
def test_condition_of_an_icd_10_cm_code(code: str, slug: str) -> None:
    assert slug in {condition.slug for condition in VOCABULARY.conditions_of_icd10(code)}


@pytest.mark.parametrize("code", ["J45.909", "M5", ""])
def test_no_condition_of_a_code_outside_the_back(code: str) -> None:
    assert VOCABULARY.conditions_of_icd10(code) == ()


def test_treatments_offered_by_a_specialty_come_best_fit_first() -> None:
    offered = VOCABULARY.treatments_offered_by("pain_management")
    fits = [dict(treatment.offered_by)["pain_management"] for treatment in offered]
    assert fits == sorted(fits, reverse=True)
    assert "epidural_steroid_injection" in {treatment.code for treatment in offered}


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("condition", "slipped disk", "herniated-disc"),
        ("condition", "siatica", "sciatica"),
        ("condition", "siática", "sciatica"),
        ("condition", "spinal stynosis", "spinal-stenosis"),
        ("condition", "buldging disc", "bulging-disc"),
        ("condition", "scholiosis", "scoliosis"),
        ("condition", "culebrilla", "postherpetic-neuralgia"),
        ("specialty", "chiro", "chiropractor"),
        ("specialty", "pm&r", "physiatrist"),
        ("specialty", "terapia física", "physical_therapist"),
        ("symptom", "can't feel when i wipe", "saddle_numbness"),
        ("symptom", "se me duerme la pierna", "leg_numbness"),
        ("treatment", "cortisone shot", "spine_injection"),
        ("insurer", "workmans comp", "workers_compensation"),
        ("language", "habla espanol", "es"),
    ],
)
def test_patients_words_are_there(kind: str, text: str, code: str) -> None:
    found = {(phrase.kind, phrase.code) for phrase in VOCABULARY.phrases() if phrase.text == text}
    assert (kind, code) in found


def test_descriptions_of_complaints_never_name_a_disease() -> None:
    diseases = {
        phrase.text
        for phrase in VOCABULARY.phrases()
        if phrase.kind == "condition" and not VOCABULARY.conditions[phrase.code].is_symptom
    }
    complaints = {phrase.text for phrase in VOCABULARY.phrases() if phrase.kind == "symptom"}
    assert not diseases & complaints
    assert not [text for text in diseases if text.startswith(("my ", "i ", "can't ", "me duele "))]
