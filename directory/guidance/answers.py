"""What a person answers in the guide, and what the guide answers."""

from dataclasses import dataclass
from enum import StrEnum

from directory.guidance.notice import Notice, Triage


class Helped(StrEnum):
    """What a treatment did: nothing, something, more and more, or enough."""

    NONE = "none"
    PARTIAL = "partial"
    IMPROVING = "improving"
    GOOD = "good"


class Preference(StrEnum):
    """What a person would rather have; a preference reorders recommendations and never hides a notice."""

    AVOID_SURGERY = "avoid_surgery"
    HANDS_ON_CARE = "hands_on_care"
    SECOND_OPINION = "second_opinion"
    ONE_CLINIC = "one_clinic"


class Tier(StrEnum):
    """When to see a kind of professional: first, next (if the first does not help), or later."""

    FIRST = "first"
    NEXT = "next"
    LATER = "later"


class ClinicModel(StrEnum):
    """One clinic with several disciplines, clinics that refer to each other, or whichever."""

    INTEGRATED = "integrated"
    NETWORK = "network"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class TriedTreatment:
    """A vocabulary treatment `code` that was tried for `weeks` (None = not said), and what it did (None = not said)."""

    code: str
    weeks: float | None = None
    helped: Helped | None = None


@dataclass(frozen=True, slots=True)
class GuideAnswers:
    """Coded answers; everything may be missing.

    `symptoms`, `history` and `red_flags` hold vocabulary symptom codes or finding codes of the red-flag rules, and
    count alike; `symptoms` may also hold the slugs of conditions that are symptoms ("low-back-pain"). `diagnosis`
    holds condition slugs. `age` is in years. `preferences` holds values of `Preference`.
    """

    duration_weeks: float | None = None
    symptoms: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    treatments_tried: tuple[TriedTreatment, ...] = ()
    diagnosis: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()
    age: int | None = None
    pregnant: bool | None = None
    preferences: tuple[Preference, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A kind of professional (`specialty` code), why, what to expect there, and the source of the rule."""

    specialty: str
    tier: Tier
    reason: str
    expect: str
    source: str
    rule: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A general remark under a rule's code: self-care, second opinion, imaging."""

    kind: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class GuideResult:
    """Notices stand before everything; in an emergency they are all there is.

    Recommendations are ordered: by tier, then by fit. `prepare` holds the specialties to prepare questions for.
    """

    language: str
    triage: Triage
    notices: tuple[Notice, ...]
    recommendations: tuple[Recommendation, ...] = ()
    clinic_model: ClinicModel = ClinicModel.ANY
    clinic_reason: Advice | None = None
    self_care: tuple[Advice, ...] = ()
    second_opinion: Advice | None = None
    prepare: tuple[str, ...] = ()
