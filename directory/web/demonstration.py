"""Whether what is served is invented, so that every page and answer says so."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from directory.domain.errors import EngineUnavailable
from directory.search.engine import Engine
from directory.search.query import Query, Sort

CODE = "demonstration"
REMEMBERED_S = 30.0


class Demonstration:
    """Looks at one listing, again every half minute: an index may be filled after the server has started.

    Demonstration and registry rows never share an index, so that one listing tells for all. Only the first call waits
    for the engine: an error page must not take twice as long because an engine hangs. While none answers, what was
    known last holds.
    """

    def __init__(
        self, engine: Engine, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._now = now
        self._monotonic = monotonic
        self._known: bool | None = None
        self._looks_again = 0.0

    def __call__(self) -> bool:
        known = self._known
        if known is None:
            return self._look()
        if self._monotonic() >= self._looks_again:
            self._looks_again = self._monotonic() + REMEMBERED_S
            threading.Thread(target=self._look, name="demonstration", daemon=True).start()
        return known

    def _look(self) -> bool:
        self._looks_again = self._monotonic() + REMEMBERED_S
        try:
            result = self._engine.search(Query(self._now().date(), sort=Sort.NAME, limit=1))
            found = any(CODE in hit.listing.card.notices for hit in result.hits)
        except EngineUnavailable:
            found = bool(self._known)
        self._known = found
        return found
