"""What the pathway's rules ask about, derived from coded answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from directory.guidance.answers import GuideAnswers, Helped, TriedTreatment
from directory.guidance.red_flags import CHILD_BELOW, OLDER_FROM
from directory.vocabulary.vocabulary import Vocabulary

ACUTE_BELOW, CHRONIC_FROM, LONG_STANDING_FROM = 6.0, 12.0, 26.0
"""Weeks. ACP 2017 and NICE NG65 call pain chronic from three months on; six weeks is the span without imaging."""
WEEKS_A_YEAR = 52.18
ADULT_FROM = 18
SEVERAL = 3
"""Conditions known at once that make a case complicated."""
NON_SURGICAL = frozenset({"manual", "exercise", "medicine", "injection", "psychological", "device"})
_RELIEF = frozenset({Helped.IMPROVING, Helped.GOOD})


@dataclass(frozen=True, slots=True)
class Inflammation:
    """NICE NG65's features: each criterion is met by any of its facts; ages in years."""

    min_weeks: float
    onset_before: float
    early_onset_before: float
    needed: int
    needed_with_hla_b27: int
    hint: int
    criteria: tuple[tuple[str, ...], ...]

    def facts(self, onset: float | None, weeks: float | None, there: frozenset[str]) -> Iterator[str]:
        """Yield "inflammatory_pattern" or "inflammatory_hint" where the features are there."""
        if onset is None or weeks is None or onset >= self.onset_before or weeks < self.min_weeks:
            return
        known = there | ({"early_onset"} if onset < self.early_onset_before else frozenset())
        met = sum(1 for criterion in self.criteria if known & set(criterion))
        told = sum(1 for criterion in self.criteria if there & set(criterion))
        needed = self.needed_with_hla_b27 if "hla_b27" in there else self.needed
        if met >= needed:
            yield "inflammatory_pattern"
        elif told >= self.hint:
            yield "inflammatory_hint"


@dataclass(frozen=True, slots=True)
class FactFinder:
    """Derives facts; `groups` may hold other groups, `trial_weeks` says how long a treatment is given."""

    vocabulary: Vocabulary
    groups: Mapping[str, tuple[str, ...]] = field(hash=False)
    trial_weeks: Mapping[str, float] = field(hash=False)
    inflammation: Inflammation

    def facts(self, answers: GuideAnswers) -> frozenset[str]:
        """Return every fact of some answers."""
        there = frozenset(self._told(answers))
        onset = _onset(answers)
        there |= frozenset(self.inflammation.facts(onset, answers.duration_weeks, there))
        return there | self._grouped(there)

    def failed(self, tried: TriedTreatment) -> bool:
        """Say whether a treatment brought no relief, or too little in the time it is given."""
        if tried.helped is Helped.NONE:
            return tried.weeks is None or tried.weeks >= self.trial_weeks.get(tried.code, 0)
        long_enough = tried.weeks is not None and tried.weeks >= self.trial_weeks.get(tried.code, ACUTE_BELOW)
        return tried.helped is Helped.PARTIAL and long_enough

    def _told(self, answers: GuideAnswers) -> Iterator[str]:
        yield from (*answers.symptoms, *answers.history, *answers.red_flags, *answers.diagnosis)
        yield from _duration(answers.duration_weeks)
        yield from _age(answers.age)
        if answers.pregnant:
            yield "pregnancy"
        yield from (f"prefers:{preference}" for preference in answers.preferences)
        if len(set(answers.diagnosis)) >= SEVERAL:
            yield "several_conditions"
        yield from self._treatments(answers.treatments_tried)

    def _treatments(self, tried: Iterable[TriedTreatment]) -> Iterator[str]:
        failed_kinds = set()
        for treatment in tried:
            kind = self.vocabulary.treatments[treatment.code].kind
            yield from ("tried", f"tried:{treatment.code}", f"tried_kind:{kind}")
            if self.failed(treatment):
                failed_kinds.add(kind)
                yield from ("failed", f"failed:{treatment.code}", f"failed_kind:{kind}")
            elif treatment.helped in _RELIEF:
                yield from (f"helping:{treatment.code}", f"helping_kind:{kind}")
            elif treatment.code in self.trial_weeks:
                yield f"short:{treatment.code}"
        if failed_kinds & NON_SURGICAL:
            yield "nonsurgical_failed"
        if len(failed_kinds) > 1:
            yield "failed_two"

    def _grouped(self, there: frozenset[str]) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for _ in range(2):  # A group may hold groups, one level deep.
            found |= {name for name, members in self.groups.items() if (there | found) & set(members)}
        return found


def _duration(weeks: float | None) -> Iterator[str]:
    if weeks is None:
        yield "duration_unknown"
    elif weeks < ACUTE_BELOW:
        yield "acute"
    elif weeks < CHRONIC_FROM:
        yield "subacute"
    else:
        yield "chronic"
        if weeks >= LONG_STANDING_FROM:
            yield "long_standing"


def _age(age: int | None) -> Iterator[str]:
    if age is None:
        return
    if age < CHILD_BELOW:
        yield "child"
    if age < ADULT_FROM:
        yield "adolescent"
    if age >= OLDER_FROM:
        yield "older_person"


def _onset(answers: GuideAnswers) -> float | None:
    if answers.age is None or answers.duration_weeks is None:
        return None
    return answers.age - answers.duration_weeks / WEEKS_A_YEAR
