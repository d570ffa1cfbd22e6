"""The red-flag rules: complete in two languages, cited, and each holding for what it names."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.guidance.notice import Triage
from directory.guidance.person import Person
from directory.guidance.red_flags import RedFlags, Rule, read, red_flags
from directory.guidance.tables import GuidanceDataError, Table
from directory.understanding.findings.lexicon import lexicon
from directory.vocabulary import load

RULES = red_flags()
NOBODY = Person()


def findings_of(alternative: tuple[str, ...]) -> list[str]:
    return [RULES.groups.get(atom, (atom,))[0] for atom in alternative]


def alternatives() -> list[tuple[Rule, tuple[str, ...]]]:
    return [(rule, alternative) for rule in RULES.rules for alternative in rule.when]


def kinds(*findings: str, person: Person = NOBODY, language: str = "en") -> list[str]:
    return [notice.kind for notice in RULES.evaluate(findings, person, language).notices]


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.code)
def test_a_rule_is_cited_and_worded_in_both_languages(rule: Rule) -> None:
    assert rule.source
    assert rule.text.en != rule.text.es
    assert rule.phone in {"", "911", "988"}
    assert (rule.level is Triage.EMERGENCY) == bool(rule.phone)
    if rule.phone:
        assert rule.phone in rule.text.en or "emergency department" in rule.text.en
        assert rule.phone in rule.text.es or "urgencias" in rule.text.es


@pytest.mark.parametrize(("rule", "alternative"), alternatives(), ids=str)
def test_every_alternative_leads_to_its_notice_or_to_the_one_that_says_it_already(
    rule: Rule, alternative: tuple[str, ...]
) -> None:
    shown = kinds(*findings_of(alternative))
    stronger = rule.level is Triage.ROUTINE and shown
    assert rule.code in shown or set(rule.unless) & set(shown) or stronger


def test_no_rule_diagnoses() -> None:
    verdicts = re.compile(r"\byou (?:have|are having) an? |\bthis is an? |\bdiagnos|\busted tiene\b", re.IGNORECASE)
    assert [rule.code for rule in RULES.rules if verdicts.search(f"{rule.text.en} {rule.text.es}")] == []


def test_no_clinician_has_reviewed_the_rules_and_they_say_so() -> None:
    assert RULES.reviewed_by_clinician is False


def test_every_finding_of_a_rule_can_be_told_in_words_or_chosen() -> None:
    tellable = lexicon().kinds.keys()
    assert RULES.known() - tellable == set()


def test_rules_name_only_rules_and_conditions_that_exist() -> None:
    codes = [rule.code for rule in RULES.rules]
    assert len(codes) == len(set(codes))
    assert {other for rule in RULES.rules for other in rule.unless} <= set(codes)
    assert RULES.implied.keys() <= load().conditions.keys()
    assert set(RULES.implied.values()) <= RULES.known()


def test_emergencies_stand_before_urgent_notices() -> None:
    assert kinds("night_pain", "saddle_numbness") == ["cauda_equina", "night_pain"]


def test_routine_advice_is_silent_beside_a_warning() -> None:
    assert kinds("acute", "back_pain") == ["acute_pain"]
    assert kinds("acute", "back_pain", "fever") == ["fever"]


def test_a_known_condition_counts_as_what_it_implies() -> None:
    known = Person(conditions=frozenset({"osteoporosis"}))
    assert kinds("fall", person=known) == ["possible_fracture"]
    assert kinds("leg_numbness", person=Person(conditions=frozenset({"spinal-metastasis"}))) == [
        "cancer_with_neurological_sign"
    ]


@pytest.mark.parametrize(("age", "expected"), [(15, ["child_warning_sign"]), (16, [])])
def test_a_child_with_a_limp_is_seen_soon(age: int, expected: list[str]) -> None:
    assert kinds("limp", person=Person(age=age)) == expected


@pytest.mark.parametrize(("age", "expected"), [(64, []), (65, ["possible_fracture"])])
def test_an_older_person_who_fell_is_seen_soon(age: int, expected: list[str]) -> None:
    assert kinds("fall", person=Person(age=age)) == expected


def test_bleeding_is_an_emergency_in_pregnancy_only() -> None:
    assert kinds("bleeding") == []
    assert kinds("bleeding", person=Person(pregnant=True)) == ["pregnancy_with_bleeding"]


def test_a_verdict_says_which_findings_it_rests_on() -> None:
    verdict = RULES.evaluate(["fever", "iv_drug_use", "arm_pain"], NOBODY, "en")
    assert verdict.because["spinal_infection"] == ("fever", "iv_drug_use")
    assert verdict.triage is Triage.EMERGENCY


def test_what_no_rule_knows_changes_nothing() -> None:
    assert kinds("no_such_finding") == []


def test_a_notice_speaks_the_language_asked_for() -> None:
    assert RULES.evaluate(["fever"], NOBODY, "es").notices[0].text == next(
        rule.text.es for rule in RULES.rules if rule.code == "fever"
    )


def rule_with(**changes: object) -> RedFlags:
    row = {"code": "x", "level": "urgent", "when": [["fever"]], "source": "s", "en": "a", "es": "b", **changes}
    return read(Table("t", {"version": "1", "rule": [{key: value for key, value in row.items() if value is not None}]}))


def test_absence_can_be_asked_for() -> None:
    rules = rule_with(when=[["fever", "not:chest_pain"]])
    assert [n.kind for n in rules.evaluate(["fever"], NOBODY, "en").notices] == ["x"]
    assert rules.evaluate(["fever", "chest_pain"], NOBODY, "en").notices == ()


@pytest.mark.parametrize(
    "changes", [{"source": None}, {"when": [[]]}, {"en": " "}, {"surprise": 1}, {"when": "fever"}], ids=str
)
def test_a_slip_in_the_data_is_refused_by_name(changes: dict[str, object]) -> None:
    with pytest.raises(GuidanceDataError, match=r"\[\[rule\]\] x"):
        rule_with(**changes)


@given(st.frozensets(st.sampled_from(sorted(RULES.known())), max_size=6), st.sampled_from([5, 40, 80]), st.booleans())
def test_rules_that_are_not_looked_at_would_not_hold(codes: frozenset[str], age: int, pregnant: bool) -> None:
    everything = RULES.known() | {"pregnancy", "child", "older_person"}
    all_looked_at = replace(RULES, behind=tuple(everything for _ in RULES.rules))
    person = Person(age=age, pregnant=pregnant)
    assert RULES.evaluate(codes, person, "en") == all_looked_at.evaluate(codes, person, "en")
