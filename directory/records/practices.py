"""Listings that somebody looks after: whose they are, confirmed roles, attestations, and the notices about them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, delete, func, insert, select, update

from directory.domain.application import Actor, Party
from directory.domain.errors import NotFound
from directory.domain.evidence import ATTESTATION_DAYS, Evidence, Level
from directory.records.changes import Change, changing
from directory.records.database import reading
from directory.records.keyed import AnyRow, sliced
from directory.records.mails import queue_mails
from directory.records.rows import address_of, evidence_values, practitioner_of
from directory.records.tables import (
    attestation,
    clinic,
    clinic_site,
    evidence,
    location,
    notice,
    ownership,
    practitioner,
    role,
)
from directory.records.writes import insert_rows
from directory.registration.practices import LEFT, Notice, OwnedListing, RoleAtClinic
from directory.registration.publishing import PRACTICE, Seen, reviewed, stated

REVIEW_DAYS = 365
"""A review is good for a year at most, however often the practice confirms its details."""
_NOTHING = "There is no such listing."
_NO_ROLE = "There is no such role."
_NO_TOKEN = "This link was used before, or is too old: sign in to confirm your listing."  # noqa: S105
_ROLES = (
    select(role, practitioner, clinic.c.name.label("clinic_name"), location)
    .join(practitioner, practitioner.c.npi == role.c.npi)
    .join(clinic, clinic.c.id == role.c.clinic_id)
    .join(location, location.c.id == role.c.location_id)
    .order_by(role.c.npi, role.c.location_id, role.c.id)
)


class SqlPractices:
    """Implements `registration.practices.PracticeDesk`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listings(self, actor: Actor) -> tuple[OwnedListing, ...]:
        own = select(ownership).where(ownership.c.account_id == actor.account_id).order_by(ownership.c.subject)
        with reading(self._engine) as connection:
            return tuple(_owned(connection, row) for row in connection.execute(own).all())

    def roles(self, actor: Actor, subject: str) -> tuple[RoleAtClinic, ...]:
        with reading(self._engine) as connection:
            if actor.party is not Party.REVIEWER:
                _check_owner(connection, actor, subject, _NOTHING)
            own = role.c.clinic_id == subject[1:] if subject.startswith("c") else role.c.npi == subject[1:]
            return tuple(_role_at_clinic(row) for row in connection.execute(_ROLES.where(own)))

    def confirm_role(self, actor: Actor, role_id: str, today: date, how: Seen | None) -> bool:
        with changing(self._engine, "confirm_role") as change:
            held = _role(change.connection, role_id)
            if actor.party is not Party.REVIEWER:
                _check_owner(change.connection, actor, f"p{held.npi}", _NO_ROLE)
            if held.confirmed_on is not None:
                return False
            confirm = update(role).where(role.c.id == role_id).values(confirmed_on=today)
            change.connection.execute(confirm)
            check = stated(today) if how is None else reviewed(how, today)
            row = {"role_id": role_id, **evidence_values(check, PRACTICE)}
            change.connection.execute(insert(evidence).values(row))
            _shows(change, held)
            return True

    def end_role(self, actor: Actor, role_id: str) -> None:
        with changing(self._engine, "end_role") as change:
            held = _role(change.connection, role_id)
            owners = {_owner(change.connection, f"p{held.npi}"), _owner(change.connection, f"c{held.clinic_id}")}
            if actor.party is not Party.REVIEWER and actor.account_id not in owners:
                raise NotFound(_NO_ROLE)
            _shows(change, held)
            change.connection.execute(delete(role).where(role.c.id == role_id))

    def leave(self, actor: Actor, subject: str, at: datetime) -> bool:
        with changing(self._engine, "leave", subject=subject) as change:
            _check_owner(change.connection, actor, subject, _NOTHING)
            shown = _key(subject).table.c.hidden_at.is_(None)
            return _set_hidden(change, subject, shown, {"hidden_at": at, "hidden_reason": LEFT})

    def come_back(self, actor: Actor, subject: str) -> bool:
        with changing(self._engine, "come_back", subject=subject) as change:
            _check_owner(change.connection, actor, subject, _NOTHING)
            left = _key(subject).table.c.hidden_reason == LEFT
            return _set_hidden(change, subject, left, {"hidden_at": None, "hidden_reason": None})

    def attest(self, actor: Actor, subject: str, today: date) -> date:
        with changing(self._engine, "attest", subject=subject) as change:
            _check_owner(change.connection, actor, subject, _NOTHING)
            return _attest(change, subject, actor.account_id, today)

    def attest_by_token(self, digest: str, today: date) -> OwnedListing:
        with changing(self._engine, "attest") as change:
            owner = _of_token(change.connection, digest, today)
            used = update(notice).where(notice.c.token_digest == digest).values(used_on=today)
            change.connection.execute(used)
            _attest(change, owner.subject, owner.account_id, today)
            return _owned(change.connection, owner)

    def peek(self, digest: str, today: date) -> OwnedListing:
        with reading(self._engine) as connection:
            return _owned(connection, _of_token(connection, digest, today))

    def attested(self, expiring_until: date) -> Sequence[OwnedListing]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(ownership).order_by(ownership.c.subject)).all()
            found = [_owned(connection, row) for row in rows]
        return [item for item in found if item.expires_on is not None and item.expires_on <= expiring_until]

    def restamp(self, since: date, today: date) -> int:
        ran_out = (evidence.c.expires_on > since) & (evidence.c.expires_on <= today)
        clinics = (
            select(role.c.clinic_id)
            .distinct()
            .join(evidence, evidence.c.role_id == role.c.id)
            .where(role.c.clinic_id.is_not(None), role.c.confirmed_on.is_not(None), ran_out)
        )
        with changing(self._engine, "ran_out") as change:
            change.of_clinic |= set(change.connection.execute(clinics).scalars())
            return len(change.of_clinic)

    def notify(self, item: Notice) -> bool:
        with changing(self._engine, "notice", subject=item.subject) as change:
            same = (notice.c.subject == item.subject) & (notice.c.expires_on == item.expires_on)
            if change.connection.execute(select(notice.c.day).where(same, notice.c.day == item.day)).first():
                return False
            change.connection.execute(insert(notice).values(_notice_values(item)))
            queue_mails(change.connection, [item.mail], item.at)
            if item.day >= ATTESTATION_DAYS:
                _show_subject(change, item.subject)
            return True


