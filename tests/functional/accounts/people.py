"""People with accounts, made through the pages as they would."""

import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from directory.accounts.account import AccountRole
from directory.bootstrap import Composition

PASSWORD = "seven quiet herons wade"


def token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def send(client: FlaskClient, path: str, **values: str) -> TestResponse:
    """Opens the page, fills its form and sends it."""
    return client.post(path, data={"csrf_token": token(client.get(path).text), **values})


@dataclass
class People:
    app: Flask
    here: Composition

    def mails(self) -> list[str]:
        now = self.here.services().now()
        return [
            f"To: {item.mail.to}\n{item.mail.subject}\n{item.mail.body}" for item in self.here.mail_queue.due(now, 99)
        ]

    def link(self, path: str) -> str:
        """The newest link to a path in any mail, without its host."""
        return [found for mail in self.mails() for found in re.findall(rf"https?://[^/\s]+({path}/\S+)", mail)][-1]

    def sign_up(self, email: str, client: FlaskClient | None = None) -> FlaskClient:
        """Somebody whose address is confirmed, signed in."""
        client = client or self.app.test_client()
        made = send(client, "/account/sign-up", email=email, password=PASSWORD, password_confirm=PASSWORD)
        assert made.status_code == 302, made.text
        assert client.get(self.link("/account/confirm")).status_code == 302
        assert self.sign_in(client, email).status_code == 302
        return client

    def sign_in(self, client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        return send(client, "/account/sign-in", email=email, password=password, **more)

    def grant(self, email: str, role: AccountRole) -> None:
        kept = self.here.accounts.by_email(email)
        assert kept is not None
        self.here.accounts.grant(kept.id, role)

    def with_second_factor(self, client: FlaskClient) -> str:
        """Sets up an authenticator; its key."""
        page = send(client, "/account/second-factor", setup="authenticator").text
        key = re.search(r"<code>([^<]+)</code>", page)
        action = re.search(r'action="(/account/second-factor/[^"]+)"', page)
        assert key is not None
        assert action is not None
        done = client.post(action[1], data={"csrf_token": token(page), "code": code(key[1])})
        assert done.status_code == 302, done.text
        return key[1]


def code(key: str) -> str:
    found: str = TOTP(key=key.replace(" ", ""), format="base32").generate().token
    return found
