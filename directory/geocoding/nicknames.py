"""What people call places beside their names, read from data/nicknames.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from directory.geocoding.names import key, words


@dataclass(frozen=True, slots=True)
class Metro:
    """A metropolitan area: its label "Twin Cities, MN" and the cities (name, state) it is centred on."""

    label: str
    cities: tuple[tuple[str, str], ...]

    @property
    def state(self) -> str:
        """USPS code of the state in the label."""
        return self.label.rpartition(", ")[2]


@dataclass(frozen=True, slots=True)
class Nicknames:
    """Folded names -> what they stand for: a city (name, state), a state (USPS code) or a metropolitan area."""

    cities: Mapping[str, tuple[str, str]]
    states: Mapping[str, str]
    metros: Mapping[str, Metro]


@cache
def nicknames() -> Nicknames:
    """The committed nicknames, read once a process."""
    text = files("directory.geocoding").joinpath("data/nicknames.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Nicknames(
        cities={key(name): _city(city) for city, names in data["cities"].items() for name in names},
        states={" ".join(words(name)): code for code, names in data["states"].items() for name in names},
        metros={key(name): _metro(entry) for entry in data["metro"] for name in entry["names"]},
    )


def _metro(entry: Mapping[str, object]) -> Metro:
    cities = entry["cities"]
    assert isinstance(cities, list)  # noqa: S101
    return Metro(str(entry["label"]), tuple(_city(city) for city in cities))


def _city(text: str) -> tuple[str, str]:
    name, _, state = text.rpartition(", ")
    return name, state
