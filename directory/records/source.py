"""The records as the indexer reads them: whole practitioners and clinics, a few statements for many at a time."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, Table, exists, func, select

from directory.domain.clinic import Site
from directory.domain.evidence import Evidence, Level
from directory.domain.practitioner import Practitioner, Role
from directory.records.changes import CONFIRMED, VISIBLE_CLINIC, changing
from directory.records.database import reading
from directory.records.keyed import AnyRow, among
from directory.records.reports import hidden_fields, role_without, site_without
from directory.records.rows import clinic_of, endpoints_of, evidence_of, practitioner_of, role_of, site_of
from directory.records.tables import (
    clinic,
    clinic_site,
    dataset,
    evidence,
    location,
    outbox,
    practitioner,
    referral_link,
    role,
)
from directory.registration.loading import Dataset
from directory.registration.publishing import PRACTICE
from directory.search.classify import classify
from directory.search.listing import PartnerClinic
from directory.search.source import Changed, ClinicRecord, PractitionerRecord, Record, StaffMember
from directory.vocabulary.vocabulary import Vocabulary

_PRACTITIONERS_AT_ONCE = 1_000
_CLINICS_AT_ONCE = 1_000
_VISIBLE_PRACTITIONER = practitioner.c.hidden_at.is_(None) & practitioner.c.deactivated_on.is_(None)
_PLACE = [column for column in location.c if column.name != "id"]
_ROLES = (
    select(role, *_PLACE, clinic.c.name.label("clinic_name"))
    .join(location, location.c.id == role.c.location_id)
    # The name of a clinic that is hidden or gone is not shown on the cards of its staff either.
    .outerjoin(clinic, (clinic.c.id == role.c.clinic_id) & VISIBLE_CLINIC)
    .order_by(role.c.id)
)
_SITES = select(clinic_site, *_PLACE).join(location, location.c.id == clinic_site.c.location_id).order_by("id")
_STAFF = (
    select(role.c.clinic_id, practitioner.c.taxonomies, practitioner.c.credential)
    .join(practitioner, practitioner.c.npi == role.c.npi)
    .where(role.c.confirmed_on.is_not(None), _VISIBLE_PRACTITIONER)
)


def _today() -> date:
    return datetime.now(UTC).date()


class SqlListingSource:
    """Implements `search.source.ListingSource`. The vocabulary says which discipline a partner's staff belongs to.

    Of a partner's staff those count of whom a check still holds on the day that `today` gives.
    """

    def __init__(self, engine: Engine, vocabulary: Vocabulary, today: Callable[[], date] = _today) -> None:
        self._engine = engine
        self._today = today
        self._disciplines = _Disciplines(vocabulary)

    def position(self) -> int:
        """The latest revision. Changes commit in the order of their revisions, so no earlier one is to come."""
        with reading(self._engine) as connection:
            return int(connection.execute(select(dataset.c.revision)).scalar_one())

    def is_demonstration(self) -> bool:
        """Whether these are invented records. They never share a database with the registry's."""
        with reading(self._engine) as connection:
            return bool(connection.execute(select(dataset.c.kind)).scalar_one() == Dataset.DEMONSTRATION)

    def count(self) -> int:
        """How many records `records` yields."""
        with reading(self._engine) as connection:
            return _count(connection, clinic, VISIBLE_CLINIC) + _count(connection, practitioner, _VISIBLE_PRACTITIONER)

    def records(self) -> Iterator[Record]:
        """Every clinic by id, then every practitioner by NPI, that is neither hidden nor deactivated.

        All are read as of one moment, a chunk at a time.
        """
        with reading(self._engine) as connection:
            for rows in _pages(connection, clinic.c.id, VISIBLE_CLINIC, _CLINICS_AT_ONCE):
                yield from self._clinics(connection, rows)
            for rows in _pages(connection, practitioner.c.npi, _VISIBLE_PRACTITIONER, _PRACTITIONERS_AT_ONCE):
                yield from _practitioners(connection, rows)

    def record(self, subject: str) -> Record | None:
        """One record by its subject, hidden and deactivated ones too, or None."""
        return self.records_of((subject,)).get(subject)

    def records_of(self, subjects: Sequence[str]) -> Mapping[str, Record]:
        """Records by subject, as of one moment; those that do not exist are left out. For some thousands."""
        npis, ids = _split(subjects)
        with reading(self._engine) as connection:
            people = connection.execute(select(practitioner).where(among(connection, practitioner.c.npi, npis))).all()
            clinics = connection.execute(select(clinic).where(among(connection, clinic.c.id, ids))).all()
            found: list[Record] = [*_practitioners(connection, people), *self._clinics(connection, clinics)]
        return {record.subject: record for record in found}

    def changed_since(self, position: int, limit: int) -> Changed:
        """Subjects in order of their latest revision. A revision is never split, so a load's chunk comes whole."""
        with reading(self._engine) as connection:
            end = _end_of_batch(connection, position, limit)
            changed = [
                (row.revision, prefix + row[0])
                for prefix, key in (("c", clinic.c.id), ("p", practitioner.c.npi))
                for row in connection.execute(_changed(key, position, end))
            ]
        return Changed(tuple(subject for _, subject in sorted(changed)), end)

    def with_npi(self, npi: str) -> tuple[Record, ...]:
        """The practitioner and the clinics of an NPI, hidden and deactivated ones too."""
        with reading(self._engine) as connection:
            people = connection.execute(select(practitioner).where(practitioner.c.npi == npi)).all()
            clinics = connection.execute(select(clinic).where(clinic.c.npi == npi).order_by(clinic.c.id)).all()
            return (*_practitioners(connection, people), *self._clinics(connection, clinics))

    def expiring(self, after: date, until: date) -> Mapping[Level, int]:
        """How many roles and clinic sites have a check of each level that expires in (after, until]."""
        owners = func.count(evidence.c.role_id.distinct()) + func.count(evidence.c.site_id.distinct())
        due = (evidence.c.expires_on > after) & (evidence.c.expires_on <= until)
        with reading(self._engine) as connection:
            rows = connection.execute(select(evidence.c.level, owners).where(due).group_by(evidence.c.level))
            return {Level(level): int(count) for level, count in rows}

    def restamp(self, subjects: Collection[str]) -> None:
        """Gives subjects a new revision in one change; those without a record only move the revision on."""
        npis, ids = _split(subjects)
        with changing(self._engine, "restamp") as change:
            change.of_practitioner.update(npis)
            change.of_clinic.update(ids)

    def _clinics(self, connection: Connection, rows: Sequence[AnyRow]) -> Iterator[ClinicRecord]:
        ids = [row.id for row in rows]
        sites, staff = _sites(connection, ids), _staff(connection, ids)
        partners = self._partners(connection, ids)
        for row in rows:
            yield ClinicRecord(
                clinic=clinic_of(row),
                sites=tuple(sites[row.id]),
                staff=tuple(staff[row.id]),
                partners=tuple(partners[row.id]),
                network_id=row.network_id or "",
                version=row.revision,
                endpoints=endpoints_of(row),
            )

    def _partners(self, connection: Connection, ids: Sequence[str]) -> Mapping[str, list[PartnerClinic]]:
        pairs = _confirmed_pairs(connection, ids)
        cards = {card.clinic_id: card for card in self._partner_cards(connection, {partner for _, partner in pairs})}
        partners: dict[str, list[PartnerClinic]] = defaultdict(list)
        for clinic_id, partner_id in sorted(pairs):
            if partner_id in cards:
                partners[clinic_id].append(cards[partner_id])
        return partners

    def _partner_cards(self, connection: Connection, ids: Iterable[str]) -> Iterator[PartnerClinic]:
        wanted = sorted(ids)
        sites = _sites(connection, wanted)
        people: dict[str, set[tuple[tuple[str, ...], str]]] = defaultdict(set)
        holds = exists().where(evidence.c.role_id == role.c.id, evidence.c.expires_on > self._today())
        for row in connection.execute(_STAFF.where(among(connection, role.c.clinic_id, wanted), holds)):
            people[row.clinic_id].add((tuple(row.taxonomies), row.credential))
        for row in connection.execute(select(clinic).where(among(connection, clinic.c.id, wanted), VISIBLE_CLINIC)):
            yield _partner_card(row, sites[row.id], self._disciplines.of(people[row.id]))


