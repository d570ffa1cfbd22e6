"""Reports of wrong fields: kept at once, hidden at the second independent one, shown again when a case is settled."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, insert, select, update

from directory.domain.clinic import Site
from directory.domain.errors import NotFound
from directory.domain.facts import CareFacts, Contact, Known
from directory.domain.practitioner import Role
from directory.records.changes import Change, changing
from directory.records.database import reading, writing
from directory.records.keyed import AnyRow, rows_with
from directory.records.rows import practitioner_of
from directory.records.tables import clinic, clinic_site, practitioner, report, report_case, role
from directory.registration.reports import Case, Outcome, Report, ReportField

_OPEN = report_case.c.settled_at.is_(None)
_Hidden = Mapping[tuple[str, str], Collection[ReportField]]
_CONTACT = {ReportField.PHONE, ReportField.WEBSITE}
_CARE = set(ReportField) - _CONTACT - {ReportField.PRACTICES_HERE}


class SqlReports:
    """Implements `registration.reports.ReportDesk`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, item: Report, due_on: date) -> bool:
        subject, _, location_id = item.listing_id.partition(".")
        with changing(self._engine, "report", subject=subject) as change:
            _check_listed(change.connection, subject, location_id)
            same = _same_field(report, subject, location_id, item.field)
            held = change.connection.execute(select(report).where(same, report.c.case_id.is_(None))).all()
            values = _values(item, subject, location_id)
            change.connection.execute(insert(report).values(values))
            independent = any(_independent(row, item) for row in held)
            if not independent or _settled_for_now(change.connection, subject, location_id, item.field):
                return False
            _open_case(change.connection, values, same, due_on)
            _show(change, subject)
            return True

    def cases(self) -> tuple[Case, ...]:
        open_cases = select(report_case).where(_OPEN).order_by(report_case.c.due_on, report_case.c.id)
        with reading(self._engine) as connection:
            return tuple(_case(connection, row) for row in connection.execute(open_cases).all())

    def hidden(self, subject: str) -> Mapping[str, frozenset[ReportField]]:
        with reading(self._engine) as connection:
            found = hidden_fields(connection, {subject})
        return {f"{subject}.{location_id}": frozenset(fields) for (_, location_id), fields in found.items()}

    def settle(self, case_id: int, outcome: Outcome, reviewer_id: str, at: datetime, *, pin: bool) -> None:
        with changing(self._engine, "settle_report") as change:
            this = report_case.c.id == case_id
            row = change.connection.execute(select(report_case).where(this, _OPEN)).first()
            if row is None:
                raise NotFound(f"There is no open case {case_id}.")
            values = {"settled_at": at, "settled_by": reviewer_id, "outcome": outcome.value, "pinned": pin}
            change.connection.execute(update(report_case).where(this).values(values))
            # What came in while the case was open is answered with it.
            same = _same_field(report, row.subject, row.location_id, ReportField(row.field))
            answered = update(report).where(same, report.c.case_id.is_(None) | (report.c.case_id == case_id))
            change.connection.execute(answered.values(case_id=case_id, message="", client=""))
            _show(change, row.subject)

    def forget_clients(self, before: datetime) -> int:
        known = (report.c.reported_at < before) & (report.c.client != "")
        with writing(self._engine) as connection:
            return connection.execute(update(report).where(known).values(client="")).rowcount


def hidden_fields(connection: Connection, subjects: Collection[str]) -> _Hidden:
    """(subject, location id) -> fields that are hidden there while their case is open."""
    found: dict[tuple[str, str], set[ReportField]] = defaultdict(set)
    statement = select(report_case).where(_OPEN)
    for row in rows_with(connection, statement, report_case.c.subject, subjects):
        found[row.subject, row.location_id].add(ReportField(row.field))
    return found


def role_without(held: Role, hidden: Collection[ReportField]) -> Role:
    """The role as it is shown while these fields are hidden. One that is said to be elsewhere counts nowhere."""
    if not hidden:
        return held
    contact, facts = _without(held.contact, held.facts, hidden)
    if ReportField.PRACTICES_HERE in hidden:
        held = replace(held, evidence=(), confirmed_on=None)
    return replace(held, contact=contact, facts=facts)


