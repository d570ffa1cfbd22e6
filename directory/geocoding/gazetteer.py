"""A geopy geocoder that needs no network: ZIP codes and cities of the gazetteer, always approximate."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from geopy.exc import GeocoderQueryError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point as GeopyPoint

from directory.domain.place import EARTH_RADIUS_M, Place, Point, Precision
from directory.geocoding.addresses import AddressFinder, Finding
from directory.geocoding.index import Gazetteer
from directory.geocoding.places import GazetteerPlaces

REVERSE_REACH_M = 200_000.0
"""Farther than this from every ZIP code nothing is named."""
_FIELDS = frozenset({"postalcode", "city", "state", "street", "country"})


class OfflineGeocoder(Geocoder):  # type: ignore[misc]  # geopy is untyped
    """Geocodes US ZIP codes, cities, states and structured addresses; reverse names the nearest ZIP code.

    Every location's `raw` is {"precision": "approximate", "source", "kind", "city", "state", "zip"}. No call leaves
    the process; `timeout` is accepted as geopy's interface asks and has nothing to wait for.
    """

    def __init__(self, gazetteer: Gazetteer, places: GazetteerPlaces) -> None:
        super().__init__()
        self._gazetteer = gazetteer
        self._places = places
        self._finder = AddressFinder(gazetteer)

    def geocode(
        self, query: str | Mapping[str, str], *, exactly_one: bool = True, timeout: object = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """The location of a text, or of {"postalcode", "city", "state"}; None where unknown.

        With `exactly_one=False` a list, the other plausible places behind the first. Raises GeocoderQueryError for
        a structured query of other fields. "street" and "country" are accepted and play no part.
        """
        found = self._of_text(query) if isinstance(query, str) else self._of_fields(query)
        if not found:
            return None
        return found[0] if exactly_one else found

    def _of_text(self, query: str) -> list[Location]:
        resolution = self._places.resolve(query)
        if resolution.place is None:
            return []
        return [_location(place) for place in (resolution.place, *resolution.candidates) if place.point]

    def _of_fields(self, query: Mapping[str, str]) -> list[Location]:
        unknown = set(query) - _FIELDS
        if unknown:
            raise GeocoderQueryError(f"Unknown fields: {', '.join(sorted(unknown))}. Known: {', '.join(_FIELDS)}.")
        zip_code, city, state = (query.get(field, "") for field in ("postalcode", "city", "state"))
        if not state:
            return self._of_text(" ".join(filter(None, (city, zip_code))))
        stated = self._places.state(state)
        found = self.find(zip_code, city, stated.state if stated else state)
        if found.point is None:
            return []
        label = ", ".join(filter(None, (city, f"{state} {zip_code}".strip())))
        return [_at(label, found.point, _raw(found.source, "address", city, state, zip_code))]

    def find(self, zip_code: str, city: str, state: str) -> Finding:
        """The finding for an address, with its reason where it has no point: what a Location cannot say."""
        return self._finder.find(zip_code, city, state)

    def in_state(self, point: Point, state: str) -> bool:
        """True where the point lies in the state or within the border tolerance."""
        return self._gazetteer.borders.in_state(point, state)

    def reverse(
        self,
        query: GeopyPoint | Sequence[float] | str,
        *,
        exactly_one: bool = True,
        timeout: object = DEFAULT_SENTINEL,
    ) -> Location | list[Location] | None:
        """The nearest ZIP code to a point (geopy Point, (lat, lon) or text), or None far from all."""
        point = GeopyPoint(query)
        codes, vectors = self._vectors
        towards = vectors @ _unit(np.array([point.latitude]), np.array([point.longitude]))[0]
        nearest = int(np.argmax(towards))
        if np.arccos(np.clip(towards[nearest], -1, 1)) * EARTH_RADIUS_M > REVERSE_REACH_M:
            return None
        place = self._places.zip(codes[nearest])
        location = _location(place) if place else None
        return location if exactly_one or location is None else [location]

    @cached_property
    def _vectors(self) -> tuple[list[str], npt.NDArray[np.float64]]:
        """ZIP codes with a point on the ground, and their unit vectors, of shape (n, 3)."""
        placed = [(row.code, point) for row in self._gazetteer.zips.values() if (point := row.point) is not None]
        lats, lons = (np.array([getattr(point, axis) for _, point in placed]) for axis in ("lat", "lon"))
        return [code for code, _ in placed], _unit(lats, lons)


def _unit(lats: npt.NDArray[np.float64], lons: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    lats, lons = np.radians(lats), np.radians(lons)
    return np.column_stack((np.cos(lats) * np.cos(lons), np.cos(lats) * np.sin(lons), np.sin(lats)))


def _location(place: Place) -> Location:
    assert place.point is not None  # noqa: S101
    return _at(place.label, place.point, _raw("GeoNames", place.kind, place.city, place.state, place.zip))


def _at(label: str, point: Point, raw: dict[str, Any]) -> Location:
    return Location(label, GeopyPoint(point.lat, point.lon), raw)


def _raw(source: str, kind: str, city: str, state: str, zip_code: str) -> dict[str, Any]:
    return {
        "precision": Precision.APPROXIMATE.value,
        "source": source,
        "kind": str(kind),
        "city": city,
        "state": state,
        "zip": zip_code,
    }
