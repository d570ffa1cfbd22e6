"""Referral links between clinics: one side invites, the other confirms, either ends it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from directory.domain.application import Actor, Party
from directory.domain.clinic import ReferralLink
from directory.domain.errors import InvalidInput
from directory.registration.applications import Invitation
from directory.registration.letters import Letters
from directory.registration.practices import digest_of
from directory.registration.register import checked_reply_to

INVITATION_DAYS = 60


class LinkDesk(Protocol):
    """The store. A clinic that the actor's account does not look after raises NotFound."""

    def name(self, actor: Actor, clinic_id: str) -> str:
        """The name of a clinic of this account."""
        ...

    def links(self, actor: Actor, clinic_id: str) -> tuple[ReferralLink, ...]:
        """All links of the clinic, ended ones too."""
        ...

    def confirm(self, actor: Actor, clinic_id: str, partner_id: str, today: date) -> ReferralLink:
        """Confirms this clinic's side, which makes the link where there was none. Raises NotFound for the partner."""
        ...

    def end(self, actor: Actor, clinic_id: str, partner_id: str, today: date) -> None:
        """Ends it for both. Raises NotFound where there is none."""
        ...

    def invite(self, actor: Actor, invitation: Invitation) -> None: ...

    def accept(self, actor: Actor, clinic_id: str, digest: str, today: date) -> ReferralLink:
        """Confirms both sides: the inviting one did by inviting. The token is used up. Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True)
class Linking:
    """Use cases of referral links."""

    desk: LinkDesk
    letters: Letters
    now: Callable[[], datetime]
    token: Callable[[], str] = secrets.token_urlsafe

    def links(self, account_id: str, clinic_id: str) -> tuple[ReferralLink, ...]:
        return self.desk.links(_owner(account_id), clinic_id)

    def confirm(self, account_id: str, clinic_id: str, partner_id: str) -> ReferralLink:
        """Invites a partner that the directory holds, or confirms its invitation: the link counts once both did."""
        if clinic_id == partner_id:
            raise InvalidInput("A clinic cannot be its own partner: choose another one.", "partner_id")
        return self.desk.confirm(_owner(account_id), clinic_id, partner_id, self._today())

    def end(self, account_id: str, clinic_id: str, partner_id: str) -> None:
        self.desk.end(_owner(account_id), clinic_id, partner_id, self._today())

    def invite(self, account_id: str, clinic_id: str, email: str) -> None:
        """Invites a partner by mail. Raises InvalidInput (`email`) for what is no address."""
        actor, token = _owner(account_id), self.token()
        name = self.desk.name(actor, clinic_id)
        address = _address(email)
        self.desk.invite(actor, invitation(self.letters, clinic_id, name, address, token, self.now()))

    def accept(self, account_id: str, clinic_id: str, token: str) -> ReferralLink:
        """A clinic of this account accepts a mailed invitation. Raises NotFound for a token that is used or too old."""
        return self.desk.accept(_owner(account_id), clinic_id, digest_of(token), self._today())

    def _today(self) -> date:
        return self.now().date()


def _address(email: str) -> str:
    """An address must be given here: the advice to leave it empty would mislead."""
    try:
        address = checked_reply_to(email)
    except InvalidInput:
        address = ""
    if not address:
        raise InvalidInput("Give one e-mail address of the clinic, such as name@example.org.", "email")
    return address


def invitation(letters: Letters, clinic_id: str, name: str, address: str, token: str, at: datetime) -> Invitation:
    """Invites the address on behalf of a clinic, for 60 days."""
    until = at.date() + timedelta(days=INVITATION_DAYS)
    return Invitation(clinic_id, letters.invitation(address, name, token), digest_of(token), until, at)


def _owner(account_id: str) -> Actor:
    return Actor(account_id, Party.APPLICANT)