def _notice_values(item: Notice) -> dict[str, Any]:
    return {
        "subject": item.subject,
        "expires_on": item.expires_on,
        "day": item.day,
        "token_digest": item.token_digest,
        "token_until": item.token_until,
    }


def _check_owner(connection: Connection, actor: Actor, subject: str, message: str) -> None:
    """Raises NotFound unless the account looks after it: the same as for what does not exist."""
    if _owner(connection, subject) != actor.account_id:
        raise NotFound(message)


def _key(subject: str) -> Column[str]:
    return clinic.c.id if subject.startswith("c") else practitioner.c.npi


def _set_hidden(change: Change, subject: str, where: ColumnElement[bool], values: dict[str, Any]) -> bool:
    key = _key(subject)
    statement = update(key.table).where(key == subject[1:], where).values(values)
    if not change.connection.execute(statement).rowcount:
        return False
    _show_subject(change, subject)
    if change.clinics:
        change.relinked()
    return True


def _owner(connection: Connection, subject: str) -> str | None:
    statement = select(ownership.c.account_id).where(ownership.c.subject == subject)
    return connection.execute(statement).scalar_one_or_none()


def _owned(connection: Connection, row: AnyRow) -> OwnedListing:
    subject = row.subject
    key = _key(subject)
    hidden = connection.execute(
        select(key.table.c.hidden_at, key.table.c.hidden_reason).where(key == subject[1:])
    ).one()
    return OwnedListing(
        subject,
        _name(connection, subject),
        row.account_id,
        row.email,
        _until(connection, subject),
        hidden=hidden.hidden_at is not None,
        left=hidden.hidden_reason == LEFT,
    )


def _name(connection: Connection, subject: str) -> str:
    if subject.startswith("c"):
        return str(connection.execute(select(clinic.c.name).where(clinic.c.id == subject[1:])).scalar_one())
    row = connection.execute(select(practitioner).where(practitioner.c.npi == subject[1:])).one()
    return practitioner_of(row).name.display()


def _until(connection: Connection, subject: str) -> date | None:
    """The first day on which some part of what the practice stated is not confirmed any more."""
    days = [_first_expiry(connection, owner, where) for owner, where in _parts(subject)]
    return min((day for day in days if day is not None), default=None)


