"""Reads guidance's data files, so that a slip in the data names its file, entry and key."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from directory.guidance.texts import Text


class GuidanceDataError(ValueError):
    """A data file of the guidance is not as it should be."""


class Table:
    """One table of a data file with typed access; `done` refuses keys that nobody read."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = dict(values)
        self._unread = set(values)

    def has(self, key: str) -> bool:
        """Say whether a key is there."""
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string; without a default it must be there and not be blank."""
        value = self._take(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.error(f"'{key}' must be a text")
        return value

    def both(self, prefix: str = "") -> Text:
        """Return the texts under `<prefix>en` and `<prefix>es`."""
        return Text(self.text(f"{prefix}en"), self.text(f"{prefix}es"))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of strings, empty where the key is absent."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.error(f"'{key}' must be a list of texts")
        return tuple(value)

    def alternatives(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return a list of lists of strings, each with something in it; empty where the key is absent."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, list) and item for item in value):
            raise self.error(f"'{key}' must be a list of lists")
        return tuple(tuple(str(atom) for atom in item) for item in value)

    def number(self, key: str, default: float | None = None) -> float:
        """Return a number; without a default it must be there."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"'{key}' must be a number")
        return value

    def flag(self, key: str) -> bool:
        """Return a boolean, False where the key is absent."""
        value = self._take(key, False)
        if not isinstance(value, bool):
            raise self.error(f"'{key}' must be true or false")
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Return a table, empty where the key is absent."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.error(f"'{key}' must be a table")
        return value

    def rows(self, key: str) -> tuple["Table", ...]:
        """Return the tables of a [[key]] list, each named by its code where it has one."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.error(f"'{key}' must be written as [[{key}]]")
        return tuple(
            Table(f"{self.where}: [[{key}]] {row.get('code', number)}", row) for number, row in enumerate(value)
        )

    def done(self) -> None:
        """Raise GuidanceDataError where a key was never read."""
        if self._unread:
            raise self.error(f"unknown key {', '.join(sorted(self._unread))}")

    def error(self, problem: str) -> GuidanceDataError:
        """Return the error that names this table."""
        return GuidanceDataError(f"{self.where}: {problem}")

    def _take(self, key: str, default: object) -> object:
        self._unread.discard(key)
        if key not in self._values and default is None:
            raise self.error(f"'{key}' is missing")
        return self._values.get(key, default)


def packaged(name: str) -> Table:
    """Read a data file of this package."""
    content = (files("directory.guidance") / "data" / name).read_text(encoding="utf-8")
    return Table(name, tomllib.loads(content))
