"""Ports to what is known about places: names to points for people who search, addresses to points for records."""

from dataclasses import dataclass
from typing import Protocol

from directory.domain.place import Address, Place, Point, Position


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a where-box text means.

    `place` is the best reading or None. `candidates` are other plausible readings, best first; where `place` is
    None they are suggestions ("did you mean"). `reason` is a sentence for people that explains either, or empty.
    """

    place: Place | None
    candidates: tuple[Place, ...] = ()
    reason: str = ""

    @property
    def ambiguous(self) -> bool:
        """True where a place was chosen although others are plausible: show the switch."""
        return self.place is not None and bool(self.candidates)


class Places(Protocol):
    """Named places in the US and its territories. No method raises for any text."""

    def zip(self, code: str) -> Place | None:
        """The ZIP code of five digits (or ZIP+4), or None where it is unknown or has no place on the ground."""
        ...

    def cities(self, name: str, state: str | None = None) -> tuple[Place, ...]:
        """Cities, towns and neighbourhoods of a name, most populous first; `state` is a USPS code."""
        ...

    def state(self, text: str) -> Place | None:
        """A state or territory by name or USPS code; its point is the city nearest to its centre of population."""
        ...

    def nickname(self, text: str) -> Place | None:
        """A city or metropolitan area by what people call it: "philly", "twin cities"."""
        ...

    def called(self, name: str) -> tuple[Place, ...]:
        """What a name alone may mean: the place of that nickname, else the cities of that name."""
        ...

    def resolve(self, text: str) -> Resolution:
        """The place that a where-box text means: ZIP, "City, ST", city, state, nickname or "lat, lon"."""
        ...

    def complete(self, prefix: str, limit: int = 8) -> tuple[Place, ...]:
        """Places whose name, or ZIP code, starts with the prefix, most populous first."""
        ...


@dataclass(frozen=True, slots=True)
class Placement:
    """The position of an address, with the reason where it was refused or replaced.

    `quarantined` is True where what is known of the address lies outside the state it states: such a record must
    not be published. Without it an address that is merely unknown has a position of precision "none".
    """

    position: Position
    reason: str = ""
    quarantined: bool = False


class Positions(Protocol):
    """Positions of addresses, checked against the state that each states."""

    def locate(self, address: Address) -> Position:
        """Where the address is; precision "none" where that is unknown or quarantined."""
        ...

    def place(self, address: Address) -> Placement:
        """The same with its reason, and whether the address is quarantined."""
        ...

    def in_state(self, point: Point, state: str) -> bool:
        """True where the point lies in the state (USPS code) or within the border tolerance of it."""
        ...