def _first_expiry(connection: Connection, owner: Column[str], where: ColumnElement[bool]) -> date | None:
    keys = select(owner).where(where)
    held = _evidence_owner(owner)
    of_practice = (evidence.c.level == Level.PRACTICE.value) & (evidence.c.origin == PRACTICE)
    latest = select(func.max(evidence.c.expires_on).label("until")).where(held.in_(keys), of_practice).group_by(held)
    day: date | None = connection.execute(select(func.min(latest.subquery().c.until))).scalar_one()
    return day


def _evidence_owner(owner: Column[str]) -> Column[str]:
    return evidence.c.site_id if owner is clinic_site.c.id else evidence.c.role_id


def _parts(subject: str) -> list[tuple[Column[str], ColumnElement[bool]]]:
    """What a practice attests together: a clinic its sites and its confirmed roles, a practitioner their own roles."""
    own = role.c.origin == PRACTICE
    if subject.startswith("p"):
        return [(role.c.id, own & (role.c.npi == subject[1:]) & role.c.clinic_id.is_(None))]
    return [
        (clinic_site.c.id, (clinic_site.c.origin == PRACTICE) & (clinic_site.c.clinic_id == subject[1:])),
        (role.c.id, own & (role.c.clinic_id == subject[1:]) & role.c.confirmed_on.is_not(None)),
    ]


def _attest(change: Change, subject: str, account_id: str, today: date) -> date:
    until = today + timedelta(days=ATTESTATION_DAYS)
    for owner, where in _parts(subject):
        keys = list(change.connection.scalars(select(owner).where(where)))
        _renew(change.connection, _evidence_owner(owner), keys, account_id, today)
        if owner is role.c.id:
            change.practitioners |= set(change.connection.scalars(select(role.c.npi).where(where)))
    _show_subject(change, subject)
    return until


def _renew(connection: Connection, owner: Column[str], keys: Sequence[str], account_id: str, today: date) -> None:
    """Puts the practice's evidence in place of the older one, and prolongs a review that is not too old itself."""
    item = stated(today)
    for part in sliced(keys):
        own = owner.in_(part) & (evidence.c.origin == PRACTICE)
        connection.execute(delete(evidence).where(own, evidence.c.level == Level.PRACTICE.value))
        young = evidence.c.checked_on > today - timedelta(days=REVIEW_DAYS - ATTESTATION_DAYS)
        is_review = evidence.c.level == Level.REVIEWED.value
        connection.execute(update(evidence).where(own, is_review, young).values(expires_on=item.expires_on))
        insert_rows(connection, evidence, [{owner.name: key, **evidence_values(item, PRACTICE)} for key in part])
        insert_rows(connection, attestation, [_attestation(owner, key, account_id, item) for key in part])


def _attestation(owner: Column[str], key: str, account_id: str, item: Evidence) -> dict[str, Any]:
    return {owner.name: key, "attested_by": account_id, "attested_on": item.checked_on, "expires_on": item.expires_on}


def _of_token(connection: Connection, digest: str, today: date) -> AnyRow:
    """Who looks after the listing that a token is about."""
    good = (notice.c.token_digest == digest) & notice.c.used_on.is_(None) & (notice.c.token_until > today)
    owner = select(ownership).join(notice, notice.c.subject == ownership.c.subject).where(good)
    row = connection.execute(owner).first()
    if row is None:
        raise NotFound(_NO_TOKEN)
    return row


def _role(connection: Connection, role_id: str) -> AnyRow:
    """A role at a clinic."""
    row = connection.execute(select(role).where(role.c.id == role_id, role.c.clinic_id.is_not(None))).first()
    if row is None:
        raise NotFound(_NO_ROLE)
    return row


def _role_at_clinic(row: AnyRow) -> RoleAtClinic:
    address = address_of(row)
    name = practitioner_of(row).name.display()
    where = f"{address.line}, {address.city}, {address.state}"
    return RoleAtClinic(row.id, row.npi, name, row.clinic_id, row.clinic_name, where, row.confirmed_on)


def _shows(change: Change, held: AnyRow) -> None:
    change.practitioners.add(held.npi)
    change.of_clinic.add(held.clinic_id)


def _show_subject(change: Change, subject: str) -> None:
    if subject.startswith("c"):
        change.clinics.add(subject[1:])
    else:
        change.practitioners.add(subject[1:])
