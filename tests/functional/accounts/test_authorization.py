"""The table of who may do what, and every route of the application."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.accounts.account import Account, AccountRole
from directory.web.authorization import RULES, Who
from directory.web.identity import install_identity
from tests.functional.accounts.people import People, token

_MANAGER = Account("a" * 32, "manager@juniper.example", frozenset({AccountRole.CLINIC_MANAGER}))
_WITHOUT_FACTOR = Account("b" * 32, "reviewer@juniper.example", frozenset({AccountRole.REVIEWER}))


def _routes(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, a path that reaches it, method), for every one."""
    found = []
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            values = dict.fromkeys(rule.arguments, "1") | ({"what": "correct"} if "what" in rule.arguments else {})
            path = adapter.build(rule.endpoint, values)
            found += [(rule.endpoint, path, method) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return found


def test_every_route_has_a_rule_and_every_rule_a_route(own_app: Flask) -> None:
    assert {rule.endpoint for rule in own_app.url_map.iter_rules()} == set(RULES)


def test_whoever_is_not_signed_in_gets_no_further_than_the_table_says(own_app: Flask) -> None:
    client = own_app.test_client()
    for endpoint, path, method in _routes(own_app):
        if RULES[endpoint].who is Who.EVERYBODY:
            continue
        answer = client.open(path, method=method)
        expected = {303} if method == "GET" and not path.startswith("/api/") else {401}
        assert answer.status_code in expected, (endpoint, method, answer.status_code)


@pytest.mark.parametrize("caller", [_MANAGER, _WITHOUT_FACTOR])
def test_only_a_reviewer_with_a_second_factor_reviews(own_app: Flask, caller: Account) -> None:
    install_identity(own_app, lambda: caller)
    client = own_app.test_client()
    for endpoint, path, method in _routes(own_app):
        if RULES[endpoint].who not in {Who.REVIEWER, Who.ADMINISTRATOR}:
            continue
        answer = client.open(path, method=method)
        assert answer.status_code in {303, 403}, (endpoint, method, answer.status_code)


def test_a_route_without_a_rule_is_refused(own_app: Flask) -> None:
    own_app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = own_app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


@pytest.mark.fault(34)
def test_forms_sent_from_another_site_are_refused(people: People, visitor: FlaskClient) -> None:
    people.sign_up("ana@juniper.example", visitor)
    values = {"csrf_token": token(visitor.get("/account").text)}
    foreign = [{"Origin": "https://evil.example"}, {"Origin": "http://localhost.evil.example"}]
    foreign += [{"Origin": "null", "Sec-Fetch-Site": site} for site in ("cross-site", "same-site")]
    for headers in foreign:
        assert visitor.post("/account/sign-out-everywhere", data=values, headers=headers).status_code == 403
    assert visitor.get("/account").status_code == 200
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert visitor.post("/account/sign-out-everywhere", data=values, headers=own).status_code == 303
