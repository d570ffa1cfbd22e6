"""What rules may ask about a person, beside findings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """`age` is in years and `pregnant` yes, no or unknown (None); `conditions` are slugs of known conditions."""

    age: int | None = None
    pregnant: bool | None = None
    conditions: frozenset[str] = frozenset()
