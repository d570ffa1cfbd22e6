"""Sessions end by themselves, cookies are out of reach, and what is done about accounts is told in the audit log."""

import re
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from directory.accounts.account import AccountRole
from directory.bootstrap import Composition
from directory.web.accounts.sessions import IDLE_S, LONGEST_S
from directory.web.app import create_app
from directory.web.services import Services
from tests.functional.accounts.people import PASSWORD, People, code, send, token

ANA = "ana@juniper.example"


def test_a_session_ends_when_nothing_is_done(people: People, visitor: FlaskClient) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        people.sign_up(ANA, visitor)
        clock.shift(IDLE_S - 1)
        assert visitor.get("/account").status_code == 200
        clock.shift(IDLE_S - 1)
        assert visitor.get("/account").status_code == 200
        clock.shift(IDLE_S + 1)
        assert visitor.get("/account").status_code == 303


def test_a_session_ends_after_half_a_day_whatever_is_done(people: People, visitor: FlaskClient) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        people.sign_up(ANA, visitor)
        for _ in range(LONGEST_S // (IDLE_S - 1)):
            clock.shift(IDLE_S - 1)
            assert visitor.get("/account").status_code == 200
        clock.shift(IDLE_S - 1)
        assert visitor.get("/account").status_code == 303


def test_over_https_the_cookie_is_bound_to_this_host(own_services: Services) -> None:
    settings = replace(own_services.settings, public_url="https://directory.example")
    client = create_app(replace(own_services, settings=settings)).test_client()
    cookie = client.get("/account/sign-in", base_url="https://directory.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert attribute in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("password", ["password123", "ana@juniper.example", "qwertyuiop12"])
def test_common_passwords_are_refused(visitor: FlaskClient, password: str) -> None:
    refused = send(visitor, "/account/sign-up", email=ANA, password=password, password_confirm=password)
    assert refused.status_code == 200
    assert "field-error" in refused.text


def test_a_password_of_any_letters_is_taken_as_it_is(people: People, here: Composition) -> None:
    odd = "  Füß ﬁnd 東京 \u00e9 \u0065\u0301  "
    client = people.app.test_client()
    assert send(client, "/account/sign-up", email=ANA, password=odd, password_confirm=odd).status_code == 302
    client.get(people.link("/account/confirm"))
    assert people.sign_in(client, ANA, odd.replace("\u0065\u0301", "\u00e9")).status_code == 200
    assert people.sign_in(client, ANA, odd).status_code == 302


def test_the_audit_log_tells_events_by_account_and_nothing_else(
    people: People, visitor: FlaskClient, own_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "directory.audit"):
        people.sign_up(ANA, visitor)
        people.sign_in(own_app.test_client(), ANA, "wrong herons wade")
        own_app.test_client().get("/search?q=canary-illness")
        visitor.post("/account/sign-out-everywhere", data={"csrf_token": "old"})
    kept = people.here.accounts.by_email(ANA)
    assert kept is not None
    lines = [record.message for record in caplog.records if record.name == "directory.audit"]
    for event in ("account made", "address confirmed", "signed in", "refused: wrong password or code"):
        assert any(line.startswith(event) and kept.id in line for line in lines), (event, lines)
    assert any(line.startswith("refused: 403") for line in lines)
    text = " ".join(lines)
    assert ANA not in text
    assert PASSWORD not in text
    assert "canary" not in text


def test_a_line_of_the_log_cannot_be_split(own_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        own_app.test_client().post("/account/sign-in%0d%0aforged", data={"email": "x\r\nforged: y"})
        own_app.test_client().get("/review/%0d%0aforged")
    assert all("forged" not in record.getMessage() for record in caplog.records)


def test_a_token_of_one_session_is_no_use_in_another(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    other = token(people.app.test_client().get("/account/sign-in").text)
    assert visitor.post("/account/sign-out-everywhere", data={"csrf_token": other}).status_code == 403


def test_a_second_factor_that_is_set_up_later_proves_nothing_of_an_older_session(
    people: People, visitor: FlaskClient
) -> None:
    """Somebody with a stolen password signed in before its owner became a reviewer and set up the factor."""
    thief = people.app.test_client()
    people.sign_up(ANA, visitor)
    people.sign_in(thief, ANA)
    people.grant(ANA, AccountRole.REVIEWER)
    assert [client.get("/review").status_code for client in (visitor, thief)] == [303, 303]
    people.with_second_factor(visitor)
    assert visitor.get("/review").status_code == 200
    assert thief.get("/review").status_code == 303


def test_becoming_a_reviewer_signs_out_everywhere(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    people.here.account_desk.give(ANA, AccountRole.CLINIC_MANAGER)
    assert visitor.get("/account").status_code == 200
    people.here.account_desk.give(ANA, AccountRole.REVIEWER)
    assert visitor.get("/account").status_code == 303


def test_a_code_at_sign_in_opens_the_reviewers_pages(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    key = people.with_second_factor(visitor)
    people.grant(ANA, AccountRole.REVIEWER)
    client = people.app.test_client()
    people.sign_in(client, ANA)
    assert client.get("/review").status_code == 303
    send(client, "/account/code", code=code(key))
    assert client.get("/review").status_code == 200


def test_a_reviewer_without_a_factor_sets_it_up_when_signing_in(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA)
    people.grant(ANA, AccountRole.REVIEWER)
    people.sign_in(visitor, ANA)
    page = send(visitor, "/account/second-factor", setup="authenticator").text
    key = re.search(r"<code>([^<]+)</code>", page)
    assert key is not None
    visitor.post("/account/code", data={"csrf_token": token(page), "code": code(key[1])})
    assert visitor.get("/review").status_code == 200