def site_without(held: Site, hidden: Collection[ReportField]) -> Site:
    """The same for a clinic's site."""
    if not hidden:
        return held
    contact, facts = _without(held.contact, held.facts, hidden)
    checks = () if ReportField.PRACTICES_HERE in hidden else held.evidence
    return replace(held, contact=contact, facts=facts, evidence=checks)


def _without(contact: Contact, facts: CareFacts, hidden: Collection[ReportField]) -> tuple[Contact, CareFacts]:
    contact_fields = {field.value: "" for field in hidden if field in _CONTACT}
    care: dict[str, Any] = {field.value: _unknown(field) for field in hidden if field in _CARE}
    return replace(contact, **contact_fields), replace(facts, **care)


def _unknown(field: ReportField) -> Known | str | tuple[str, ...]:
    if field in (ReportField.ACCEPTING, ReportField.TELEHEALTH):
        return Known.UNKNOWN
    return "" if field is ReportField.HOURS else ()


def _independent(held: AnyRow, new: Report) -> bool:
    """Another day and another client; one whose client was forgotten cannot be told apart any more."""
    return bool(held.client) and held.client != new.client and held.reported_at.date() != new.at.date()


def _settled_for_now(connection: Connection, subject: str, location_id: str, field: ReportField) -> bool:
    """True while a case of this field is open, or one was settled and pinned."""
    same = _same_field(report_case, subject, location_id, field)
    statement = select(report_case.c.id).where(same, _OPEN | report_case.c.pinned)
    return connection.execute(statement.limit(1)).first() is not None


def _open_case(connection: Connection, values: dict[str, Any], same: ColumnElement[bool], due_on: date) -> None:
    case = {name: values[name] for name in ("subject", "location_id", "field")}
    opened = {"opened_at": values["reported_at"], "due_on": due_on, "settled_by": "", "outcome": "", "pinned": False}
    statement = insert(report_case).values({**case, **opened}).returning(report_case.c.id)
    case_id = connection.execute(statement).scalar_one()
    connection.execute(update(report).where(same, report.c.case_id.is_(None)).values(case_id=case_id))


def _values(item: Report, subject: str, location_id: str) -> dict[str, Any]:
    return {
        "subject": subject,
        "location_id": location_id,
        "field": item.field.value,
        "message": item.message,
        "client": item.client,
        "reported_at": item.at,
    }


def _same_field(table: Table, subject: str, location_id: str, field: ReportField) -> ColumnElement[bool]:
    same: ColumnElement[bool] = (
        (table.c.subject == subject) & (table.c.location_id == location_id) & (table.c.field == field.value)
    )
    return same


def _check_listed(connection: Connection, subject: str, location_id: str) -> None:
    key, place = (role.c.npi, role.c.location_id) if subject.startswith("p") else _SITE
    held = select(key).where(key == subject[1:], place == location_id)
    if subject[:1] not in ("p", "c") or connection.execute(held.limit(1)).first() is None:
        raise NotFound("There is no such listing: it may have been moved or removed.")


_SITE = (clinic_site.c.clinic_id, clinic_site.c.location_id)


def _case(connection: Connection, row: AnyRow) -> Case:
    texts = select(report.c.message).where(report.c.case_id == row.id).order_by(report.c.id)
    messages = tuple(text for text in connection.scalars(texts) if text)
    listing_id = f"{row.subject}.{row.location_id}"
    name = _name(connection, row.subject)
    return Case(row.id, listing_id, name, ReportField(row.field), row.opened_at, row.due_on, messages)


def _name(connection: Connection, subject: str) -> str:
    if subject.startswith("c"):
        name: str = connection.execute(select(clinic.c.name).where(clinic.c.id == subject[1:])).scalar_one()
        return name
    person = connection.execute(select(practitioner).where(practitioner.c.npi == subject[1:])).one()
    return practitioner_of(person).name.display()


def _show(change: Change, subject: str) -> None:
    if subject.startswith("c"):
        change.clinics.add(subject[1:])
    else:
        change.practitioners.add(subject[1:])
