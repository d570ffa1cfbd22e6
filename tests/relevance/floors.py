"""The floors below which no measure may fall. They only rise: floors.toml keeps every step."""

import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PATH = Path(__file__).with_name("floors.toml")
_PLACES = 3
Measures = Mapping[str, Mapping[str, float]]
HEAD = """\
# The least that each measure may be, by category, oldest step first; the last step holds. Floors only rise: a test
# compares each step with the one before. Raise them with: python -m tests.relevance.runner --raise
"""


@dataclass(frozen=True, slots=True)
class Floors:
    """`steps` are the floors as they were raised: category -> measure -> floor, the last one in force."""

    steps: tuple[Measures, ...]

    @classmethod
    def committed(cls) -> Self:
        return cls(tuple(tomllib.loads(PATH.read_text("utf-8"))["step"]) if PATH.exists() else ())

    def below(self, measures: Measures) -> Iterator[str]:
        """Each measure that is lower than its floor, or gone."""
        for category, floors in (self.steps[-1] if self.steps else {}).items():
            for name, floor in floors.items():
                found = measures.get(category, {}).get(name, 0.0)
                if found < floor:
                    yield f"{category}: {name} is {found:.4f}, below its floor of {floor}"

    def falls(self) -> Iterator[str]:
        """Each floor that a later step lowered or left out."""
        for at in range(1, len(self.steps)):
            for category, floors in self.steps[at - 1].items():
                for name, floor in floors.items():
                    if self.steps[at].get(category, {}).get(name, 0.0) < floor:
                        yield f"step {at + 1} lowers {category}: {name}"

    def lifted(self, measures: Measures) -> Self:
        """With a further step of what was measured, rounded down, where any of it is higher."""
        last: Measures = self.steps[-1] if self.steps else {}
        step = {
            category: {name: max(_down(value), last.get(category, {}).get(name, 0.0)) for name, value in found.items()}
            for category, found in measures.items()
        }
        return self if step == last else type(self)((*self.steps, step))

    def write(self) -> None:
        PATH.write_text(HEAD + "".join(map(_written, self.steps)), "utf-8")


def _down(value: float) -> float:
    return math.floor(value * 10**_PLACES + 1e-9) / 10**_PLACES


def _written(step: Measures) -> str:
    rows = (f"{json.dumps(category)} = {_table(floors)}\n" for category, floors in step.items())
    return "\n[[step]]\n" + "".join(rows)


def _table(floors: Mapping[str, float]) -> str:
    return "{ " + ", ".join(f"{json.dumps(name)} = {value}" for name, value in floors.items()) + " }"
