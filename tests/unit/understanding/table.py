"""The table of example questions, and readings written the way it writes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from directory.understanding.reading import FilterValue, Reading, ReadLocation, ReadTreatment

TABLE = Path(__file__).with_name("examples.txt")


@dataclass(frozen=True, slots=True)
class Example:
    """A question and what must be read from it: `parts` are words such as "condition=sciatica"."""

    text: str
    parts: frozenset[str]


def examples() -> Iterator[Example]:
    for line in TABLE.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            text, _, parts = line.rpartition(" => ")
            yield Example(text, frozenset(parts.split()) - {"nothing"})


def written(reading: Reading) -> frozenset[str]:
    """All that was read, inferred specialties apart, as the table writes it."""
    return frozenset(
        (
            *(f"asked={item.code}" for item in reading.specialties if item.reason == "asked"),
            *(f"condition={item.slug}" for item in reading.conditions),
            *(f"symptom={item.code}" for item in reading.symptoms),
            *(_treatment(item) for item in reading.treatments),
            *(f"avoid={item.code}" for item in reading.negations),
            *(
                f"{key}={_value(value).replace(' ', '_')}"
                for key, value in reading.filters.items()
                if not key.startswith("exclude_")
            ),
            *(f"cannot={item.code}" for item in reading.unanswerable),
            *_where(reading.location),
            *([f"weeks={reading.duration_weeks:g}"] if reading.duration_weeks is not None else ()),
            *([f"radius={reading.radius_miles:g}"] if reading.radius_miles is not None else ()),
            *([f"name={reading.name.replace(' ', '_')}"] if reading.name else ()),
            *([f"scope={reading.out_of_scope.replace(' ', '_')}"] if reading.out_of_scope else ()),
            *(["es"] if reading.language == "es" else ()),
        )
    )


def _treatment(item: ReadTreatment) -> str:
    weeks = "" if item.weeks is None else f":{item.weeks:g}"
    helped = f":{item.helped}" if item.helped else ""
    return f"{item.status}={item.code}{helped}{weeks}"


def _value(value: FilterValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.replace(" ", "_") if isinstance(value, str) else "+".join(value)


def _where(location: ReadLocation) -> Iterator[str]:
    if location.type == "near_me":
        yield "near_me"
    elif location.place is not None:
        yield f"{location.type}={location.place.label.replace(' ', '_')}"
