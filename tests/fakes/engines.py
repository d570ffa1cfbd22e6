"""Engines that fail on purpose."""

from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from directory.search.engine import Readiness
from directory.search.query import Query


class FailingEngine:
    """Raises the same error for whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def search(self, query: Query) -> NoReturn:
        raise self._error

    def of_subject(self, subject: str, today: date) -> NoReturn:
        raise self._error

    def get(self, ids: Sequence[str], today: date) -> NoReturn:
        raise self._error

    def readiness(self) -> Readiness:
        return Readiness(ready=False, engine="failing", detail=str(self._error))
