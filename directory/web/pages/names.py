"""What codes are called on pages, in one language."""

from collections.abc import Mapping
from typing import Protocol

from directory.domain.place import STATES
from directory.search.listing import UNKNOWN, Field
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.pages.texts import Texts


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def name_es(self) -> str: ...


class Names:
    """Names of the tokens of every field. A token that nobody named is shown as it is."""

    def __init__(self, vocabulary: Vocabulary, texts: Texts) -> None:
        self._texts = texts
        self._spanish = texts.language == "es"
        self._vocabulary = vocabulary
        tables: Mapping[Field, Mapping[str, _Named]] = {
            Field.SPECIALTY: vocabulary.specialties,
            Field.CONDITION: vocabulary.conditions,
            Field.TREATMENT: vocabulary.treatments,
            Field.LANGUAGE: vocabulary.languages,
            Field.INSURANCE: vocabulary.insurers,
            Field.ACCESSIBILITY: vocabulary.accessibility,
            Field.AGE_GROUP: vocabulary.age_groups,
            Field.OPEN_DAY: vocabulary.days,
            Field.CREDENTIAL: vocabulary.credentials,
        }
        self._named: dict[Field, dict[str, str]] = {field: self._stated(field) for field in Field}
        for field, table in tables.items():
            self._named[field] |= {code: item.name_es if self._spanish else item.name for code, item in table.items()}
        self._named[Field.STATE] |= STATES
        self._fields = {field: texts(key) for field in Field if (key := f"field.{field.value}") in texts.entries}
        self._ranks = {field: {code: rank for rank, code in enumerate(table)} for field, table in tables.items()}

    def of(self, field: Field, token: str) -> str:
        """The name of one token of a field."""
        return self._named[field].get(token, token)

    def all(self, field: Field, tokens: tuple[str, ...]) -> tuple[str, ...]:
        named = self._named[field]
        return tuple([named.get(token, token) for token in tokens])

    def rank(self, field: Field, token: str) -> int:
        """The place of a token in the vocabulary's order: Monday before Tuesday."""
        ranks = self._ranks.get(field, {})
        return ranks.get(token, len(ranks))

    def field(self, field: Field) -> str:
        return self._fields[field]

    def number(self, value: int) -> str:
        return self._texts.number(value)

    def plural(self, specialty: str) -> str:
        """ "Chiropractors"."""
        item = self._vocabulary.specialties[specialty]
        return item.plural_es if self._spanish else item.plural

    def symptom(self, code: str) -> str:
        item = self._vocabulary.symptoms.get(code)
        return code if item is None else self.text(item, "name")

    def text(self, item: object, attribute: str) -> str:
        """An attribute of a concept in the page's language: `summary` or `summary_es`."""
        return str(getattr(item, f"{attribute}_es" if self._spanish else attribute))

    def _stated(self, field: Field) -> dict[str, str]:
        """Names that the texts give to tokens of a field."""
        prefix = f"value.{field.value}."
        given = {
            key.removeprefix(prefix): str(text) for key, text in self._texts.entries.items() if key.startswith(prefix)
        }
        return given | {UNKNOWN: self._texts("value.unknown")}
