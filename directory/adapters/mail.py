"""Where mails go: to an SMTP server, or into a folder of files (a file box) where none is configured."""

import os
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from directory.domain.errors import InvalidInput
from directory.registration.mail import Mail, MailUnavailable

TIMEOUT_S = 20
_SMTP, _SMTPS = "smtp", "smtps"
_PORTS = {_SMTP: 587, _SMTPS: 465}
_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server. `tls` is "starttls" (asked for, and insisted on), "implicit", or "none" for a server beside us."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = ""


def smtp_server(url: str) -> SmtpServer:
    """`smtps://user:password@host:465`, `smtp://user:password@host:587`; `?tls=none` for a server on this machine.

    Raises InvalidInput naming what cannot be used.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in _PORTS:
        raise InvalidInput("DIRECTORY_SMTP_URL is smtp://user:password@host:587 or smtps://user:password@host:465.")
    tls = "implicit" if parts.scheme == _SMTPS else "none" if parts.query == "tls=none" else "starttls"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(host, port or _PORTS[parts.scheme], tls, user, password)


class SmtpMailer:
    """Implements `registration.mail.Mailer` over SMTP (RFC 5321), TLS with checked certificates."""

    def __init__(self, server: SmtpServer, sender: str, timeout_s: float = TIMEOUT_S) -> None:
        self._server = server
        self._sender = sender
        self._timeout_s = timeout_s

    def send(self, mail: Mail) -> None:
        try:
            with self._connected() as connection:
                connection.send_message(message(mail, self._sender))
        except (smtplib.SMTPException, OSError) as error:
            # What a server answers may repeat the address.
            raise MailUnavailable(f"The mail server did not take it ({type(error).__name__}).") from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server, context = self._server, ssl.create_default_context()
        if server.tls == "implicit":
            made: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout_s, context=context)
        else:
            made = smtplib.SMTP(server.host, server.port, timeout=self._timeout_s)
        with made as connection:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
            yield connection


@dataclass(frozen=True, slots=True)
class BoxedMail:
    """A mail as it lies in the box. `at` is when it was put there."""

    mail: Mail
    at: datetime


class FileBox:
    """Implements `registration.mail.Mailer` by files: one `.eml` (RFC 5322) a mail, readable by their owner only."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: Mail) -> None:
        made = message(mail, self._sender)
        at = datetime.now().astimezone()
        name = f"{at:%Y%m%dT%H%M%S.%f}-{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._folder / f"{name}.part"
            draft.touch(mode=0o600)
            draft.write_bytes(made.as_bytes())
            draft.rename(self._folder / f"{name}.eml")
        except OSError as error:
            raise MailUnavailable(f"The mail box cannot be written: {error.strerror}.") from error

    def newest(self, limit: int = _MOST_SHOWN) -> Sequence[BoxedMail]:
        """What lies in the box, the newest first."""
        files = sorted(self._folder.glob("*.eml"), reverse=True)[:limit]
        return [_boxed(file) for file in files]


def message(mail: Mail, sender: str) -> EmailMessage:
    """The mail with its headers. Raises MailUnavailable for an address or subject that would break out of them."""
    made = EmailMessage(policy=policy.SMTP)
    try:
        made["From"] = sender
        made["To"] = Address(addr_spec=mail.to)
        made["Subject"] = mail.subject
        made["Date"] = format_datetime(datetime.now().astimezone())
        made["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("> ") or None)
        made["Auto-Submitted"] = "auto-generated"
    except (ValueError, IndexError) as error:
        raise MailUnavailable("The mail cannot be addressed.") from error
    made.set_content(mail.body)
    return made


def _boxed(file: Path) -> BoxedMail:
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = read.get_body(("plain",))
    text = str(body.get_content()).replace("\r\n", "\n") if body is not None else ""
    at = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
    return BoxedMail(Mail(str(read["To"]), str(read["Subject"]), text), at)
