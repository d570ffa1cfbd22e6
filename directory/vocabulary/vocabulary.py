"""The whole vocabulary as one immutable value, with the lookups that other layers need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from directory.domain.specialty import Specialty
from directory.vocabulary.concepts import (
    Condition,
    Forms,
    Insurer,
    Language,
    SharedForm,
    Source,
    Symptom,
    Taxonomy,
    Term,
    Treatment,
)


class Phrase(NamedTuple):
    """One way to name a concept: `kind` is "condition", "symptom", ...; `code` its code or slug."""

    kind: str
    code: str
    language: str
    text: str


class UsualCondition(NamedTuple):
    """A condition that a specialty usually treats, with fit 1..3 (3 = best) and the source of the grade."""

    condition: Condition
    fit: int
    source: str


# Not slotted: cached_property keeps its value in the instance dictionary.
@dataclass(frozen=True)
class Vocabulary:
    """Every concept by code, in the order of the data files.

    `fingerprint` is the SHA-256 (hex) of the data files: an index built with another one is out of date.
    """

    specialties: Mapping[str, Specialty]
    taxonomies: Mapping[str, Taxonomy]
    conditions: Mapping[str, Condition]
    symptoms: Mapping[str, Symptom]
    treatments: Mapping[str, Treatment]
    insurers: Mapping[str, Insurer]
    languages: Mapping[str, Language]
    accessibility: Mapping[str, Term]
    visit_types: Mapping[str, Term]
    age_groups: Mapping[str, Term]
    days: Mapping[str, Term]
    credentials: Mapping[str, Term]
    sources: Mapping[str, Source]
    shared_forms: tuple[SharedForm, ...]
    fingerprint: str

    def specialty_of_taxonomy(self, code: str) -> str | None:
        """Return the specialty code of a NUCC code, or None where it is not ours or names no one specialty."""
        taxonomy = self.taxonomies.get(code)
        return taxonomy.specialty if taxonomy else None

    def usual_conditions(self, specialty: str) -> tuple[UsualCondition, ...]:
        """Return what a specialty usually treats, best fit first, then in vocabulary order."""
        return self._usual_conditions.get(specialty, ())

    def usual_slugs(self, specialties: tuple[str, ...]) -> tuple[str, ...]:
        """Return the slugs of all that specialties usually treat, each once, in no order of meaning."""
        known = self._usual_slugs.get(specialties)
        if known is None:
            found = {item.condition.slug for code in specialties for item in self.usual_conditions(code)}
            known = self._usual_slugs[specialties] = tuple(sorted(found))
        return known

    def conditions_of_icd10(self, code: str) -> tuple[Condition, ...]:
        """Return the conditions recorded under an ICD-10-CM code (with its dot), in vocabulary order.

        Where nobody records the code itself, its nearest recorded ancestor answers: M45.6 is found under M45.
        """
        for length in range(len(code), 2, -1):
            if found := self._conditions_by_icd10.get(code[:length]):
                return found
        return ()

    def treatments_offered_by(self, specialty: str) -> tuple[Treatment, ...]:
        """Return the treatments that a specialty offers, best fit first, then in vocabulary order."""
        graded = [
            (fit.fit, treatment)
            for treatment in self.treatments.values()
            for fit in treatment.offered_by
            if fit.specialty == specialty
        ]
        return tuple(treatment for _, treatment in sorted(graded, key=lambda pair: -pair[0]))

    def phrases(self) -> Iterator[Phrase]:
        """Yield every phrase of every concept, in the order of kinds, concepts and forms."""
        for kind, concepts in self._forms_by_kind.items():
            for code, forms in concepts.items():
                for language, texts in forms.items():
                    yield from (Phrase(kind, code, language, text) for text in texts)

    @cached_property
    def _usual_slugs(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {}

    @cached_property
    def _usual_conditions(self) -> Mapping[str, tuple[UsualCondition, ...]]:
        usual: dict[str, list[UsualCondition]] = {}
        for condition in self.conditions.values():
            for treats in condition.treated_by:
                entry = UsualCondition(condition, treats.fit, treats.source)
                usual.setdefault(treats.specialty, []).append(entry)
        return {specialty: tuple(sorted(entries, key=lambda entry: -entry.fit)) for specialty, entries in usual.items()}

    @cached_property
    def _conditions_by_icd10(self) -> Mapping[str, tuple[Condition, ...]]:
        by_code: dict[str, tuple[Condition, ...]] = {}
        for condition in self.conditions.values():
            for code in condition.icd10:
                by_code[code] = (*by_code.get(code, ()), condition)
        return by_code

    @cached_property
    def _forms_by_kind(self) -> Mapping[str, Mapping[str, Forms]]:
        kinds: Mapping[str, Mapping[str, _HasForms]] = {
            "specialty": self.specialties,
            "condition": self.conditions,
            "symptom": self.symptoms,
            "treatment": self.treatments,
            "insurer": self.insurers,
            "language": self.languages,
            "accessibility": self.accessibility,
            "visit_type": self.visit_types,
            "age_group": self.age_groups,
            "day": self.days,
            "credential": self.credentials,
        }
        return {kind: {code: concept.forms for code, concept in concepts.items()} for kind, concepts in kinds.items()}


_HasForms = Specialty | Condition | Symptom | Treatment | Insurer | Language | Term
