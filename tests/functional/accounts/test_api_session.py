"""The registrations API with the cookie that signing in gives, and with nothing else."""

from flask.testing import FlaskClient

from tests.functional.accounts.people import People, token

ANA, BEN = "ana@juniper.example", "ben@juniper.example"
ALL = "/api/v1/registrations"


def said(client: FlaskClient) -> dict[str, str]:
    return {"X-CSRF-Token": client.get("/api/v1/session").get_json()["csrf_token"]}


def test_whoever_signed_in_by_page_registers_by_json(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    assert visitor.get("/api/v1/session").get_json()["email"] == ANA
    started = visitor.post(ALL, json={}, headers=said(visitor))
    assert started.status_code == 201
    assert [item["id"] for item in visitor.get(ALL).get_json()["registrations"]] == [started.get_json()["id"]]
    on_a_page = {"X-CSRF-Token": token(visitor.get("/account").text)}
    assert visitor.post(ALL, json={}, headers=on_a_page).status_code == 201


def test_the_cookie_decides_whose_registrations_there_are(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    ben = people.sign_up(BEN)
    mine = visitor.post(ALL, json={}, headers=said(visitor)).get_json()["id"]
    assert ben.get(f"{ALL}/{mine}").status_code == 404
    assert ben.get(ALL).get_json() == {"registrations": []}


def test_a_token_without_its_cookie_is_nobody(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    stolen = said(visitor)
    stranger = people.app.test_client()
    refused = stranger.post(ALL, json={}, headers=stolen)
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")


def test_signing_out_ends_it(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    headers = said(visitor)
    visitor.post("/account/sign-out", data={"csrf_token": headers["X-CSRF-Token"]})
    assert visitor.post(ALL, json={}, headers=headers).status_code == 401
    assert visitor.get("/api/v1/session").status_code == 401


def test_searching_by_json_neither_reads_nor_sets_a_cookie(people: People, visitor: FlaskClient) -> None:
    people.sign_up(ANA, visitor)
    answer = visitor.get("/api/v1/conditions")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
