"""The words of the pages, one catalogue per language, with plurals, numbers and dates as each language writes them."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from string import Formatter

LANGUAGES = ("en", "es")
_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio",
           "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
}  # fmt: skip
_DATES = {"en": "{month} {day}, {year}", "es": "{day} de {month} de {year}"}
_THOUSANDS = {"en": ",", "es": "\u00a0"}
_AND = {"en": " and ", "es": " y "}
_OR = {"en": " or ", "es": " o "}
Entry = str | Mapping[str, str]
_REMEMBERED_DAYS = 1_024


class Texts:
    """One language's texts by dotted key. A missing key is an error of the program and raises KeyError."""

    def __init__(self, language: str, entries: Mapping[str, Entry]) -> None:
        self.language = language
        self.entries = entries
        # Most texts have no blanks: these are formatted once, not 900 times a page.
        self._whole = {key: text.format() for key, text in entries.items() if isinstance(text, str) and _is_whole(text)}
        self.date = lru_cache(maxsize=_REMEMBERED_DAYS)(self._date)

    def __call__(self, key: str, **values: object) -> str:
        """The text with its values filled in. `count` picks between a text's forms "one" and "other"."""
        if key in self._whole:
            return self._whole[key]
        entry = self.entries[key]
        if not isinstance(entry, str):
            entry = entry["one" if values["count"] == 1 else "other"]
        shown = {name: self.number(value) if type(value) is int else value for name, value in values.items()}
        return entry.format(**shown)

    def is_fixed(self, key: str) -> bool:
        """Whether a text is always the same, with no blanks to fill."""
        return key in self._whole

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", _THOUSANDS[self.language])

    def _date(self, day: date) -> str:
        """The day in words: "November 25, 2026", "25 de noviembre de 2026"."""
        month = _MONTHS[self.language][day.month - 1]
        return _DATES[self.language].format(month=month, day=day.day, year=day.year)

    def miles(self, miles: float) -> str:
        """A radius: "1 mile", "2.5 miles", "2,5 millas"."""
        shown = f"{miles:g}"
        unit = self("unit.mile" if shown == "1" else "unit.miles")
        return f"{shown.replace('.', ',') if self.language == 'es' else shown} {unit}"

    def all_of(self, items: tuple[str, ...]) -> str:
        """A list in words: "a, b and c"."""
        return self._joined(items, _AND[self.language])

    def any_of(self, items: tuple[str, ...]) -> str:
        """A choice in words: "a, b or c"."""
        return self._joined(items, _OR[self.language])

    def _joined(self, items: tuple[str, ...], last: str) -> str:
        *first, end = items or ("",)
        return f"{', '.join(first)}{last}{end}" if first else end


def _is_whole(text: str) -> bool:
    return not any(blank for _, blank, _, _ in Formatter().parse(text))


@cache
def load_texts(language: str) -> Texts:
    """The catalogue of "en" or "es"."""
    text = (files("directory.web.pages") / "texts" / f"{language}.toml").read_text(encoding="utf-8")
    return Texts(language, dict(_flat(tomllib.loads(text), "")))


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, Entry]]:
    found: list[tuple[str, Entry]] = []
    for name, value in table.items():
        if isinstance(value, str):
            found.append((prefix + name, value))
        elif isinstance(value, Mapping):
            if set(value) == {"one", "other"}:
                found.append((prefix + name, value))
            else:
                found += _flat(value, f"{prefix}{name}.")
    return found
