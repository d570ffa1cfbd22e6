"""Changes that search must hear of: one transaction, one revision, one outbox row, every subject that shows it.

Every change takes the row of `dataset` first and holds it until it commits. So revisions commit in their order on
every database: who has seen revision N has seen all before it. A sequence would not do (PostgreSQL commits its
numbers out of order).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Column, ColumnElement, Connection, Engine, bindparam, insert, select, update

from directory.domain.clinic import ReferralLink, networks
from directory.records.database import writing
from directory.records.keyed import among, sliced, values_of
from directory.records.tables import clinic, clinic_site, dataset, outbox, practitioner, referral_link, role

CONFIRMED: ColumnElement[bool] = (
    referral_link.c.confirmed_by_clinic_on.is_not(None)
    & referral_link.c.confirmed_by_partner_on.is_not(None)
    & referral_link.c.ended_on.is_(None)
)
VISIBLE_CLINIC: ColumnElement[bool] = clinic.c.hidden_at.is_(None) & clinic.c.deactivated_on.is_(None)
_HIDDEN_CLINICS = select(clinic.c.id).where(~VISIBLE_CLINIC)
_COUNTING_LINKS = select(referral_link).where(
    CONFIRMED, referral_link.c.clinic_id.not_in(_HIDDEN_CLINICS), referral_link.c.partner_id.not_in(_HIDDEN_CLINICS)
)
# Not "is not null", for which SQLite reads the whole table.
_IN_NETWORK = select(clinic.c.id, clinic.c.network_id).where(clinic.c.network_id > "")
_SET_NETWORK = update(clinic).where(clinic.c.id == bindparam("key")).values(network_id=bindparam("network"))


@dataclass(slots=True)
class Change:
    """What one transaction changed, told as it is written.

    `practitioners` and `clinics` are those whose own facts changed; `of_practitioner` and `of_clinic` those of whom
    only something beside them did (a role, a location, a link). Rows that are written anyway may carry `revision`
    at once; everything else that shows the change is stamped at the end. `new_practitioners` and `new_clinics` are
    added rows that carry it, and that nothing which was held shows. `subjects` are all that show the change, once it
    is closed.
    """

    connection: Connection
    revision: int
    practitioners: set[str] = field(default_factory=set)
    clinics: set[str] = field(default_factory=set)
    of_practitioner: set[str] = field(default_factory=set)
    of_clinic: set[str] = field(default_factory=set)
    new_practitioners: set[str] = field(default_factory=set)
    new_clinics: set[str] = field(default_factory=set)
    subjects: frozenset[str] = frozenset()

    def relocated(self, locations: Collection[str]) -> None:
        """The positions of these locations changed: everybody there shows it."""
        self.of_practitioner |= values_of(self.connection, role.c.npi, role.c.location_id, locations)
        self.of_clinic |= values_of(self.connection, clinic_site.c.clinic_id, clinic_site.c.location_id, locations)

    def relinked(self) -> None:
        """Links changed, or clinics that hold networks together: networks are computed anew."""
        now = networks(_counting_links(self.connection))
        stored = {row.id: row.network_id for row in self.connection.execute(_IN_NETWORK)}
        moved = {item for item in now.keys() | stored.keys() if now.get(item) != stored.get(item)}
        if moved:
            rows = [{"key": item, "network": now.get(item)} for item in sorted(moved)]
            self.connection.execute(_SET_NETWORK, rows)
        self.of_clinic |= moved

    def close(self, cause: str, subject: str | None, load_id: int | None) -> None:
        """Stamps every subject that shows the change and writes the outbox row; nothing where nothing changed."""
        people, clinics = self._showing()
        self._stamp(practitioner.c.npi, people - self.new_practitioners)
        self._stamp(clinic.c.id, clinics - self.new_clinics)
        people |= self.new_practitioners
        clinics |= self.new_clinics
        if not people and not clinics:
            return
        self.subjects = frozenset((*map("p{}".format, people), *map("c{}".format, clinics)))
        row = {
            "revision": self.revision,
            "cause": cause,
            "subject": subject,
            "load_id": load_id,
            "touched": len(people) + len(clinics),
            "created_at": datetime.now(UTC),
        }
        self.connection.execute(update(dataset).values(revision=self.revision))
        self.connection.execute(insert(outbox).values(row))

    def _showing(self) -> tuple[set[str], set[str]]:
        """A role shows its clinic's name; a clinic shows its staff, and its partners with their disciplines."""
        staff = values_of(self.connection, role.c.npi, role.c.clinic_id, self.clinics)
        clinics = self.clinics | self.of_clinic | clinics_of(self.connection, self.practitioners)
        people = self.practitioners | self.of_practitioner | staff
        return people, clinics | _partners_of(self.connection, clinics)

    def _stamp(self, key: Column[str], subjects: Collection[str]) -> None:
        table = key.table
        for part in sliced(subjects):
            stale = among(self.connection, key, part) & (table.c.revision < self.revision)
            self.connection.execute(update(table).where(stale).values(revision=self.revision))


@contextmanager
def changing(engine: Engine, cause: str, *, subject: str | None = None, load_id: int | None = None) -> Iterator[Change]:
    """One change: all of it and its outbox row, or nothing. Others wait for their turn, up to `database.WAIT_S`."""
    with writing(engine) as connection:
        latest = connection.execute(select(dataset.c.revision).with_for_update()).scalar_one()
        change = Change(connection, latest + 1)
        yield change
        change.close(cause, subject, load_id)


def clinics_of(connection: Connection, npis: Collection[str]) -> set[str]:
    """Ids of the clinics at which these practitioners have a role."""
    return values_of(connection, role.c.clinic_id, role.c.npi, npis, role.c.clinic_id.is_not(None))


def _counting_links(connection: Connection) -> Iterator[ReferralLink]:
    for row in connection.execute(_COUNTING_LINKS):
        yield ReferralLink(row.clinic_id, row.partner_id, row.confirmed_by_clinic_on, row.confirmed_by_partner_on)


def _partners_of(connection: Connection, clinics: Collection[str]) -> set[str]:
    ends = referral_link.c.clinic_id, referral_link.c.partner_id
    here = values_of(connection, ends[1], ends[0], clinics, CONFIRMED)
    return here | values_of(connection, ends[0], ends[1], clinics, CONFIRMED)
