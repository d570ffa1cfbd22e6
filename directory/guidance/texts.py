"""A text in the two languages of the directory."""

from dataclasses import dataclass

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in English and Spanish."""

    en: str
    es: str

    def of(self, language: str) -> str:
        """Return the Spanish words for "es", the English ones otherwise."""
        return self.es if language == "es" else self.en
