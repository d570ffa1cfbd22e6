"""Making an account, confirming it, getting in, and getting in again after something was lost."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.accounts.account import AccountRole
from directory.bootstrap import Composition
from directory.web.app import create_app
from directory.web.services import Services
from tests.functional.accounts.people import PASSWORD, People, code, send, token

ANA = "ana@juniper.example"


def test_from_nothing_to_an_account_and_out_again(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    page = visitor.get("/account")
    assert ANA in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert visitor.post("/account/sign-out", data={"csrf_token": token(page.text)}).location == "/"
    assert visitor.get("/account").location == "/account/sign-in?next=/account"


def test_an_address_that_is_not_confirmed_does_not_get_in(people: People, visitor: FlaskClient) -> None:
    send(visitor, "/account/sign-up", email=ANA, password=PASSWORD, password_confirm=PASSWORD)
    assert people.sign_in(visitor, ANA).status_code == 200
    assert visitor.get("/account").status_code == 303


@pytest.mark.fault(33)
@pytest.mark.parametrize("path", ["/account/sign-up", "/account/recover", "/account/confirm", "/account/sign-in"])
def test_known_and_unknown_addresses_get_the_same_answer(people: People, visitor: FlaskClient, path: str) -> None:
    people.sign_up(ANA)

    def answer(email: str) -> tuple[int, str | None, str]:
        client = people.app.test_client()
        values = {"password": PASSWORD + "!", "password_confirm": PASSWORD + "!"} if path != "/account/recover" else {}
        sent = send(client, path, email=email, **values)
        following = client.get(sent.location).text if sent.location else ""
        text = (sent.text + following).replace(email, "EMAIL")
        return sent.status_code, sent.location, text.replace(token(text), "TOKEN") if "csrf_token" in text else text

    assert answer(ANA) == answer("who@juniper.example")


@pytest.mark.fault(33)
def test_hashing_is_done_for_unknown_addresses_too(
    people: People, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = list[str]()
    original = people.app.extensions["security"].pwd_context

    class Counting:
        def __getattr__(self, name: str) -> object:
            if name in {"hash", "verify"}:
                hashed.append(name)
            return getattr(original, name)

    people.sign_up(ANA)
    monkeypatch.setattr(people.app.extensions["security"], "_pwd_context", Counting(), raising=False)
    monkeypatch.setattr(people.app.extensions["security"], "pwd_context", Counting(), raising=False)
    counts = []
    for email in (ANA, "who@juniper.example"):
        hashed.clear()
        people.sign_in(people.app.test_client(), email, "wrong heron wades")
        counts.append(len(hashed))
    assert counts[0] == counts[1] > 0


@pytest.mark.fault(38)
def test_a_lost_password_is_chosen_anew_by_a_link_that_works_once(people: People, visitor: FlaskClient) -> None:
    elsewhere = people.sign_up(ANA)
    send(visitor, "/account/recover", email=ANA)
    link = people.link("/account/recover")
    changed = send(visitor, link, password="nine loud herons", password_confirm="nine loud herons")
    assert changed.status_code == 302, changed.text
    assert elsewhere.get("/account").status_code == 303
    assert people.sign_in(visitor, ANA).status_code == 200
    assert people.sign_in(visitor, ANA, "nine loud herons").status_code == 302
    again = people.app.test_client().get(link)
    assert again.status_code == 302
    assert "The password of your account" in people.mails()[-1]


def test_signing_out_everywhere_ends_every_session(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    elsewhere = people.app.test_client()
    people.sign_in(elsewhere, ANA)
    page = visitor.get("/account").text
    assert visitor.post("/account/sign-out-everywhere", data={"csrf_token": token(page)}).status_code == 303
    assert [client.get("/account").status_code for client in (visitor, elsewhere)] == [303, 303]


def test_a_second_factor_is_asked_for_and_a_recovery_code_works_once(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    key = people.with_second_factor(visitor)
    page = visitor.get("/account/recovery-codes").text
    made = visitor.post("/account/recovery-codes", data={"csrf_token": token(page), "generate_new_codes": "1"}).text
    spare = made.split("<code>")[1].split("</code>")[0]
    client = people.app.test_client()
    assert people.sign_in(client, ANA).location.startswith("/account/code")
    assert client.get("/account").status_code == 303
    assert send(client, "/account/code", code=code(key)).status_code == 302
    assert client.get("/account").status_code == 200
    for status in (200, 303):
        client = people.app.test_client()
        people.sign_in(client, ANA)
        send(client, "/account/recovery-code", code=spare)
        assert client.get("/account").status_code == status


def test_a_reviewer_needs_a_second_factor(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    people.grant(ANA, AccountRole.REVIEWER)
    client = people.app.test_client()
    assert people.sign_in(client, ANA).location.startswith("/account/second-factor")
    assert client.get("/account").status_code == 303


@pytest.mark.fault(38)
def test_what_somebody_planted_before_signing_in_is_gone_after_it(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA)
    planted = token(visitor.get("/account/sign-in").text)
    before = visitor.get_cookie("session")
    people.sign_in(visitor, ANA)
    assert visitor.get_cookie("session") != before
    assert visitor.post("/account/sign-out-everywhere", data={"csrf_token": planted}).status_code == 403
    assert visitor.get("/account").status_code == 200


@pytest.mark.fault(35)
@pytest.mark.parametrize(
    "where", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(people: People, visitor: FlaskClient, where: str) -> None:
    people.sign_up(ANA)
    location = people.sign_in(visitor, ANA, next=where).location
    assert location in {"/registrations", "/%5Cevil.example"}


def test_signing_in_leads_back_to_where_somebody_was(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA)
    assert people.sign_in(visitor, ANA, next="/account").location == "/account"


def test_links_in_mails_lead_to_the_public_address(own_services: Services, here: Composition) -> None:
    settings = replace(own_services.settings, public_url="https://directory.example")
    app = create_app(replace(own_services, settings=settings))
    client = app.test_client()
    page = client.get("/account/sign-up", base_url="https://evil.example").text
    values = {"email": ANA, "password": PASSWORD, "password_confirm": PASSWORD, "csrf_token": token(page)}
    headers = {"Referer": "https://evil.example/account/sign-up"}
    client.post("/account/sign-up", data=values, base_url="https://evil.example", headers=headers)
    mails = People(app, here).mails()
    assert len(mails) == 1
    assert "https://directory.example/account/confirm/" in mails[0]
    assert "evil" not in mails[0]


@pytest.mark.fault(36)
def test_guesses_at_one_account_are_counted_together_from_wherever(own_services: Services) -> None:
    app = create_app(replace(own_services, settings=replace(own_services.settings, sign_in_limit="3 per hour")))
    statuses = [
        app.test_client().post(
            "/account/sign-in", data={"email": ANA}, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}
        ).status_code
        for number in range(4)
    ]  # fmt: skip
    assert statuses == [200, 200, 200, 429]


def test_a_password_that_is_too_short_is_refused_with_the_reason(visitor: FlaskClient) -> None:
    refused = send(visitor, "/account/sign-up", email=ANA, password="short", password_confirm="short")
    assert refused.status_code == 200
    assert "10 characters" in refused.text
    assert ANA in refused.text


def test_passwords_are_kept_as_argon2id(people: People) -> None:
    people.sign_up(ANA)
    kept = people.here.accounts.by_email("ANA@JUNIPER.EXAMPLE")
    assert kept is not None
    assert kept.password.startswith("$argon2id$")


@pytest.mark.fault(40)
def test_searching_neither_sets_nor_reads_a_cookie(own_app: Flask) -> None:
    with own_app.test_client() as client:
        for path in ("/", "/guide", "/about", "/api/v1/specialties"):
            answer = client.get(path)
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_password_that_somebody_else_chose_is_never_made_good(people: People, visitor: FlaskClient) -> None:
    """Somebody signs up with another's address and waits for its owner to confirm it."""
    thief = people.app.test_client()
    send(thief, "/account/sign-up", email=ANA, password="the thief chose this", password_confirm="the thief chose this")
    first = people.link("/account/confirm")
    send(visitor, "/account/sign-up", email=ANA, password=PASSWORD, password_confirm=PASSWORD)
    assert "/account/confirm" not in people.mails()[-1]
    visitor.get(first)
    assert people.sign_in(people.app.test_client(), ANA, "the thief chose this").status_code == 200
    link = people.link("/account/recover")
    assert send(visitor, link, password=PASSWORD, password_confirm=PASSWORD).status_code == 302
    assert people.sign_in(people.app.test_client(), ANA, "the thief chose this").status_code == 200
    assert people.sign_in(people.app.test_client(), ANA).status_code == 302


def test_a_recovery_code_leads_back_to_where_somebody_was(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    people.with_second_factor(visitor)
    page = visitor.get("/account/recovery-codes").text
    made = visitor.post("/account/recovery-codes", data={"csrf_token": token(page), "generate_new_codes": "1"}).text
    client = people.app.test_client()
    asked = people.sign_in(client, ANA, next="/account").location
    link = re.search(r'href="(/account/recovery-code[^"]*)"', client.get(asked).text)
    assert link is not None
    spare = made.split("<code>")[1].split("</code>")[0]
    path = link[1].replace("&amp;", "&")
    form = client.get(path).text
    action = re.search(r'action="(/account/recovery-code[^"]*)"', form)
    assert action is not None
    assert client.post(action[1], data={"csrf_token": token(form), "code": spare}).location == "/account"
