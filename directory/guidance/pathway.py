"""The guide: red flags first, then cited rules that say which kinds of professional fit, in which order, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from directory.domain.errors import InvalidInput
from directory.guidance.answers import (
    Advice,
    ClinicModel,
    GuideAnswers,
    GuideResult,
    Preference,
    Recommendation,
    Tier,
)
from directory.guidance.facts import FactFinder, Inflammation
from directory.guidance.notice import Triage
from directory.guidance.person import Person
from directory.guidance.red_flags import RedFlags, Verdict, red_flags
from directory.guidance.tables import Table, packaged
from directory.guidance.texts import Text
from directory.vocabulary.vocabulary import Vocabulary

MAX_WEEKS = 5_200.0
MAX_AGE = 120
_SURGEONS = frozenset({"spine_surgeon_orthopedic", "spine_surgeon_neurosurgery"})
_TIERS = (Tier.FIRST, Tier.NEXT, Tier.LATER)


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when all facts of one alternative of `when` are there and none of `unless`."""

    when: tuple[tuple[str, ...], ...]
    unless: frozenset[str]

    def holds(self, facts: frozenset[str]) -> bool:
        """Say whether it holds for some facts."""
        return not facts & self.unless and any(facts.issuperset(alternative) for alternative in self.when)


@dataclass(frozen=True, slots=True)
class Rule:
    """`grades` maps specialty -> (tier, grade); `taken` are specialties that the rule takes away."""

    code: str
    condition: Condition
    grades: Mapping[str, tuple[Tier, int]] = field(hash=False)
    taken: frozenset[str]
    text: Text
    source: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Advice under a condition; `model` is only for remarks on clinics."""

    code: str
    condition: Condition
    text: Text
    source: str
    model: ClinicModel = ClinicModel.ANY

    def advice(self, language: str) -> Advice:
        """Return the remark in a language."""
        return Advice(self.code, self.text.of(language), self.source)


@dataclass(frozen=True, slots=True)
class PathwayRules:
    """The rules as data; `reviewed_by_clinician` is shown on every page that uses them."""

    version: str
    reviewed_by_clinician: bool
    rules: tuple[Rule, ...]
    clinics: tuple[Remark, ...]
    self_care: tuple[Remark, ...]
    second_opinions: tuple[Remark, ...]
    expect: Mapping[str, Text] = field(hash=False)
    extra_symptoms: frozenset[str]
    groups: Mapping[str, tuple[str, ...]] = field(hash=False)
    trial_weeks: Mapping[str, float] = field(hash=False)
    inflammation: Inflammation


class Pathway:
    """Implements `Guide` by the packaged rules over a vocabulary."""

    def __init__(
        self, vocabulary: Vocabulary, rules: PathwayRules | None = None, warnings: RedFlags | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._rules = rules or pathway_rules()
        self._warnings = warnings or red_flags()
        self._facts = FactFinder(vocabulary, self._rules.groups, self._rules.trial_weeks, self._rules.inflammation)
        self._known = self._known_codes()

    @property
    def reviewed_by_clinician(self) -> bool:
        """Whether a clinician has reviewed both the red-flag rules and the pathway."""
        return self._rules.reviewed_by_clinician and self._warnings.reviewed_by_clinician

    def knows(self, code: str) -> bool:
        """Say whether a code may stand in symptoms, history, red flags or diagnosis."""
        return code in self._known

    def guide(self, answers: GuideAnswers, language: str = "en") -> GuideResult:
        """See `Guide.guide`. Raises InvalidInput, naming the field, for codes that nobody knows."""
        self._check(answers)
        verdict = self._verdict(answers, language)
        if verdict.triage is Triage.EMERGENCY:
            return GuideResult(language, verdict.triage, verdict.notices)
        facts = self._facts.facts(answers) | set(verdict.because)
        recommendations = self._recommendations(facts, answers, language)
        clinic = _first(self._rules.clinics, facts)
        second = _first(self._rules.second_opinions, facts)
        return GuideResult(
            language=language,
            triage=Triage.ROUTINE if verdict.triage is Triage.NONE else verdict.triage,
            notices=verdict.notices,
            recommendations=recommendations,
            clinic_model=clinic.model if clinic else ClinicModel.ANY,
            clinic_reason=clinic.advice(language) if clinic else None,
            self_care=tuple(item.advice(language) for item in self._rules.self_care if item.condition.holds(facts)),
            second_opinion=second.advice(language) if second else None,
            prepare=tuple(item.specialty for item in recommendations if item.tier is not Tier.LATER),
        )

    def _verdict(self, answers: GuideAnswers, language: str) -> Verdict:
        named = (
            *answers.symptoms,
            *answers.history,
            *answers.diagnosis,
            *map(self._warnings.serious, answers.red_flags),
        )
        person = Person(answers.age, answers.pregnant, frozenset(named) & self._vocabulary.conditions.keys())
        return self._warnings.evaluate((*named, *self._implied(answers)), person, language)

    def _implied(self, answers: GuideAnswers) -> Iterable[str]:
        """Pain in back or neck goes without saying in this guide; where only the neck is named, it is the neck."""
        named = {*answers.symptoms, *answers.diagnosis}
        neck = any(code.startswith(("neck", "cervic")) or code == "whiplash" for code in named)
        return ("neck_pain",) if neck else ("back_pain",)

    def _recommendations(
        self, facts: frozenset[str], answers: GuideAnswers, language: str
    ) -> tuple[Recommendation, ...]:
        holding = [rule for rule in self._rules.rules if rule.condition.holds(facts)]
        taken = {specialty for rule in holding for specialty in rule.taken}
        best: dict[str, tuple[int, int, int, Rule]] = {}
        for number, rule in enumerate(holding):
            for specialty, (tier, grade) in rule.grades.items():
                rank = (_TIERS.index(self._tier(specialty, tier, answers)), -grade, number, rule)
                if specialty not in taken and (specialty not in best or rank[:3] < best[specialty][:3]):
                    best[specialty] = rank
        order = sorted(best, key=lambda code: (*best[code][:2], self._vocabulary.specialties[code].order))
        return tuple(self._recommendation(code, best[code][0], best[code][3], language) for code in order)

    def _tier(self, specialty: str, tier: Tier, answers: GuideAnswers) -> Tier:
        if specialty in _SURGEONS and Preference.AVOID_SURGERY in answers.preferences:
            return Tier.LATER
        return tier

    def _recommendation(self, specialty: str, tier: int, rule: Rule, language: str) -> Recommendation:
        expect = self._rules.expect[specialty].of(language)
        return Recommendation(specialty, _TIERS[tier], rule.text.of(language), expect, rule.source, rule.code)

    def _check(self, answers: GuideAnswers) -> None:
        for name in ("symptoms", "history", "red_flags", "diagnosis"):
            for code in getattr(answers, name):
                if code not in self._known:
                    raise InvalidInput(f"{name} has no code {code!r}: use a code of the questionnaire.", name)
        for tried in answers.treatments_tried:
            if tried.code not in self._vocabulary.treatments:
                raise InvalidInput(f"treatments_tried has no code {tried.code!r}.", "treatments_tried")
            _check_range("treatments_tried", tried.weeks, MAX_WEEKS)
        _check_range("duration_weeks", answers.duration_weeks, MAX_WEEKS)
        _check_range("age", answers.age, MAX_AGE)

    def _known_codes(self) -> frozenset[str]:
        vocabulary = self._vocabulary
        warnings = self._warnings.known() | self._warnings.as_red_flag.keys()
        return frozenset({*vocabulary.symptoms, *vocabulary.conditions, *warnings, *self._rules.extra_symptoms})


def _check_range(name: str, value: float | None, most: float) -> None:
    if value is not None and not 0 <= value <= most:
        raise InvalidInput(f"{name} must be from 0 to {most:g}.", name)


def _first(remarks: Iterable[Remark], facts: frozenset[str]) -> Remark | None:
    return next((remark for remark in remarks if remark.condition.holds(facts)), None)


def pathway_rules() -> PathwayRules:
    """Return the packaged rules. Raises GuidanceDataError where the file is malformed."""
    return read(packaged("pathway.toml"))


def read(table: Table) -> PathwayRules:
    """Return the rules of a table shaped like pathway.toml."""
    rules = PathwayRules(
        version=table.text("version"),
        reviewed_by_clinician=table.flag("reviewed_by_clinician"),
        rules=tuple(_rule(row) for row in table.rows("rule")),
        clinics=tuple(_remark(row, clinic=True) for row in table.rows("clinic")),
        self_care=tuple(_remark(row) for row in table.rows("self_care")),
        second_opinions=tuple(_remark(row) for row in table.rows("second_opinion")),
        expect={code: Text(**texts) for code, texts in table.mapping("expect").items()},
        extra_symptoms=frozenset(table.mapping("extra_symptoms")["codes"]),
        groups={name: tuple(members) for name, members in table.mapping("groups").items()},
        trial_weeks=dict(table.mapping("trial_weeks")),
        inflammation=_inflammation(table.mapping("inflammatory")),
    )
    table.done()
    return rules


def _condition(row: Table) -> Condition:
    return Condition(row.alternatives("when"), frozenset(row.texts("unless")))


def _rule(row: Table) -> Rule:
    grades = {
        specialty: (tier, int(grade))
        for tier in reversed(_TIERS)
        for specialty, grade in row.mapping(tier.value).items()
    }
    rule = Rule(row.text("code"), _condition(row), grades, frozenset(row.texts("not")), row.both(), row.text("source"))
    row.done()
    return rule


def _remark(row: Table, *, clinic: bool = False) -> Remark:
    model = ClinicModel(row.text("model")) if clinic else ClinicModel.ANY
    remark = Remark(row.text("code"), _condition(row), row.both(), row.text("source"), model)
    row.done()
    return remark


def _inflammation(values: Mapping[str, object]) -> Inflammation:
    table = Table("pathway.toml: [inflammatory]", values)
    return Inflammation(
        min_weeks=table.number("min_weeks"),
        onset_before=table.number("onset_before"),
        early_onset_before=table.number("early_onset_before"),
        needed=int(table.number("needed")),
        needed_with_hla_b27=int(table.number("needed_with_hla_b27")),
        hint=int(table.number("hint")),
        criteria=table.alternatives("criteria"),
    )
