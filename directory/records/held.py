"""What is held, so that a load need not ask the database about millions of things that never were.

What is known stays true as long as nobody else changed the records: revisions, which every change counts up, tell.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Executable, select, union_all

from directory.records.changes import Change
from directory.records.tables import clinic, dataset, practitioner

_AT_ONCE = 10_000
MOST_PLACES = 4_000_000
"""Places of which it is remembered that they are held, some 500 MB; of more of them the database is asked."""


@dataclass(slots=True)
class Held:
    """NPIs of practitioners and clinics as of a revision, -1 before they were read.

    Of places nothing is known unless they are counted from a database that holds none: `places` is None then.
    """

    places: set[str] | None = None
    _npis: set[str] = field(default_factory=set)
    _revision: int = -1

    @staticmethod
    def nothing(revision: int) -> "Held":
        """For records that held nothing at a revision."""
        return Held(set(), set(), revision)

    def among(self, connection: Connection, npis: Collection[str]) -> set[str]:
        """Those of these NPIs that are held at the moment that the connection sees."""
        revision = int(connection.execute(select(dataset.c.revision)).scalar_one())
        if revision != self._revision:
            self._npis.update(connection.execute(_since(self._revision)).scalars())
            self._revision, self.places = revision, None
        return self._npis.intersection(npis)

    def possible(self, change: Change, npis: Collection[str]) -> Collection[str]:
        """Those of these NPIs that may be held when the change begins: all of them where that is not known."""
        return self._npis.intersection(npis) if self._is_next(change) else npis

    def possible_places(self, change: Change, ids: Collection[str]) -> Collection[str]:
        """The same of ids of locations."""
        return ids if self.places is None or not self._is_next(change) else self.places.intersection(ids)

    def added(self, change: Change, npis: Iterable[str], places: Iterable[str] = ()) -> None:
        """A change of one's own that was made on what is known here."""
        if not self._is_next(change):
            self.places = None
            return
        self._npis.update(npis)
        self._revision = change.revision
        if self.places is not None:
            self.places.update(places)
            if len(self.places) > MOST_PLACES:
                self.places = None

    def _is_next(self, change: Change) -> bool:
        return change.revision == self._revision + 1


def _since(revision: int) -> Executable:
    """NPIs of whatever changed after a revision, some thousands at a time. Nobody is ever deleted."""
    people = select(practitioner.c.npi).where(practitioner.c.revision > revision)
    clinics = select(clinic.c.npi).where(clinic.c.npi.is_not(None), clinic.c.revision > revision)
    return union_all(people, clinics).execution_options(yield_per=_AT_ONCE)
