"""Answers from a second engine while the first is down, and says so."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from directory.domain.errors import EngineUnavailable
from directory.search.engine import Engine, Readiness
from directory.search.listing import Listing
from directory.search.query import Query
from directory.search.result import Result

REST_S = 10.0
"""Seconds for which an engine that failed is left alone, so that not every search waits for its time-out."""
Answer = TypeVar("Answer")


class FallbackEngine:
    """Asks `first`; while it is unavailable, `second`. Both must hold the same records."""

    def __init__(self, first: Engine, second: Engine, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._first = first
        self._second = second
        self._monotonic = monotonic
        self._rests_until = -1.0
        self._lock = threading.Lock()

    def search(self, query: Query) -> Result:
        return self._ask(lambda: self._first.search(query), lambda: replace(self._second.search(query), fallback=True))

    def of_subject(self, subject: str, today: date) -> tuple[Listing, ...]:
        return self._ask(
            lambda: self._first.of_subject(subject, today), lambda: self._second.of_subject(subject, today)
        )

    def get(self, ids: Sequence[str], today: date) -> tuple[Listing, ...]:
        return self._ask(lambda: self._first.get(ids, today), lambda: self._second.get(ids, today))

    def readiness(self) -> Readiness:
        first = self._first.readiness()
        if first.ready:
            return first
        second = self._second.readiness()
        return replace(second, detail=f"{first.engine} is down ({first.detail}); {second.engine} answers")

    def _ask(self, first: Callable[[], Answer], second: Callable[[], Answer]) -> Answer:
        if self._monotonic() >= self._rests_until:
            try:
                return first()
            except EngineUnavailable:
                with self._lock:
                    self._rests_until = self._monotonic() + REST_S
        return second()
