"""The guide: which kinds of professional fit which answers, in which order, why, and by whose rule."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.domain.errors import InvalidInput
from directory.guidance.answers import (
    ClinicModel,
    GuideAnswers,
    GuideResult,
    Helped,
    Preference,
    Tier,
    TriedTreatment,
)
from directory.guidance.notice import Triage
from directory.guidance.pathway import Pathway, PathwayRules, Rule, pathway_rules
from directory.vocabulary import load

VOCABULARY = load()
PATHWAY = Pathway(VOCABULARY)
RULES: PathwayRules = pathway_rules()
SURGEONS = {"spine_surgeon_orthopedic", "spine_surgeon_neurosurgery"}
FIRST_PORTS = {"primary_care", "osteopathic_physician", "chiropractor"}


def guide(language: str = "en", **answers: Any) -> GuideResult:
    return PATHWAY.guide(GuideAnswers(**answers), language)


def tried(code: str, helped: Helped | None = Helped.NONE, weeks: float | None = None) -> TriedTreatment:
    return TriedTreatment(code, weeks, helped)


def at(result: GuideResult, tier: Tier) -> set[str]:
    return {item.specialty for item in result.recommendations if item.tier is tier}


def all_of(result: GuideResult) -> set[str]:
    return {item.specialty for item in result.recommendations}


def test_a_new_problem_goes_to_the_first_ports_of_call() -> None:
    assert at(guide(duration_weeks=1), Tier.FIRST) == FIRST_PORTS
    assert at(guide(), Tier.FIRST) == FIRST_PORTS


@pytest.mark.parametrize("helped", [Helped.NONE, Helped.PARTIAL])
@pytest.mark.parametrize("weeks", [4, 6, 8, 12])
def test_weeks_of_chiropractic_without_relief_lead_to_specialists(weeks: float, helped: Helped) -> None:
    result = guide(duration_weeks=10, treatments_tried=(tried("chiropractic_care", helped, weeks),))
    assert "physiatrist" in at(result, Tier.FIRST)
    assert "chiropractor" not in all_of(result)
    assert all_of(result) >= SURGEONS | {"pain_management"}


def test_chiropractic_is_given_its_time() -> None:
    result = guide(duration_weeks=3, treatments_tried=(tried("chiropractic_care", Helped.PARTIAL, 2),))
    assert "chiropractor" in at(result, Tier.FIRST)


@pytest.mark.parametrize("helped", [Helped.IMPROVING, Helped.GOOD])
def test_what_helps_is_kept(helped: Helped) -> None:
    result = guide(duration_weeks=10, treatments_tried=(tried("chiropractic_care", helped, 6),))
    assert "chiropractor" in at(result, Tier.FIRST)


@pytest.mark.parametrize("slug", RULES.groups["inflammatory_disease"])
def test_arthritis_goes_to_a_rheumatologist(slug: str) -> None:
    assert guide(diagnosis=(slug,)).recommendations[0].specialty == "rheumatologist"


INFLAMED: dict[str, Any] = {
    "age": 30,
    "duration_weeks": 30,
    "symptoms": ("morning_stiffness", "buttock_pain", "night_pain"),
}


def test_signs_of_inflammation_go_to_a_rheumatologist() -> None:
    assert "rheumatologist" in at(guide(**INFLAMED), Tier.FIRST)


@pytest.mark.parametrize(
    "changes",
    [
        {"duration_weeks": 8},
        {"age": 60},
        {"age": None},
        {"symptoms": ("morning_stiffness", "buttock_pain")},
        {"age": 44, "duration_weeks": 14},
    ],
    ids=str,
)
def test_fewer_signs_of_inflammation_do_not(changes: dict[str, Any]) -> None:
    assert "rheumatologist" not in at(guide(**{**INFLAMED, **changes}), Tier.FIRST)


def test_three_signs_are_enough_with_hla_b27() -> None:
    answers = {**INFLAMED, "symptoms": ("morning_stiffness", "buttock_pain", "hla_b27")}
    assert "rheumatologist" in at(guide(**answers), Tier.FIRST)


def test_stenosis_with_failed_care_goes_to_a_surgeon() -> None:
    answers: dict[str, Any] = {"diagnosis": ("spinal-stenosis",), "duration_weeks": 30}
    failed = guide(**answers, treatments_tried=(tried("physical_therapy", weeks=12),))
    assert at(failed, Tier.FIRST) >= SURGEONS
    assert at(guide(**answers), Tier.LATER) >= SURGEONS


def test_those_who_want_no_surgery_meet_surgeons_last() -> None:
    answers: dict[str, Any] = {"diagnosis": ("spinal-stenosis",), "duration_weeks": 30}
    result = guide(
        **answers,
        treatments_tried=(tried("physical_therapy", weeks=12),),
        preferences=(Preference.AVOID_SURGERY,),
    )
    assert at(result, Tier.LATER) >= SURGEONS
    assert not SURGEONS & (at(result, Tier.FIRST) | at(result, Tier.NEXT))
    assert result.second_opinion is not None


def test_those_who_like_hands_on_care_find_it_first() -> None:
    result = guide(duration_weeks=3, preferences=(Preference.HANDS_ON_CARE,))
    first = [item.specialty for item in result.recommendations[:3]]
    assert set(first) == {"chiropractor", "osteopathic_physician", "physical_therapist"}


def test_hands_on_care_is_not_brought_back_where_it_failed() -> None:
    result = guide(
        duration_weeks=10,
        treatments_tried=(tried("chiropractic_care", weeks=8),),
        preferences=(Preference.HANDS_ON_CARE,),
    )
    assert "chiropractor" not in all_of(result)


@pytest.mark.parametrize("code", ["physical_therapy", "epidural_steroid_injection", "massage", "opioid_medicine"])
def test_a_failed_treatment_leads_to_another_kind(code: str) -> None:
    result = guide(duration_weeks=20, treatments_tried=(tried(code),))
    assert "physiatrist" in at(result, Tier.FIRST)
    assert result.second_opinion is not None


@pytest.mark.parametrize("weeks", [1, 8, 30])
def test_rehabilitation_is_part_of_most_plans(weeks: float) -> None:
    assert "physical_therapist" in all_of(guide(duration_weeks=weeks))


def test_facet_joints_lead_to_pain_management() -> None:
    assert "pain_management" in at(guide(diagnosis=("facet-joint-syndrome",), duration_weeks=8), Tier.NEXT)


def test_complicated_or_long_standing_problems_go_to_integrated_clinics() -> None:
    assert guide(duration_weeks=80).clinic_model is ClinicModel.INTEGRATED
    two = (tried("physical_therapy"), tried("facet_injection"))
    assert guide(duration_weeks=10, treatments_tried=two).clinic_model is ClinicModel.INTEGRATED
    assert guide(duration_weeks=2).clinic_model is ClinicModel.ANY
    assert guide(duration_weeks=2, preferences=(Preference.ONE_CLINIC,)).clinic_model is ClinicModel.INTEGRATED


def test_a_child_is_seen_by_its_own_doctor() -> None:
    result = guide(age=9, duration_weeks=3)
    assert at(result, Tier.FIRST) == {"primary_care"}
    assert "chiropractor" not in all_of(result)


def test_in_pregnancy_neither_surgeons_nor_injections_come_first() -> None:
    result = guide(pregnant=True, duration_weeks=30, treatments_tried=(tried("physical_therapy", Helped.PARTIAL, 3),))
    assert {"primary_care", "physical_therapist"} <= at(result, Tier.FIRST)
    assert not (SURGEONS | {"pain_management"}) & at(result, Tier.FIRST)


@pytest.mark.parametrize(
    "code", ["saddle_numbness", "bladder_trouble", "chest_pain", "suicidal_thoughts", "car_accident"]
)
def test_in_an_emergency_there_is_nothing_but_the_notice(code: str) -> None:
    result = guide(red_flags=(code,), diagnosis=("spinal-stenosis",), duration_weeks=30)
    assert result.triage is Triage.EMERGENCY
    assert result.notices
    assert (result.recommendations, result.self_care, result.second_opinion, result.prepare) == ((), (), None, ())


@pytest.mark.parametrize("name", ["symptoms", "history", "red_flags"])
def test_history_counts_as_symptoms_do(name: str) -> None:
    answers: dict[str, Any] = {name: ("cancer_history",)}
    assert [notice.kind for notice in guide(**answers).notices] == ["cancer_history"]
    assert guide(**{"symptoms": ("leg_numbness",), **answers}).triage is not Triage.ROUTINE


def test_cancer_with_a_sign_of_the_nerves_is_an_emergency() -> None:
    assert guide(symptoms=("leg_numbness",), history=("cancer_history",)).triage is Triage.EMERGENCY


def test_urgent_notices_leave_the_recommendations_in_place() -> None:
    result = guide(red_flags=("fever",))
    assert result.triage is Triage.URGENT
    assert result.recommendations


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"symptoms": ("nonsense",)}, "symptoms"),
        ({"history": ("nonsense",)}, "history"),
        ({"diagnosis": ("nonsense",)}, "diagnosis"),
        ({"red_flags": ("nonsense",)}, "red_flags"),
        ({"treatments_tried": (TriedTreatment("nonsense"),)}, "treatments_tried"),
        ({"treatments_tried": (TriedTreatment("massage", -1),)}, "treatments_tried"),
        ({"duration_weeks": float("nan")}, "duration_weeks"),
        ({"duration_weeks": -1.0}, "duration_weeks"),
        ({"age": 121}, "age"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(answers: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        guide(**answers)
    assert refusal.value.field == field


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.code)
def test_a_rule_names_what_exists_and_is_cited(rule: Rule) -> None:
    assert rule.grades.keys() | rule.taken <= VOCABULARY.specialties.keys()
    assert rule.source
    assert rule.text.en != rule.text.es


def every_fact() -> Iterator[str]:
    fixed = "acute subacute chronic long_standing duration_unknown tried failed failed_two nonsurgical_failed child"
    yield from fixed.split()
    yield from [
        "adolescent",
        "older_person",
        "pregnancy",
        "inflammatory_pattern",
        "inflammatory_hint",
        "several_conditions",
    ]
    yield from (f"prefers:{preference}" for preference in Preference)
    for treatment in VOCABULARY.treatments.values():
        for how in ("tried", "failed", "short", "helping"):
            yield f"{how}:{treatment.code}"
        for how in ("tried_kind", "failed_kind", "helping_kind"):
            yield f"{how}:{treatment.kind}"
    yield from RULES.groups
    yield from VOCABULARY.conditions
    yield from VOCABULARY.symptoms
    yield from RULES.extra_symptoms
    yield from ("neck_pain_with_dizziness", "osteoporosis")


def test_rules_ask_only_for_facts_that_can_be() -> None:
    remarks = (*RULES.clinics, *RULES.self_care, *RULES.second_opinions)
    conditions = [*(rule.condition for rule in RULES.rules), *(remark.condition for remark in remarks)]
    asked = {fact for item in conditions for part in (*item.when, tuple(item.unless)) for fact in part}
    assert asked - set(every_fact()) == set()
    grouped = {member for members in RULES.groups.values() for member in members}
    assert grouped - set(every_fact()) == set()


SYMPTOMS = st.lists(st.sampled_from(sorted(VOCABULARY.symptoms)), max_size=3).map(tuple)
ANSWERS = st.builds(
    GuideAnswers,
    duration_weeks=st.none() | st.floats(0, 1_000),
    symptoms=SYMPTOMS,
    history=SYMPTOMS,
    treatments_tried=st.lists(
        st.builds(
            TriedTreatment,
            st.sampled_from(sorted(VOCABULARY.treatments)),
            st.none() | st.floats(0, 100),
            st.none() | st.sampled_from(Helped),
        ),
        max_size=3,
    ).map(tuple),
    diagnosis=st.lists(st.sampled_from(sorted(VOCABULARY.conditions)), max_size=2).map(tuple),
    age=st.none() | st.integers(0, 120),
    pregnant=st.none() | st.booleans(),
    preferences=st.lists(st.sampled_from(Preference), unique=True).map(tuple),
)


@given(ANSWERS, st.sampled_from(["en", "es"]))
def test_any_answers_lead_to_something_with_reason_and_source(answers: GuideAnswers, language: str) -> None:
    result = PATHWAY.guide(answers, language)
    assert result == PATHWAY.guide(answers, language)
    assert bool(result.recommendations) == (result.triage is not Triage.EMERGENCY)
    assert all(item.reason and item.source and item.expect for item in result.recommendations)
    tiers = [list(Tier).index(item.tier) for item in result.recommendations]
    assert tiers == sorted(tiers)
    assert len(all_of(result)) == len(result.recommendations)
