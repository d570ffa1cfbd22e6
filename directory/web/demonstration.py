"""Whether what is served is invented, so that every page and answer says so."""

import time
from collections.abc import Callable
from datetime import datetime

from directory.domain.errors import EngineUnavailable
from directory.search.engine import Engine
from directory.search.query import Query, Sort

CODE = "demonstration"
_REMEMBERED_S = 30.0


class Demonstration:
    """Looks at one listing, again every half minute: an index may be filled after the server has started.

    Demonstration and registry rows never share an index, so that one listing tells for all. While no engine answers,
    what was known last holds.
    """

    def __init__(
        self, engine: Engine, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._now = now
        self._monotonic = monotonic
        self._known = False
        self._asks_again = -1.0

    def __call__(self) -> bool:
        if self._monotonic() >= self._asks_again:
            self._asks_again = self._monotonic() + _REMEMBERED_S
            self._known = self._look()
        return self._known

    def _look(self) -> bool:
        try:
            result = self._engine.search(Query(self._now().date(), sort=Sort.NAME, limit=1))
        except EngineUnavailable:
            return self._known
        return any(CODE in hit.listing.card.notices for hit in result.hits)
