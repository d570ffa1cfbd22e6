"""One table of a data file, read key by key, so that a slip in the data names its file and entry."""

from collections.abc import Mapping

from directory.vocabulary.concepts import Fit, Forms


class VocabularyError(ValueError):
    """A data file of the vocabulary is not as it should be; the message names file, entry and key."""


class Entry:
    """A table with typed access that remembers which keys were read, to refuse those nobody reads."""

    def __init__(self, file: str, kind: str, values: Mapping[str, object]) -> None:
        self._where = f"{file}: [[{kind}]] {values.get('code') or values.get('slug') or '?'}"
        self._values = values
        self._unread = set(values)

    def text(self, key: str) -> str:
        """Return a string that must be there and not be blank."""
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise self._error(f"'{key}' must be a text")
        return value

    def text_or(self, key: str, default: str | None) -> str | None:
        """Return a string, or the default where the key is absent."""
        return self.text(key) if key in self._values else default

    def flag(self, key: str) -> bool:
        """Return a boolean, False where the key is absent."""
        value = self._take(key) if key in self._values else False
        if not isinstance(value, bool):
            raise self._error(f"'{key}' must be true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings that must be there; it may be empty."""
        value = self._take(key)
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
            raise self._error(f"'{key}' must be a list of texts")
        return tuple(value)

    def texts_by_key(self, key: str) -> dict[str, str]:
        """Return a table of strings, empty where the key is absent."""
        value = self._take(key) if key in self._values else {}
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise self._error(f"'{key}' must be a table of texts")
        return value

    def fits(self, key: str) -> tuple[Fit, ...]:
        """Return a table {specialty = grade} with grades 1..3 as fits, best first."""
        value = self._take(key)
        if not isinstance(value, dict) or not all(grade in (1, 2, 3) for grade in value.values()):
            raise self._error(f"'{key}' must be a table of specialty = 1, 2 or 3")
        fits = [Fit(specialty, grade) for specialty, grade in value.items()]
        return tuple(sorted(fits, key=lambda fit: -fit.fit))

    def forms(self, name: str, name_es: str) -> Forms:
        """Return the phrases per language, each language beginning with the concept's name in it."""
        value = self._take("forms")
        if not isinstance(value, dict) or set(value) != {"en", "es"}:
            raise self._error("'forms' must have the lists 'en' and 'es'")
        names = {"en": name, "es": name_es}
        return {language: (names[language], *self._phrases(value, language)) for language in ("en", "es")}

    def refuse_unread(self) -> None:
        """Raise VocabularyError where the data holds a key that nobody reads."""
        if self._unread:
            raise self._error(f"unknown key {', '.join(sorted(self._unread))}")

    def _take(self, key: str) -> object:
        if key not in self._values:
            raise self._error(f"'{key}' is missing")
        self._unread.discard(key)
        return self._values[key]

    def _phrases(self, forms: Mapping[str, object], language: str) -> tuple[str, ...]:
        value = forms[language]
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
            raise self._error(f"'forms.{language}' must be a list of texts")
        return tuple(value)

    def _error(self, problem: str) -> VocabularyError:
        return VocabularyError(f"{self._where}: {problem}")
