"""Places and positions: an offline gazetteer by default, any geopy service by configuration.

Nothing is read when these are made: the gazetteer is built at first use and kept for the life of the process, and in a
file of the folder that is given, for the next one.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from directory.geocoding.answers import AnswerCache
from directory.geocoding.gazetteer import OfflineGeocoder
from directory.geocoding.index import gazetteer
from directory.geocoding.kept import once
from directory.geocoding.nicknames import nicknames
from directory.geocoding.places import GazetteerPlaces
from directory.geocoding.positions import OfflinePositions
from directory.geocoding.service import LONGEST_WAIT_S, ServicePositions, geocode_of
from directory.search.places import Places, Positions


@once
def _places(folder: Path | None = None) -> GazetteerPlaces:
    return GazetteerPlaces(partial(gazetteer, folder), nicknames)


@once
def offline_geocoder(folder: Path | None = None) -> OfflineGeocoder:
    """Our own geopy geocoder over the packaged gazetteers."""
    return OfflineGeocoder(gazetteer(folder), _places(folder))


def offline_places(folder: Path | None = None) -> Places:
    """Named places from the packaged gazetteers."""
    return _places(folder)


@once
def offline_positions(folder: Path | None = None) -> Positions:
    """Approximate positions of addresses from the packaged gazetteers."""
    return OfflinePositions(partial(offline_geocoder, folder))


def service_positions(
    name: str,
    options: Mapping[str, Any],
    timeout: float = LONGEST_WAIT_S,
    cache_path: Path | str = ":memory:",
    min_delay: float = 1.0,
) -> Positions:
    """Positions from a geopy service (its name and constructor options), the gazetteer behind it.

    `timeout` (at most 2) and `min_delay` between two requests are in seconds. Raises InvalidInput where the service
    cannot be set up.
    """
    return ServicePositions(
        name,
        geocode_of(name, options),
        offline_positions(),
        AnswerCache(cache_path),
        timeout=timeout,
        min_delay=min_delay,
    )
