"""Addresses that applicants type are never asked for: not when typed, not when checked, not when published."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from directory.domain.draft import Step
from tests.factories import loads as make
from tests.factories.registration import DRAFT, Desk

INSIDE = (
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://10.0.0.8",
    "http://192.168.1.1",
    "http://0.0.0.0",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://localhost",
    "http://localhost.",
    "file:///etc/passwd",
    "gopher://x.example",
    "http://user:secret@x.example",
    "http://x.example:6379",
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every name that is looked up and every host that is connected to, which fails."""
    seen: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        seen.append(arguments)
        raise OSError("nothing leaves this test")

    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield seen
    assert seen == []


@pytest.mark.fault(28)
@pytest.mark.parametrize("website", INSIDE)
def test_what_points_inside_is_refused_unasked(engine: Engine, asked: list[object], website: str) -> None:
    desk = Desk(engine)
    application = desk.drafted(replace(DRAFT, clinic=replace(DRAFT.clinic, website=website)))
    fields = {problem.field for problem in desk.applying.problems(application, Step.CLINIC)}
    assert fields == {"website"}
    assert not desk.applying.submit(application.account_id, application.id, application.version).done


@pytest.mark.fault(28)
@pytest.mark.parametrize(
    "website",
    [
        "https://rebind.example",
        "https://metadata.google.internal",
        "https://127.0.0.1.nip.example/",
        "https://redirects.example",
    ],
)
def test_what_may_lead_inside_later_is_never_followed(engine: Engine, asked: list[object], website: str) -> None:
    """A name can be pointed anywhere after it was checked: nobody here ever asks for it."""
    make.loaded(engine, [], [make.person(1), make.person(2)])
    desk = Desk(engine)
    approved = desk.approved(desk.submitted(replace(DRAFT, clinic=replace(DRAFT.clinic, website=website))))
    desk.practices.attest(approved.account_id, approved.subject)
