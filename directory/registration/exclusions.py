"""The OIG's list of excluded individuals and entities, as it is loaded: a whole list in place of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from directory.registration.applications import Exclusion

EXCLUDED = "excluded by the OIG"
"""Why an excluded practitioner or clinic is hidden."""


@dataclass(frozen=True, slots=True)
class Enforced:
    """What a list changed: entries held now, subjects that left search, and those that came back."""

    entries: int
    hidden: int
    shown: int


class ExclusionDesk(Protocol):
    """The store. Raises RecordsUnavailable."""

    def replace(self, entries: Sequence[Exclusion], as_of: date) -> Enforced:
        """Makes this the list, hides whose NPI is on it, and shows again who was hidden only for that; all or nothing.

        Raises OutOfOrder for a list older than the one that is held.
        """
        ...
