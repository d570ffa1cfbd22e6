"""Mails over a real SMTP server on this machine, and into a box of files."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller

from directory.adapters.mail import FileBox, SmtpMailer, SmtpServer, message, smtp_server
from directory.domain.errors import InvalidInput
from directory.registration.mail import Mail, MailUnavailable

MAIL = Mail("ana@juniper.example", "Räge & Zeit", "Grüße\n\nhttps://directory.example/still-right/abc\n")
SENDER = "Open Back Care <no-reply@directory.example>"


class Inbox:
    """Takes mails, unless told what to answer instead."""

    def __init__(self) -> None:
        self.taken = list[Any]()
        self.answer = ""

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - its name
        if self.answer:
            return self.answer
        self.taken.append(envelope)
        return "250 taken"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[SmtpServer]:
    controller = Controller(inbox, hostname="127.0.0.1", port=_free())
    controller.start()
    yield SmtpServer("127.0.0.1", controller.port, "none")
    controller.stop()


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_mail_arrives_whole(server: SmtpServer, inbox: Inbox) -> None:
    SmtpMailer(server, SENDER).send(MAIL)
    (envelope,) = inbox.taken
    assert envelope.rcpt_tos == ["ana@juniper.example"]
    assert envelope.mail_from == "no-reply@directory.example"
    text = envelope.content.decode()
    assert "Auto-Submitted: auto-generated" in text
    assert "\r\nDate: " in text


@pytest.mark.parametrize("answer", ["451 later", "550 never", "421 closing"])
def test_what_a_server_refuses_stays_queued_without_telling_whose_it_was(
    server: SmtpServer, inbox: Inbox, answer: str
) -> None:
    inbox.answer = answer
    with pytest.raises(MailUnavailable) as refused:
        SmtpMailer(server, SENDER).send(MAIL)
    assert "ana" not in str(refused.value)


def test_a_server_that_is_down_or_silent_is_given_up_on() -> None:
    with pytest.raises(MailUnavailable):
        SmtpMailer(SmtpServer("127.0.0.1", _free(), "none"), SENDER).send(MAIL)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailUnavailable):
        SmtpMailer(SmtpServer("127.0.0.1", silent.getsockname()[1], "none"), SENDER, timeout_s=0.2).send(MAIL)


def test_a_server_without_tls_gets_nothing_where_tls_is_asked_for(server: SmtpServer, inbox: Inbox) -> None:
    with pytest.raises(MailUnavailable):
        SmtpMailer(SmtpServer(server.host, server.port, "starttls"), SENDER).send(MAIL)
    assert inbox.taken == []


def test_a_certificate_that_nobody_vouches_for_is_refused(inbox: Inbox) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    controller = Controller(inbox, hostname="127.0.0.1", port=_free(), tls_context=context)
    controller.start()
    try:
        with pytest.raises(MailUnavailable):
            SmtpMailer(SmtpServer("127.0.0.1", controller.port, "starttls"), SENDER).send(MAIL)
    finally:
        controller.stop()
    assert inbox.taken == []


@pytest.mark.fault(40)
@pytest.mark.parametrize(
    "mail",
    [
        Mail("ana@juniper.example\nBcc: all@evil.example", "Hi", "x"),
        Mail("ana@juniper.example", "Hi\nBcc: all@evil.example", "x"),
        Mail("no address", "Hi", "x"),
    ],
)
def test_nothing_breaks_out_of_the_headers(mail: Mail) -> None:
    with pytest.raises(MailUnavailable):
        message(mail, SENDER)


def test_the_box_keeps_mails_for_its_owner_alone(tmp_path: Path) -> None:
    box = FileBox(tmp_path / "mail", SENDER)
    assert box.newest() == []
    box.send(MAIL)
    box.send(Mail("bo@juniper.example", "Second", "x"))
    newest = [item.mail for item in box.newest()]
    assert newest == [Mail("bo@juniper.example", "Second", "x\n"), MAIL]
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "mail").iterdir()} == {0o600}


def test_a_box_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(MailUnavailable):
        FileBox(tmp_path / "mail", SENDER).send(MAIL)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://relay.example", SmtpServer("relay.example", 587, "starttls")),
        ("smtps://ana:p%40ss@relay.example:4650", SmtpServer("relay.example", 4650, "implicit", "ana", "p@ss")),
        ("smtp://127.0.0.1:25?tls=none", SmtpServer("127.0.0.1", 25, "none")),
    ],
)
def test_the_address_of_a_server_is_read(url: str, server: SmtpServer) -> None:
    assert smtp_server(url) == server


@pytest.mark.parametrize("url", ["http://relay.example", "relay.example:25", "smtp://", "smtp://relay.example:port"])
def test_an_address_that_cannot_be_used_says_how_it_is_written(url: str) -> None:
    with pytest.raises(InvalidInput, match="DIRECTORY_SMTP_URL"):
        smtp_server(url)
