"""Positions that need no gazetteer: everywhere is in the middle of the country, unless said otherwise."""

from collections.abc import Collection

from directory.domain.place import UNPLACED, Address, Point, Position, Precision
from directory.search.places import Placement

MIDDLE = Point(39.8, -98.6)


class FixedPositions:
    """Every address is at one point; those with a ZIP in `foreign` are quarantined, in `unknown` have no point."""

    def __init__(self, foreign: Collection[str] = (), unknown: Collection[str] = ()) -> None:
        self._foreign, self._unknown = foreign, unknown

    def locate(self, address: Address) -> Position:
        return self.place(address).position

    def place(self, address: Address) -> Placement:
        if address.zip in self._foreign:
            return Placement(UNPLACED, "outside the state", quarantined=True)
        if address.zip in self._unknown:
            return Placement(UNPLACED, "not known")
        return Placement(Position(MIDDLE, Precision.APPROXIMATE, "gazetteer"))

    def in_state(self, point: Point, state: str) -> bool:
        return point == MIDDLE and bool(state)
