"""The API for somebody who is signed in, over a small database of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from directory.accounts.account import Account
from directory.records.database import open_database
from directory.records.schema import upgrade
from directory.web.app import create_app
from directory.web.identity import install_identity
from directory.web.services import Services
from tests.factories import loads as make
from tests.factories.registration import EMAIL, OWNER, Desk
from tests.functional.conftest import UNLIMITED

FILE = "records.sqlite"


@dataclass
class Office:
    """An application whose account tests choose; `desk` is what stands behind it."""

    app: Flask
    desk: Desk
    me: list[Account | None] = field(default_factory=lambda: [Account(OWNER, EMAIL)])

    def client(self) -> "Caller":
        return Caller(self.app.test_client())

    def becomes(self, account_id: str | None) -> None:
        self.me[0] = None if account_id is None else Account(account_id, f"{account_id}@example.org")


class Caller:
    """A client that sends the session's token with every change."""

    def __init__(self, client: FlaskClient) -> None:
        self.plain = client
        self._token = client.get("/api/v1/session").get_json().get("csrf_token", "")

    @property
    def token(self) -> dict[str, str]:
        return {"X-CSRF-Token": self._token}

    def get(self, path: str) -> TestResponse:
        return self.plain.get(f"/api/v1{path}")

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.plain.post(f"/api/v1{path}", json=body or {}, headers={**self.token, **_named(headers)})

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.plain.put(f"/api/v1{path}", json=body, headers={**self.token, **_named(headers)})


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def open_office(services: Services, folder: Path, **settings: Any) -> Office:
    """An office in a new folder, with two people in its registry; settings of the web may be given."""
    engine = open_database(f"sqlite:///{folder / FILE}", wait_s=0.2)
    upgrade(engine)
    make.loaded(engine, [], [make.person(1), make.person(2, taxonomies=("225100000X",))])
    return _office(services, Desk(engine), settings)


@pytest.fixture
def opened(services: Services, tmp_path: Path) -> Callable[..., Office]:
    return lambda **settings: open_office(services, tmp_path, **settings)


def _office(services: Services, desk: Desk, settings: dict[str, Any]) -> Office:
    unlimited = {"rate_limit": UNLIMITED, "account_limit": UNLIMITED, "look_up_limit": UNLIMITED}
    chosen = replace(services.settings, **unlimited | settings)
    desks = replace(
        services.desks,
        applying=desk.applying,
        reviewing=desk.reviewing,
        practices=desk.practices,
        reporting=desk.reporting,
        linking=desk.linking,
    )
    office = Office(create_app(replace(services, desks=desks, settings=chosen)), desk)
    install_identity(office.app, lambda: office.me[0])
    return office


@pytest.fixture
def office(opened: Callable[..., Office]) -> Office:
    return opened()
