"""Referral links that clinics make themselves: each side confirms with its own account, either ends it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from directory.domain.application import Actor
from directory.domain.clinic import ReferralLink
from directory.domain.errors import NotFound
from directory.records.changes import VISIBLE_CLINIC, Change, changing
from directory.records.database import reading, writing
from directory.records.keyed import AnyRow, values_of
from directory.records.mails import queue_mails
from directory.records.tables import clinic, invitation, ownership, referral_link
from directory.registration.applications import Invitation

_NO_CLINIC = "There is no such clinic."
_NO_LINK = "There is no such link."
_NO_INVITATION = "This invitation was used before, or is too old: ask the clinic for another one."


class SqlLinks:
    """Implements `registration.links.LinkDesk`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def name(self, actor: Actor, clinic_id: str) -> str:
        with reading(self._engine) as connection:
            return _own_name(connection, actor, clinic_id)

    def links(self, actor: Actor, clinic_id: str) -> tuple[ReferralLink, ...]:
        ends = (referral_link.c.clinic_id == clinic_id) | (referral_link.c.partner_id == clinic_id)
        ordered = select(referral_link).where(ends).order_by(referral_link.c.clinic_id, referral_link.c.partner_id)
        with reading(self._engine) as connection:
            _own_name(connection, actor, clinic_id)
            return tuple(_link(row) for row in connection.execute(ordered))

    def confirm(self, actor: Actor, clinic_id: str, partner_id: str, today: date) -> ReferralLink:
        with changing(self._engine, "link") as change:
            _own_name(change.connection, actor, clinic_id)
            _check_listed(change.connection, partner_id)
            link = _confirm(change.connection, clinic_id, partner_id, today)
            change.of_clinic |= {clinic_id, partner_id}
            change.relinked()
            return link

    def end(self, actor: Actor, clinic_id: str, partner_id: str, today: date) -> None:
        with changing(self._engine, "unlink") as change:
            _own_name(change.connection, actor, clinic_id)
            # Both confirmations go: whoever wants it back has to ask the other one again.
            ended = {"ended_on": today, "confirmed_by_clinic_on": None, "confirmed_by_partner_on": None}
            statement = update(referral_link).where(_between(clinic_id, partner_id), referral_link.c.ended_on.is_(None))
            if not change.connection.execute(statement.values(ended)).rowcount:
                raise NotFound(_NO_LINK)
            change.of_clinic |= {clinic_id, partner_id}
            change.relinked()

    def invite(self, actor: Actor, item: Invitation) -> None:
        with writing(self._engine) as connection:
            _own_name(connection, actor, item.clinic_id)
            keep_invitation(connection, item)

    def accept(self, actor: Actor, clinic_id: str, digest: str, today: date) -> ReferralLink:
        with changing(self._engine, "link") as change:
            _own_name(change.connection, actor, clinic_id)
            inviting = _inviting(change.connection, digest, today)
            if inviting == clinic_id:
                raise NotFound(_NO_INVITATION)
            used = update(invitation).where(invitation.c.digest == digest).values(used_on=today)
            change.connection.execute(used)
            _confirm(change.connection, inviting, clinic_id, today)
            link = _confirm(change.connection, clinic_id, inviting, today)
            change.of_clinic |= {clinic_id, inviting}
            change.relinked()
            return link


def keep_invitation(connection: Connection, item: Invitation) -> None:
    """Keeps the token's digest and queues the mail."""
    values = {"digest": item.digest, "clinic_id": item.clinic_id, "until": item.until}
    connection.execute(insert(invitation).values(values))
    queue_mails(connection, [item.mail], item.at)


def invite_partners(change: Change, clinic_id: str, partners: Collection[str], today: date) -> None:
    """Confirms the side of a clinic towards these partners; those that are not held are passed over."""
    held = values_of(change.connection, clinic.c.id, clinic.c.id, partners, VISIBLE_CLINIC)
    for partner_id in sorted(held):
        _confirm(change.connection, clinic_id, partner_id, today)
    change.of_clinic |= held
    if held:
        change.relinked()


def _own_name(connection: Connection, actor: Actor, clinic_id: str) -> str:
    """The clinic's name; raises NotFound unless the account looks after it."""
    own = (ownership.c.subject == f"c{clinic_id}") & (ownership.c.account_id == actor.account_id)
    name = connection.execute(
        select(clinic.c.name).where(clinic.c.id == clinic_id, select(ownership.c.subject).where(own).exists())
    ).scalar_one_or_none()
    if name is None:
        raise NotFound(_NO_CLINIC)
    return str(name)


def _check_listed(connection: Connection, clinic_id: str) -> None:
    listed = select(func.count()).select_from(clinic).where(clinic.c.id == clinic_id, VISIBLE_CLINIC)
    if not connection.execute(listed).scalar_one():
        raise NotFound(_NO_CLINIC)


def _confirm(connection: Connection, clinic_id: str, partner_id: str, today: date) -> ReferralLink:
    """Confirms the side of `clinic_id`. A link that was ended begins anew, with this side alone."""
    side = "confirmed_by_clinic_on" if clinic_id < partner_id else "confirmed_by_partner_on"
    this = _between(clinic_id, partner_id)
    held = connection.execute(select(referral_link).where(this)).first()
    if held is None:
        first, second = sorted((clinic_id, partner_id))
        connection.execute(insert(referral_link).values({"clinic_id": first, "partner_id": second, side: today}))
    else:
        confirmed = {side: getattr(held, side) or today, "ended_on": None}
        connection.execute(update(referral_link).where(this).values(confirmed))
    return _link(connection.execute(select(referral_link).where(this)).one())


def _between(one: str, other: str) -> Any:
    first, second = sorted((one, other))
    return (referral_link.c.clinic_id == first) & (referral_link.c.partner_id == second)


def _inviting(connection: Connection, digest: str, today: date) -> str:
    good = (invitation.c.digest == digest) & invitation.c.used_on.is_(None) & (invitation.c.until > today)
    clinic_id = connection.execute(select(invitation.c.clinic_id).where(good)).scalar_one_or_none()
    if clinic_id is None:
        raise NotFound(_NO_INVITATION)
    return str(clinic_id)


def _link(row: AnyRow) -> ReferralLink:
    return ReferralLink(
        row.clinic_id, row.partner_id, row.confirmed_by_clinic_on, row.confirmed_by_partner_on, row.ended_on
    )
