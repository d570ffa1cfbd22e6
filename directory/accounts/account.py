"""Who is signed in, and in which capacities."""

from dataclasses import dataclass
from enum import StrEnum


class AccountRole(StrEnum):
    """What an account may do; not to be mixed up with a Role, a practitioner at a clinic."""

    CLINIC_MANAGER = "clinic_manager"
    PRACTITIONER = "practitioner"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


NEEDS_SECOND_FACTOR = frozenset({AccountRole.REVIEWER, AccountRole.ADMINISTRATOR})
"""These may do nothing in their capacity before they have signed in with a second factor."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is signed in. `id` is random and never shown; `email` was confirmed. `second_factor`: used now."""

    id: str
    email: str
    roles: frozenset[AccountRole] = frozenset()
    second_factor: bool = False

    def acts_as(self, role: AccountRole) -> bool:
        """Whether the account has that role, and has signed in as that role requires."""
        return role in self.roles and (self.second_factor or role not in NEEDS_SECOND_FACTOR)
