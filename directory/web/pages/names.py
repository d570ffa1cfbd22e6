"""What codes are called on pages, in one language."""

from collections.abc import Callable, Mapping
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
        self._readers: dict[Field, Callable[[str], str]] = {
            field: self._reader(table) for field, table in tables.items()
        }
        self._fields = {field: texts(key) for field in Field if (key := f"field.{field.value}") in texts.entries}
        self._readers[Field.STATE] = lambda code: STATES.get(code, code)
        self._ranks = {field: {code: rank for rank, code in enumerate(table)} for field, table in tables.items()}

    def of(self, field: Field, token: str) -> str:
        """The name of one token of a field."""
        if token == UNKNOWN:
            return self._texts("value.unknown")
        if field in self._readers:
            return self._readers[field](token)
        return self._texts.entries.get(f"value.{field.value}.{token}", token)  # type: ignore[return-value]

    def all(self, field: Field, tokens: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.of(field, token) for token in tokens)

    def rank(self, field: Field, token: str) -> int:
        """The place of a token in the vocabulary's order: Monday before Tuesday."""
        ranks = self._ranks.get(field, {})
        return ranks.get(token, len(ranks))

    def field(self, field: Field) -> str:
        return self._fields[field]

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

    def _reader(self, table: Mapping[str, _Named]) -> Callable[[str], str]:
        def read(code: str) -> str:
            item = table.get(code)
            return code if item is None else item.name_es if self._spanish else item.name

        return read
