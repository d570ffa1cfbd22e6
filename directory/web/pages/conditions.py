"""Pages about conditions: what each is, who usually treats it, and a way to search near you."""

from dataclasses import dataclass
from typing import Any

from directory.search.fold import fold
from directory.search.listing import Field
from directory.vocabulary.concepts import Condition, Source, Treats
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.pages.cards import Linked
from directory.web.pages.edition import Edition


@dataclass(frozen=True, slots=True)
class Treating:
    """A kind of professional that usually treats a condition, how well it fits, and who says so."""

    code: str
    name: str
    plural: str
    summary: str
    fit: int
    fit_label: str
    source: Source


@dataclass(frozen=True, slots=True)
class ConditionPage:
    slug: str
    name: str
    summary: str
    icd10: tuple[str, ...]
    treating: tuple[Treating, ...]
    json_ld: dict[str, Any]


class ConditionPages:
    """Makes the pages in one language."""

    def __init__(self, edition: Edition, vocabulary: Vocabulary) -> None:
        self._edition = edition
        self._names = edition.names
        self._vocabulary = vocabulary

    def index(self) -> tuple[tuple[str, tuple[Linked, ...]], ...]:
        """Every condition under its first letter."""
        found = [
            Linked(self._names.of(Field.CONDITION, slug), self._edition.href(f"/conditions/{slug}"))
            for slug in self._vocabulary.conditions
        ]
        letters: dict[str, list[Linked]] = {}
        for item in sorted(found, key=lambda linked: fold(linked.name)):
            letters.setdefault(fold(item.name)[0].upper(), []).append(item)
        return tuple((letter, tuple(items)) for letter, items in letters.items())

    def page(self, condition: Condition, url: str) -> ConditionPage:
        """`url` is the public address of the page, for the structured data."""
        treating = tuple(sorted((self._treating(item) for item in condition.treated_by), key=lambda item: -item.fit))
        name, summary = self._names.text(condition, "name"), self._names.text(condition, "summary")
        return ConditionPage(
            condition.slug, name, summary, condition.icd10, treating, self._json_ld(condition, name, summary, url)
        )

    def _treating(self, item: Treats) -> Treating:
        specialty = self._vocabulary.specialties[item.specialty]
        return Treating(
            item.specialty,
            self._names.text(specialty, "name"),
            self._names.plural(item.specialty),
            self._names.text(specialty, "summary"),
            item.fit,
            self._edition.texts(f"fit.{item.fit}"),
            self._vocabulary.sources[item.source],
        )

    def _json_ld(self, condition: Condition, name: str, summary: str, url: str) -> dict[str, Any]:
        """schema.org/MedicalCondition. It says what is known here: name, codes, description; no advice."""
        codes = [{"@type": "MedicalCode", "codeValue": code, "codingSystem": "ICD-10-CM"} for code in condition.icd10]
        return {
            "@context": "https://schema.org",
            "@type": "MedicalCondition",
            "name": name,
            "description": summary,
            "code": codes,
            "url": url,
            "inLanguage": self._edition.language,
        }
