"""The vocabulary's data: complete, in two languages, without duplicates, dangling references or made-up codes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
import simple_icd_10_cm as icd

from directory.domain.specialty import Discipline, Specialty
from directory.search.fold import fold
from directory.vocabulary import load
from directory.vocabulary.concepts import Condition, Symptom, Treatment

VOCABULARY = load()
CONDITIONS = list(VOCABULARY.conditions.values())
SYMPTOMS = list(VOCABULARY.symptoms.values())
TREATMENTS = list(VOCABULARY.treatments.values())
NAMED: list[Condition | Symptom | Treatment] = [*CONDITIONS, *SYMPTOMS, *TREATMENTS]
NUCC = re.compile(r"[0-9]{2}[0-9A-Z]{7}X")
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
CPT = re.compile(r"[0-9]{5}|[0-9]{4}[FTU]")
SEED_SPECIALTIES = (
    "primary_care",
    "osteopathic_physician",
    "chiropractor",
    "spine_surgeon_orthopedic",
    "spine_surgeon_neurosurgery",
    "physiatrist",
    "pain_management",
    "physical_therapist",
    "occupational_therapist",
    "rheumatologist",
)


def identity(concept: Condition | Symptom | Treatment) -> str:
    return concept.slug if isinstance(concept, Condition) else concept.code


def folded(text: str) -> str:
    """Fold as search does, and leave out what is neither letter nor digit."""
    return " ".join(re.findall(r"[^\W_]+", re.sub("['’]", "", fold(text))))


def owners_of_each_form() -> dict[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for phrase in VOCABULARY.phrases():
        owners[folded(phrase.text)].add(f"{phrase.kind}:{phrase.code}")
    return owners


def every_condition_summary() -> Iterator[tuple[str, str]]:
    for condition in CONDITIONS:
        yield condition.slug, condition.summary
        yield condition.slug, condition.summary_es


def test_breadth_reaches_what_the_directory_promises() -> None:
    assert len(CONDITIONS) >= 120
    assert len(SYMPTOMS) >= 25
    assert len(TREATMENTS) >= 45
    assert len(VOCABULARY.insurers) >= 20
    assert len(VOCABULARY.languages) >= 30


def test_no_form_names_two_concepts_unless_it_says_why() -> None:
    shared = {folded(shared.form): set(shared.concepts) for shared in VOCABULARY.shared_forms}
    ambiguous = {form: owners for form, owners in owners_of_each_form().items() if len(owners) > 1}
    assert ambiguous == shared


def test_shared_forms_are_listed_once_and_say_why() -> None:
    forms = Counter(folded(shared.form) for shared in VOCABULARY.shared_forms)
    assert [form for form, times in forms.items() if times > 1] == []
    assert all(shared.reason for shared in VOCABULARY.shared_forms)


def test_no_concept_repeats_a_form_within_a_language() -> None:
    repeated = Counter(
        (phrase.kind, phrase.code, phrase.language, folded(phrase.text)) for phrase in VOCABULARY.phrases()
    )
    assert [phrase for phrase, times in repeated.items() if times > 1] == []


def test_every_form_keeps_something_when_folded() -> None:
    assert [phrase for phrase in VOCABULARY.phrases() if not folded(phrase.text)] == []


@pytest.mark.parametrize("concept", NAMED, ids=identity)
def test_each_concept_has_enough_forms_in_both_languages(concept: Condition | Symptom | Treatment) -> None:
    english, spanish = concept.forms["en"], concept.forms["es"]
    assert english[0] == concept.name
    assert spanish[0] == concept.name_es
    assert len(english) >= 4
    assert len(spanish) >= 3
    assert len(english) + len(spanish) >= 8


@pytest.mark.parametrize("specialty", VOCABULARY.specialties.values(), ids=list(VOCABULARY.specialties))
def test_each_specialty_is_described_and_named_in_both_languages(specialty: Specialty) -> None:
    assert len(specialty.forms["en"]) >= 5
    assert len(specialty.forms["es"]) >= 5
    assert specialty.summary != specialty.summary_es
    assert specialty.training != specialty.training_es
    assert specialty.see_when != specialty.see_when_es
    assert specialty.taxonomies


def test_icd_10_cm_codes_exist() -> None:
    unknown = [
        (condition.slug, code)
        for condition in CONDITIONS
        for code in condition.icd10
        if not icd.is_valid_item(code) or icd.is_chapter_or_block(code)
    ]
    assert unknown == []


def test_every_condition_has_a_code() -> None:
    assert [condition.slug for condition in CONDITIONS if not condition.icd10] == []


def test_no_condition_lists_a_code_twice() -> None:
    assert [c.slug for c in CONDITIONS if len(set(c.icd10)) != len(c.icd10)] == []


def test_conditions_that_are_symptoms_come_from_codes_of_complaints() -> None:
    complaints = ("M54", "M62.83", "R", "G89", "O26.89", "O99.89")
    strays = [
        condition.slug
        for condition in CONDITIONS
        if condition.is_symptom and not any(condition.icd10[0].startswith(code) for code in complaints)
    ]
    assert strays == []


def test_summaries_are_two_sentences() -> None:
    wrong = [(slug, text) for slug, text in every_condition_summary() if len(SENTENCE_END.findall(text)) != 2]
    assert wrong == []


def test_summaries_neither_diagnose_nor_advise() -> None:
    advice = re.compile(r"\b(you have|you should|you must|see a doctor|usted tiene|debe usted|consulte)\b", re.I)
    assert [(slug, text) for slug, text in every_condition_summary() if advice.search(text)] == []


def test_every_condition_is_treated_by_known_specialties_with_a_named_source() -> None:
    for condition in CONDITIONS:
        assert condition.treated_by, condition.slug
        for treats in condition.treated_by:
            assert treats.specialty in VOCABULARY.specialties, condition.slug
            assert treats.source in VOCABULARY.sources, condition.slug
            assert treats.fit in (1, 2, 3), condition.slug
        assert condition.treated_by[0].fit == 3, f"{condition.slug} has no best specialty"


def test_every_source_is_cited() -> None:
    cited = {treats.source for condition in CONDITIONS for treats in condition.treated_by}
    assert set(VOCABULARY.sources) == cited


def test_symptoms_and_treatments_lead_to_known_specialties() -> None:
    fits = [(s.code, fit) for s in SYMPTOMS for fit in s.leads_to]
    fits += [(t.code, fit) for t in TREATMENTS for fit in t.offered_by]
    assert [code for code, fit in fits if fit.specialty not in VOCABULARY.specialties] == []


def test_only_emergencies_lead_to_no_specialty() -> None:
    assert [s.code for s in SYMPTOMS if not s.leads_to and "emergency" not in s.tags] == []
    assert [t.code for t in TREATMENTS if not t.offered_by] == []


def test_shared_forms_point_at_known_concepts() -> None:
    known = {f"{phrase.kind}:{phrase.code}" for phrase in VOCABULARY.phrases()}
    assert [c for shared in VOCABULARY.shared_forms for c in shared.concepts if c not in known] == []


def test_codes_are_written_alike() -> None:
    assert [c.slug for c in CONDITIONS if not SLUG.fullmatch(c.slug)] == []
    codes = [*VOCABULARY.symptoms, *VOCABULARY.treatments, *VOCABULARY.insurers, *VOCABULARY.specialties]
    assert [code for code in codes if not CODE.fullmatch(code)] == []


def test_treatments_carry_no_cpt_codes() -> None:
    assert [t.code for t in TREATMENTS if CPT.fullmatch(t.code)] == []


def test_taxonomies_are_nucc_codes_of_known_specialties() -> None:
    for code, taxonomy in VOCABULARY.taxonomies.items():
        assert NUCC.fullmatch(code), code
        assert taxonomy.specialty is None or taxonomy.specialty in VOCABULARY.specialties, code
        assert taxonomy.organization or taxonomy.specialty, f"{code} belongs to nobody"
        assert not (taxonomy.needs_spine_evidence and taxonomy.spine_evidence), code


def test_surgeons_and_anesthesiologists_need_evidence_of_spine_practice() -> None:
    needy = {code for code, taxonomy in VOCABULARY.taxonomies.items() if taxonomy.needs_spine_evidence}
    assert needy == {"207X00000X", "207T00000X", "207L00000X"}


def test_the_seed_specialties_come_first_and_in_order() -> None:
    assert tuple(VOCABULARY.specialties)[: len(SEED_SPECIALTIES)] == SEED_SPECIALTIES
    assert [specialty.order for specialty in VOCABULARY.specialties.values()] == list(
        range(len(VOCABULARY.specialties))
    )


def test_every_discipline_has_a_specialty() -> None:
    assert {s.discipline for s in VOCABULARY.specialties.values()} >= set(Discipline)


def test_credentials_of_specialties_are_known() -> None:
    degrees = {degree for specialty in VOCABULARY.specialties.values() for degree in specialty.credentials}
    assert degrees <= set(VOCABULARY.credentials)
    assert VOCABULARY.specialties["osteopathic_physician"].credentials == ("DO",)


def test_language_codes_have_the_shape_of_iso_639() -> None:
    for code, language in VOCABULARY.languages.items():
        assert re.fullmatch(r"[a-z]{2,3}", code)
        assert re.fullmatch(r"[a-z]{3}", language.iso639_2)
    codes = Counter(language.iso639_2 for language in VOCABULARY.languages.values())
    assert [code for code, times in codes.items() if times > 1] == []


def test_days_and_accessibility_use_the_codes_of_fhir_and_plan_net() -> None:
    assert list(VOCABULARY.days) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    plan_net = {"cultcomp", "handiaccess", "adacomp", "pubtrans", "anssrvc", "cognitive", "mobility"}
    assert set(VOCABULARY.accessibility) == plan_net
