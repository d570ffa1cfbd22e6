"""Mails that were kept instead of sent: port to the file box."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from directory.registration.mail import Mail


class Boxed(Protocol):
    """A mail, and when it was put into the box."""

    @property
    def mail(self) -> Mail: ...

    @property
    def at(self) -> datetime: ...


class MailBox(Protocol):
    """Mails that were not sent but kept."""

    def newest(self) -> Sequence[Boxed]:
        """The newest first."""
        ...
