"""Positions from any geopy service, never trusted blindly and never waited for: the gazetteer stands behind it."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from geopy.exc import GeocoderNotFound, GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import get_geocoder_for_service

from directory.domain.errors import InvalidInput
from directory.domain.place import METRES_PER_MILE, STATES, Address, Point, Position, Precision, distance_m
from directory.geocoding.addresses import FAR_M
from directory.geocoding.answers import Answer, AnswerCache
from directory.search.places import Placement, Positions

LONGEST_WAIT_S = 2.0
FAILURES_TO_REST = 3
REST_S = 300.0
"""After three failures in a row the service is left alone for five minutes: a load must not wait for each address."""
_ERROR_WAIT_S = 5.0
_HOUSE_NUMBER = re.compile(r"\d+[A-Za-z]?\b")


class Geocode(Protocol):
    """geopy's `Geocoder.geocode`: a location with latitude, longitude and address, or None."""

    def __call__(self, query: str, *, exactly_one: bool = True, timeout: float = ...) -> Any: ...


class ServiceFailed(Exception):
    """The service did not answer, or not in time."""


def geocode_of(name: str, options: Mapping[str, Any]) -> Geocode:
    """The geocode method of a geopy service by name ("nominatim") and its options. Raises InvalidInput."""
    try:
        geocoder: Any = get_geocoder_for_service(name)(**options)
    except (GeocoderNotFound, GeopyError, TypeError) as error:
        message = f"The geocoding service “{name}” cannot be set up: {error}. See geopy's list of services."
        raise InvalidInput(message, field="geocoder") from error
    geocode: Geocode = geocoder.geocode
    return geocode


class ServicePositions:
    """The port `Positions` over a geopy service, with rate limit, time-out, cache, and the gazetteer to fall back on.

    A point outside the stated state is refused and the gazetteer's taken. A point is exact only where the answer
    repeats the address's house number; otherwise the service may have answered with a street or a town.
    """

    def __init__(
        self,
        name: str,
        geocode: Geocode,
        offline: Positions,
        cache: AnswerCache,
        *,
        timeout: float = LONGEST_WAIT_S,
        min_delay: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._geocode = geocode
        self._offline = offline
        self._cache = cache
        self._timeout = min(timeout, LONGEST_WAIT_S)
        self._ask = RateLimiter(
            self._within_time,
            min_delay_seconds=min_delay,
            max_retries=0,
            error_wait_seconds=max(min_delay, _ERROR_WAIT_S),
            swallow_exceptions=False,
        )
        self._clock = clock
        self._failures = 0
        self._resting_until = float("-inf")

    def locate(self, address: Address) -> Position:
        """See `Positions.locate`."""
        return self.place(address).position

    def in_state(self, point: Point, state: str) -> bool:
        """See `Positions.in_state`."""
        return self._offline.in_state(point, state)

    def place(self, address: Address) -> Placement:
        """See `Positions.place`. An address that the gazetteer quarantines is not asked about."""
        known = self._offline.place(address)
        if known.quarantined or address.state.upper() not in STATES:
            return known
        answer = self._answer(_query(address))
        if answer is None or answer.point is None:
            return known
        refusal = self._refusal(answer.point, address.state.upper(), known.position.point)
        if refusal:
            return Placement(known.position, f"{self._name} placed it {refusal}; that position was refused.")
        return Placement(Position(answer.point, _precision(address, answer), self._name))

    def _refusal(self, point: Point, state: str, expected: Point | None) -> str:
        """Why a service's point cannot be right, or an empty string."""
        if not self.in_state(point, state):
            return f"outside {STATES[state]}"
        if expected is not None and distance_m(point, expected) > FAR_M:
            return f"{round(distance_m(point, expected) / METRES_PER_MILE)} miles from its ZIP code"
        return ""

    def _answer(self, query: str) -> Answer | None:
        """The service's answer, from the cache where it answered before; None where it fails or rests."""
        remembered = self._cache.get(query)
        if remembered is not None or self._clock() < self._resting_until:
            return remembered
        try:
            answer = _as_answer(self._ask(query))
        except ServiceFailed:
            self._note_failure()
            return None
        self._failures = 0
        self._cache.put(query, answer)
        return answer

    def _note_failure(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_REST:
            self._failures = 0
            self._resting_until = self._clock() + REST_S

    def _within_time(self, query: str) -> Any:
        """The geocoder's answer in time. A socket's own time-out starts anew with every byte, so it does not do."""
        outcome: list[Any] = []
        failure: list[Exception] = []

        def ask() -> None:
            try:
                outcome.append(self._geocode(query, exactly_one=True, timeout=self._timeout))
            except Exception as error:  # whatever a service's client raises must not end the load
                failure.append(error)

        thread = threading.Thread(target=ask, daemon=True, name="geocode")
        thread.start()
        thread.join(self._timeout)
        if not outcome:
            raise ServiceFailed(f"{self._name} did not answer") from (failure[0] if failure else None)
        return outcome[0]


def _query(address: Address) -> str:
    street = " ".join(address.line.split())
    return f"{street}, {address.city.strip()}, {address.state.strip().upper()} {address.zip.strip()[:5]}, USA"


def _as_answer(location: Any) -> Answer:
    """What to keep of a geopy location, whose point is always finite and within range."""
    if location is None:
        return Answer(None, "")
    return Answer(Point(float(location.latitude), float(location.longitude)), str(location.address or ""))


def _precision(address: Address, answer: Answer) -> Precision:
    number = _HOUSE_NUMBER.match(address.line.strip())
    found = number is not None and re.search(rf"\b{re.escape(number[0])}\b", answer.label, re.IGNORECASE) is not None
    return Precision.EXACT if found else Precision.APPROXIMATE
