"""Who comes after care that failed, by how far along it was."""

import pytest

from directory.understanding.needs import Complaint, NeedReader
from directory.understanding.tables import table
from directory.vocabulary.concepts import TREATMENT_KINDS
from directory.vocabulary.reader import load

VOCABULARY = load()
SURGEONS = {"spine_surgeon_orthopedic", "spine_surgeon_neurosurgery"}


def fits(*conditions: str, failed: tuple[str, ...]) -> dict[str, int]:
    return NeedReader(VOCABULARY).specialties(Complaint(conditions=conditions, failed=failed))


def at(grade: int, found: dict[str, int]) -> set[str]:
    return {code for code, fit in found.items() if fit == grade}


def test_every_kind_of_treatment_and_every_specialty_has_a_level():
    levels = table("next_steps.toml")["level"]
    assert set(levels["treatment"]) == TREATMENT_KINDS
    assert set(levels["specialty"]) == set(VOCABULARY.specialties)


@pytest.mark.parametrize("condition", ["sciatica", "low-back-pain", "neck-pain"])
def test_after_chiropractic_without_relief_specialists_come_before_first_ports_of_call(condition):
    found = fits(condition, failed=("chiropractic_care",))
    assert at(3, found) == {"physiatrist", "pain_management"}
    assert {"physical_therapist", *SURGEONS} <= at(2, found)
    assert found["primary_care"] == 1
    assert "chiropractor" not in found


def test_stenosis_after_injections_that_failed_leads_to_surgeons():
    found = fits("lumbar-spinal-stenosis", failed=("epidural_steroid_injection",))
    assert at(3, found) == SURGEONS
    assert at(2, found) == {"physiatrist", "physical_therapist"}


def test_the_treatment_that_was_furthest_along_decides():
    both = fits("spondylolisthesis", failed=("physical_therapy", "spine_injection"))
    assert at(3, both) == SURGEONS


def test_a_condition_that_belongs_to_others_stays_with_them():
    found = fits("ankylosing-spondylitis", failed=("anti_inflammatory_medicine",))
    assert at(3, found) == {"rheumatologist"}
    assert found["chiropractor"] == 1, "a usual next step that does not treat this comes last"


def test_a_surgeon_who_is_best_for_a_condition_stays_so_after_exercise():
    assert at(3, fits("cervical-myelopathy", failed=("physical_therapy",))) >= SURGEONS


def test_nothing_failed_changes_nothing():
    assert fits("sciatica", failed=())["primary_care"] == VOCABULARY.conditions["sciatica"].fit_of("primary_care")
