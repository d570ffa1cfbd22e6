"""What is wrong with a draft, said so that it can be mended; and what is not wrong."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.domain.application import ApplicationKind
from directory.domain.draft import (
    CareStep,
    ClinicDraft,
    ClinicStep,
    LocationDraft,
    PartnerDraft,
    PersonDraft,
    Step,
)
from directory.registration.checking import name_similarity
from directory.registration.reports import business_days_after
from directory.registration.validation import MAX_CHOICES, MAX_PEOPLE, Validation, e164, website
from directory.vocabulary import load
from tests.factories.records import TODAY, npi
from tests.factories.registration import DRAFT, PLACE

VALIDATION = Validation(load())


def fields(draft: ClinicDraft, step: Step) -> list[str]:
    return [problem.field for problem in VALIDATION.problems(ApplicationKind.CLINIC, draft, step)]


def test_a_whole_draft_has_no_problems() -> None:
    assert VALIDATION.problems(ApplicationKind.CLINIC, DRAFT) == ()


def test_an_empty_draft_says_what_each_step_lacks() -> None:
    found = VALIDATION.problems(ApplicationKind.CLINIC, ClinicDraft())
    assert [(problem.step, problem.field) for problem in found] == [
        (Step.CLINIC, "name"),
        (Step.CLINIC, "email"),
        (Step.LOCATIONS, ""),
        (Step.KIND, "kind"),
        (Step.PEOPLE, ""),
    ]


def test_a_practitioner_is_not_asked_about_a_clinic() -> None:
    found = VALIDATION.problems(ApplicationKind.PRACTITIONER, ClinicDraft())
    assert {problem.step for problem in found} == {Step.LOCATIONS, Step.PEOPLE}


@pytest.mark.fault(28, 29)
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"npi": "1234567890"}, "npi"),
        ({"npi": "12"}, "npi"),
        ({"name": " "}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"email": "nobody"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "http://user@x.example"}, "website"),
        ({"website": "http://127.0.0.1/"}, "website"),
        ({"website": "http://localhost"}, "website"),
        ({"website": "http://x.example:8080"}, "website"),
        ({"website": "http://[x"}, "website"),
    ],
)
def test_each_field_of_the_clinic(change: dict[str, Any], field: str) -> None:
    """Faults 28 and 29: what is no public web address is refused; nothing is fetched."""
    assert fields(replace(DRAFT, clinic=replace(DRAFT.clinic, **change)), Step.CLINIC) == [field]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"line": ""}, "0.line"),
        ({"city": ""}, "0.city"),
        ({"state": "XX"}, "0.state"),
        ({"zip": "606-14"}, "0.zip"),
        ({"zip": "٦٠٦١٤"}, "0.zip"),
        ({"phone": ""}, "0.phone"),
        ({"phone": "+44 20 7946 0000"}, "0.phone"),
        ({"open_days": ("someday",)}, "0.open_days"),
        ({"accessibility": ("none",)}, "0.accessibility"),
        ({"hours": "x" * 301}, "0.hours"),
    ],
)
def test_each_field_of_a_location(change: dict[str, Any], field: str) -> None:
    assert fields(replace(DRAFT, locations=(replace(PLACE, **change),)), Step.LOCATIONS) == [field]


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (PersonDraft(npi=""), "0.npi"),
        (PersonDraft(npi=npi(1), credential="WIZ"), "0.credential"),
        (PersonDraft(npi=npi(1), board="A board"), "0.board_evidence"),
        (PersonDraft(npi=npi(1), conditions=("nothing",)), "0.conditions"),
        (PersonDraft(npi=npi(1), treatments=("nothing",)), "0.treatments"),
        (PersonDraft(npi=npi(1), age_groups=("nothing",)), "0.age_groups"),
        (PersonDraft(npi=npi(1), locations=(1,)), "0.locations"),
        (PersonDraft(npi=npi(1), locations=()), "0.locations"),
        (PersonDraft(npi=npi(1), locations=(-1,)), "0.locations"),
    ],
)
def test_each_field_of_a_person(person: PersonDraft, field: str) -> None:
    assert fields(replace(DRAFT, people=(person,)), Step.PEOPLE) == [field]


def test_nobody_is_in_the_list_twice_and_the_list_ends() -> None:
    assert fields(replace(DRAFT, people=(PersonDraft(npi(1)), PersonDraft(npi(1)))), Step.PEOPLE) == ["1.npi"]
    many = tuple(PersonDraft(npi(number)) for number in range(MAX_PEOPLE + 5))
    assert fields(replace(DRAFT, people=many), Step.PEOPLE) == [""]


def test_care_and_partners() -> None:
    assert fields(replace(DRAFT, care=CareStep(insurance=("x",), languages=("es",))), Step.CARE) == ["insurance"]
    assert fields(replace(DRAFT, care=CareStep(languages=("es",) * (MAX_CHOICES + 1))), Step.CARE) == ["languages"]
    partners = (PartnerDraft(clinic_id="k1"), PartnerDraft(name="Oak", email="oak@x.example"), PartnerDraft())
    assert fields(replace(DRAFT, partners=partners), Step.PARTNERS) == ["2.name", "2.email"]


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_validation(one: str, other: str, third: str) -> None:
    draft = ClinicDraft(
        clinic=ClinicStep(one, other, third, one),
        locations=(LocationDraft(one, other, third, one, other, third, one),),
        people=(PersonDraft(one, other, third, one),),
        partners=(PartnerDraft(one, other, third),),
    )
    assert all(problem.message.endswith(".") for problem in VALIDATION.problems(ApplicationKind.CLINIC, draft))


@pytest.mark.parametrize("typed", ["312-555-0100", "(312) 555 0100", "+1 312 555 0100", "1.312.555.0100"])
def test_phones_are_kept_in_one_form(typed: str) -> None:
    assert e164(typed) == "+13125550100"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("x.example", "https://x.example"), (" http://x.example/a ", "http://x.example/a"), ("ftp://x.example", "")],
)
def test_websites_are_kept_in_one_form(typed: str, kept: str) -> None:
    assert website(typed) == kept


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Juniper Spine", "JUNIPER SPINE CENTER, LLC", 1.0, 1.0),
        ("Juniper Spine", "Maple Pain", 0.0, 0.0),
        ("Juniper Spine Care", "Juniper Dental Care PC", 0.6, 0.7),
        ("LLC", "LLC", 0.0, 0.0),
    ],
)
def test_names_that_are_alike(one: str, other: str, least: float, most: float) -> None:
    assert least <= name_similarity(one, other) <= most


def test_a_case_is_due_after_business_days() -> None:
    # TODAY is a Wednesday.
    assert [(business_days_after(TODAY, count) - TODAY).days for count in range(4)] == [0, 1, 2, 5]
