"""Which NPIs are held, so that a load need not ask the database about millions that never were.

What is known stays true as long as nobody else changed the records: revisions, which every change counts up, tell.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, union

from directory.records.changes import Change
from directory.records.tables import clinic, practitioner

_HELD = union(select(practitioner.c.npi), select(clinic.c.npi).where(clinic.c.npi.is_not(None)))


@dataclass(slots=True)
class Held:
    """NPIs of practitioners and clinics as of a revision, -1 before they were read."""

    _npis: set[str] = field(default_factory=set)
    _revision: int = -1

    def among(self, connection: Connection, revision: int, npis: Collection[str]) -> set[str]:
        """Those of these NPIs that are held at this revision, which the connection sees."""
        if revision != self._revision:
            self._npis = set(connection.scalars(_HELD))
            self._revision = revision
        return self._npis.intersection(npis)

    def added(self, change: Change, npis: Iterable[str]) -> None:
        """A change of one's own that was made on what is known here."""
        if change.revision == self._revision + 1:
            self._npis.update(npis)
            self._revision = change.revision
