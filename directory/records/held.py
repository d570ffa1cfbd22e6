"""Which NPIs are held, so that a load need not ask the database about millions that never were.

What is known stays true as long as nobody else changed the records: revisions, which every change counts up, tell.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Executable, select, union_all

from directory.records.changes import Change
from directory.records.tables import clinic, dataset, practitioner

_AT_ONCE = 10_000


@dataclass(slots=True)
class Held:
    """NPIs of practitioners and clinics as of a revision, -1 before they were read."""

    _npis: set[str] = field(default_factory=set)
    _revision: int = -1

    def among(self, connection: Connection, npis: Collection[str]) -> set[str]:
        """Those of these NPIs that are held at the moment that the connection sees."""
        revision = int(connection.execute(select(dataset.c.revision)).scalar_one())
        if revision != self._revision:
            self._npis.update(connection.execute(_since(self._revision)).scalars())
            self._revision = revision
        return self._npis.intersection(npis)

    def added(self, change: Change, npis: Iterable[str]) -> None:
        """A change of one's own that was made on what is known here."""
        if change.revision == self._revision + 1:
            self._npis.update(npis)
            self._revision = change.revision


def _since(revision: int) -> Executable:
    """NPIs of whatever changed after a revision, some thousands at a time. Nobody is ever deleted."""
    people = select(practitioner.c.npi).where(practitioner.c.revision > revision)
    clinics = select(clinic.c.npi).where(clinic.c.npi.is_not(None), clinic.c.revision > revision)
    return union_all(people, clinics).execution_options(yield_per=_AT_ONCE)
