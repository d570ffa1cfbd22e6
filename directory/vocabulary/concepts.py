"""The concepts people name when they look for back care: conditions, symptoms, treatments and practice facts.

Every concept carries `forms`: a mapping from ISO 639-1 language to the phrases people use for it, its names
included, written naturally (accents and case are folded by whoever compares them).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Forms = Mapping[str, tuple[str, ...]]


class Fit(NamedTuple):
    """How well a specialty (its code) suits a need: 3 best, 2 good, 1 possible."""

    specialty: str
    fit: int


@dataclass(frozen=True, slots=True)
class Treats:
    """A specialty that usually treats a condition, with fit 1..3 (3 = best) and the source of that grade.

    `source` is a code of `Vocabulary.sources`: a guideline, or "consensus" where only common practice says so.
    """

    specialty: str
    fit: int
    source: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A named condition of back, neck or spine.

    `icd10` holds ICD-10-CM codes with their dot; a category code stands for everything below it.
    `is_symptom` marks codes that ICD-10-CM itself gives to symptoms (M54.5 low back pain), which may be read
    from a complaint; every other condition is read only where a person names it. The summaries are two
    sentences of plain description: no diagnosis, no advice.
    """

    slug: str
    name: str
    name_es: str
    icd10: tuple[str, ...]
    summary: str
    summary_es: str
    forms: Forms = field(hash=False)
    treated_by: tuple[Treats, ...]
    is_symptom: bool

    def fit_of(self, specialty: str) -> int:
        """Return the fit 1..3 of a specialty code for this condition, or 0 where none is recorded."""
        return next((treats.fit for treats in self.treated_by if treats.specialty == specialty), 0)


@dataclass(frozen=True, slots=True)
class Symptom:
    """A complaint; it leads to specialties, never to a named disease.

    `tags` are what safety and guidance rules ask for ("saddle_numbness", "fever", "leg", ...).
    """

    code: str
    name: str
    name_es: str
    forms: Forms = field(hash=False)
    leads_to: tuple[Fit, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Treatment:
    """A treatment or procedure under our own code (never CPT).

    `kind` is one of TREATMENT_KINDS; `offered_by` grades the specialties that provide it.
    """

    code: str
    name: str
    name_es: str
    kind: str
    forms: Forms = field(hash=False)
    offered_by: tuple[Fit, ...]


TREATMENT_KINDS = frozenset(
    {"surgery", "injection", "manual", "exercise", "medicine", "device", "psychological", "test", "other"}
)


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a filter: an accessibility feature, a visit type, an age group, a day or a credential."""

    code: str
    name: str
    name_es: str
    forms: Forms = field(hash=False)


@dataclass(frozen=True, slots=True)
class Insurer:
    """A payer. `kind` is "public", "commercial", "injury" (work, auto accident) or "self" (no insurance)."""

    code: str
    name: str
    name_es: str
    kind: str
    forms: Forms = field(hash=False)


@dataclass(frozen=True, slots=True)
class Language:
    """A spoken language: `code` is ISO 639-1 where one exists, else ISO 639-2; `iso639_2` has three letters."""

    code: str
    iso639_2: str
    name: str
    name_es: str
    forms: Forms = field(hash=False)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A NUCC provider taxonomy code and what it shows.

    `name` is the code set's display, `label` our plain wording. `specialty` is a specialty code, or None for
    organizations of no single specialty. `needs_spine_evidence`: the code alone does not show a spine or pain
    practice; `spine_evidence`: holding this code shows one.
    """

    code: str
    name: str
    label: str
    label_es: str
    specialty: str | None
    organization: bool
    needs_spine_evidence: bool
    spine_evidence: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where a grade comes from: `code` as cited ("NICE NG59"), `title` in full, `url` empty if none."""

    code: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SharedForm:
    """A phrase that rightly names several concepts ("kind:code"), and why; the first is the usual meaning."""

    form: str
    concepts: tuple[str, ...]
    reason: str
