"""Positions of addresses from the offline gazetteer: approximate, and refused outside the stated state."""

from collections.abc import Callable
from functools import cached_property, lru_cache

from directory.domain.place import UNPLACED, Address, Point, Position, Precision
from directory.geocoding.gazetteer import OfflineGeocoder
from directory.search.places import Placement

MEMORY = 1 << 17
"""Distinct (ZIP, city, state) whose placement is kept: a registry file has fewer, and asks for each many times."""


class OfflinePositions:
    """The port `directory.search.places.Positions` over our own geocoder, which is made when first needed."""

    def __init__(self, geocoder: Callable[[], OfflineGeocoder]) -> None:
        self._make = geocoder
        self._remembered = lru_cache(maxsize=MEMORY)(self._placed)

    @cached_property
    def _geocoder(self) -> OfflineGeocoder:
        return self._make()

    def locate(self, address: Address) -> Position:
        """See `Positions.locate`."""
        return self._remembered(address.zip, address.city, address.state).position

    def place(self, address: Address) -> Placement:
        """See `Positions.place`."""
        return self._remembered(address.zip, address.city, address.state)

    def in_state(self, point: Point, state: str) -> bool:
        """See `Positions.in_state`."""
        return self._geocoder.in_state(point, state)

    def _placed(self, zip_code: str, city: str, state: str) -> Placement:
        found = self._geocoder.find(zip_code, city, state)
        position = Position(found.point, Precision.APPROXIMATE, found.source) if found.point else UNPLACED
        return Placement(position, found.reason, found.quarantined)
