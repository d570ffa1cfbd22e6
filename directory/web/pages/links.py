"""Addresses of searches: the parameters of the one shown, with something added, replaced or taken away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

_OF_ONE_PAGE = frozenset({"cursor", "from"})
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of a search in order, without those of one page of it and without empty ones."""

    pairs: Pairs = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        kept = ((name, value) for name, value in pairs if value.strip() and name not in _OF_ONE_PAGE)
        return cls(tuple(dict.fromkeys(kept)))

    def adding(self, name: str, value: str) -> "Parameters":
        return Parameters(tuple(dict.fromkeys((*self.pairs, (name, value)))))

    def replacing(self, name: str, value: str) -> "Parameters":
        return self.dropping(name).adding(name, value)

    def dropping(self, *names: str) -> "Parameters":
        return Parameters(tuple(pair for pair in self.pairs if pair[0] not in names))

    def dropping_value(self, name: str, value: str) -> "Parameters":
        return Parameters(tuple(pair for pair in self.pairs if pair != (name, value)))

    def get(self, key: str, default: str = "") -> str:
        return next((value for name, value in self.pairs if name == key), default)

    def getlist(self, key: str) -> list[str]:
        return [value for name, value in self.pairs if name == key]

    def href(self, path: str) -> str:
        """The address of the search at a path."""
        return f"{path}?{urlencode(self.pairs)}" if self.pairs else path
