"""What a load tells of what it wrote, so that an index can be made of it meanwhile."""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from directory.records.changes import Change
from directory.records.tables import clinic, dataset, location, practitioner
from directory.registration.loading import ClinicEntry, PractitionerEntry, Taken

Entries = Iterable[PractitionerEntry] | Iterable[ClinicEntry]


@dataclass(slots=True)
class Written:
    """What one change of a load wrote: the subjects of whom the records hold just what their entries say, and ids of
    all locations that are held since."""

    as_given: frozenset[str] = frozenset()
    places: Collection[str] = ()


def as_given(added: Entries, besides: Collection[str], unlike: Set[str]) -> Iterator[str]:
    """Keys of the entries of which nothing else has a say: neither those `besides`, nor a clinic that shows in their
    roles, nor a location that is held as another entry states it."""
    for entry in added:
        if (besides and entry.key in besides) or entry.hidden:
            continue
        if unlike and not unlike.isdisjoint([place.id for place in entry.locations]):
            continue
        if isinstance(entry, ClinicEntry) or not any(role.clinic_id for role in entry.roles):
            yield entry.key


@dataclass(slots=True)
class Telling:
    """Gathers what is told, from the revision at which the records held nothing."""

    position: int
    alone: bool = True
    _written: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _others: set[str] = field(default_factory=set)

    def add(self, change: Change, written: Written) -> None:
        """A change of the load. Where another one came before it, nothing is told any more."""
        self.alone = self.alone and change.revision == self.position + 1
        self.position = change.revision
        self._written[change.revision] = tuple(written.as_given)
        self._others |= change.subjects - written.as_given

    def taken(self) -> Taken | None:
        """What came since this was last asked."""
        found = Taken(self._written, frozenset(self._others), self.position) if self.alone else None
        self._written, self._others = {}, set()
        return found


def revision_where_empty(connection: Connection) -> int | None:
    """The latest revision, where the records hold nobody and no place; else None."""
    for table in (practitioner, clinic, location):
        if connection.execute(select(*table.primary_key).limit(1)).first() is not None:
            return None
    return int(connection.execute(select(dataset.c.revision)).scalar_one())
