"""The port through which everything is searched. Two adapters implement it and pass one contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from directory.search.listing import Listing
from directory.search.query import Query
from directory.search.result import Result


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the engine can answer now, and from which generation. `detail` says what is wrong and what to do."""

    ready: bool
    engine: str
    generation: str = ""
    listings: int = 0
    detail: str = ""


class Engine(Protocol):
    """Answers queries. Every method raises EngineUnavailable within 2 s when it cannot, and never blocks longer."""

    def search(self, query: Query) -> Result: ...

    def of_subject(self, subject: str, today: date) -> tuple[Listing, ...]:
        """Unexpired listings of one practitioner (`p<NPI>`) or clinic (`c<id>`), by id; empty when there are none."""
        ...

    def get(self, ids: Sequence[str], today: date) -> tuple[Listing, ...]:
        """Unexpired listings with these ids, in the order asked for; those that do not exist are left out."""
        ...

    def readiness(self) -> Readiness:
        """Never raises."""
        ...