class _Disciplines:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._of_person = lru_cache(maxsize=4_096)(self._classified)

    def of(self, people: Iterable[tuple[tuple[str, ...], str]]) -> tuple[str, ...]:
        """Discipline groups of the people with these taxonomies and degrees, sorted."""
        return tuple(sorted({found for person in people for found in self._of_person(*person)}))

    def _classified(self, taxonomies: tuple[str, ...], credential: str) -> frozenset[str]:
        classes = classify(taxonomies, credential, self._vocabulary, confirmed_role=True)
        found = (self._vocabulary.specialties[code].discipline for code in classes.specialties)
        return frozenset(discipline.value for discipline in found if discipline is not None)


def _split(subjects: Iterable[str]) -> tuple[list[str], list[str]]:
    """NPIs of practitioners and ids of clinics."""
    of_kind: dict[str, list[str]] = {"p": [], "c": []}
    for subject in subjects:
        of_kind.get(subject[:1], []).append(subject[1:])
    return of_kind["p"], of_kind["c"]


def _partner_card(row: AnyRow, sites: Sequence[Site], disciplines: tuple[str, ...]) -> PartnerClinic:
    if not sites:
        return PartnerClinic(row.id, row.name, "", "", disciplines)
    place = sites[0].location
    return PartnerClinic(row.id, row.name, place.address.city, place.address.state, disciplines, place.position.point)


def _count(connection: Connection, table: Table, where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(where)).scalar_one())


def _pages(
    connection: Connection, key: Column[str], where: ColumnElement[bool], size: int
) -> Iterator[Sequence[AnyRow]]:
    page = select(key.table).where(where).order_by(key).limit(size)
    rows = connection.execute(page).all()
    while rows:
        yield rows
        last = getattr(rows[-1], key.name)
        rows = connection.execute(page.where(key > last)).all()


def _practitioners(connection: Connection, rows: Sequence[AnyRow]) -> Iterator[PractitionerRecord]:
    roles: dict[str, list[Role]] = defaultdict(list)
    for item in _roles(connection, among(connection, role.c.npi, [row.npi for row in rows])):
        roles[item.npi].append(item)
    for row in rows:
        yield PractitionerRecord(practitioner_of(row), tuple(roles[row.npi]), row.revision, endpoints_of(row))


def _roles(connection: Connection, where: ColumnElement[bool]) -> Iterator[Role]:
    held = _evidence(connection, evidence.c.role_id, select(role.c.id).where(where))
    rows = connection.execute(_ROLES.where(where)).all()
    hidden = hidden_fields(connection, {f"p{row.npi}" for row in rows})
    for row in rows:
        found = role_of(row, _lasting(row.origin, held[row.id]))
        yield role_without(found, hidden.get((f"p{row.npi}", row.location_id), ()))


def _sites(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[Site]]:
    where = among(connection, clinic_site.c.clinic_id, ids)
    held = _evidence(connection, evidence.c.site_id, select(clinic_site.c.id).where(where))
    sites: dict[str, list[Site]] = defaultdict(list)
    hidden = hidden_fields(connection, {f"c{clinic_id}" for clinic_id in ids})
    for row in connection.execute(_SITES.where(where)).all():
        found = site_of(row, _lasting(row.origin, held[row.id]))
        sites[row.clinic_id].append(site_without(found, hidden.get((f"c{row.clinic_id}", row.location_id), ())))
    return sites


def _lasting(origin: str, held: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What a practice stated is shown only while it keeps it confirmed, whatever the registry says of its number."""
    if origin != PRACTICE:
        return tuple(held)
    until = max((item.expires_on for item in held if item.level is Level.PRACTICE), default=date.min)
    return tuple(replace(item, expires_on=min(item.expires_on, until)) for item in held)


def _evidence(connection: Connection, owner: Column[str], owners: Any) -> Mapping[str, list[Evidence]]:
    held: dict[str, list[Evidence]] = defaultdict(list)
    statement = select(
        owner,
        evidence.c.level,
        evidence.c.what,
        evidence.c.source,
        evidence.c.checked_on,
        evidence.c.expires_on,
        evidence.c.note,
    ).where(owner.in_(owners))
    for row in connection.execute(statement.order_by(evidence.c.id)).all():
        held[row[0]].append(evidence_of(*row[1:]))
    return held


def _staff(connection: Connection, ids: Sequence[str]) -> Mapping[str, list[StaffMember]]:
    where = among(connection, role.c.clinic_id, ids) & role.c.confirmed_on.is_not(None)
    people = _people(connection, where)
    staff: dict[str, list[StaffMember]] = defaultdict(list)
    for item in _roles(connection, where):
        staff[item.clinic_id or ""].append(StaffMember(people[item.npi], item))
    return staff


def _people(connection: Connection, of_roles: ColumnElement[bool]) -> Mapping[str, Practitioner]:
    wanted = practitioner.c.npi.in_(select(role.c.npi).where(of_roles))
    return {row.npi: practitioner_of(row) for row in connection.execute(select(practitioner).where(wanted))}


def _confirmed_pairs(connection: Connection, ids: Sequence[str]) -> set[tuple[str, str]]:
    """(clinic, partner) for each confirmed link of these clinics."""
    ends = referral_link.c.clinic_id, referral_link.c.partner_id
    return {
        (row[0], row[1])
        for near, far in (ends, ends[::-1])
        for row in connection.execute(select(near, far).where(among(connection, near, ids), CONFIRMED))
    }


def _end_of_batch(connection: Connection, position: int, limit: int) -> int:
    """The last revision that fits into the limit, one at least; `position` where nothing came after it."""
    end, held = position, 0
    later = select(outbox.c.revision, outbox.c.touched).where(outbox.c.revision > position)
    for row in connection.execute(later.order_by(outbox.c.revision).limit(max(limit, 1))):
        held += row.touched
        if held > limit and end != position:
            break
        end = row.revision
    return end


def _changed(key: Column[str], position: int, end: int) -> Any:
    revision = key.table.c.revision
    return select(key, revision).where(revision > position, revision <= end)
