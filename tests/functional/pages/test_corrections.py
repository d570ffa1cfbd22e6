"""The form by which a listing is corrected, hidden or removed."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from directory.domain.errors import RecordsUnavailable
from directory.registration.register import RemovalKind
from directory.search.query import Query
from directory.web.app import create_app
from tests.functional.pages.conftest import Element, form_of, parsed


@pytest.fixture
def listing(services):
    return services.engine.search(Query(services.now().date(), limit=1)).hits[0].listing


@pytest.fixture
def path(listing) -> str:
    return f"/listings/{listing.id}/correct"


def opened(client: FlaskClient, path: str) -> Element:
    return parsed(client.get(path).get_data(as_text=True))


def filled(client: FlaskClient, path: str, **fields: str) -> dict[str, str]:
    """The form as a browser sends it, with fields filled in."""
    return dict(form_of(opened(client, path).one("form", method="post"))) | fields


def open_requests(composition, listing):
    return [item for item in composition.register.open_removals() if item.subject == listing.subject]


@pytest.mark.parametrize("kind", list(RemovalKind))
def test_a_request_is_kept_and_answered(client: FlaskClient, composition, listing, path: str, kind: str) -> None:
    before = len(open_requests(composition, listing))
    message = f"Please {kind} this: it’s <wrong>"
    sent = filled(client, path, what=kind, message=message, reply_to="someone@example.org")
    response = client.post(path, data=sent)
    assert response.status_code == 303
    kept = open_requests(composition, listing)
    assert len(kept) == before + 1
    assert (kept[-1].what, kept[-1].message, kept[-1].reply_to) == (kind, message, "someone@example.org")
    thanks = client.get(response.headers["Location"])
    assert thanks.status_code == 200
    assert "two business days" in thanks.get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": ""}, "what"),
        ({"what": "destroy"}, "what"),
        ({"what": "correct", "message": "  "}, "message"),
        ({"what": "hide", "message": "x" * 2001}, "message"),
        ({"what": "hide", "reply_to": "not an address"}, "reply_to"),
        ({"what": "hide", "reply_to": "a@b.org, c@d.org"}, "reply_to"),
    ],
)
def test_what_cannot_be_sent_is_explained_and_nothing_is_lost(
    client: FlaskClient, composition, listing, path: str, fields: dict[str, str], field: str
) -> None:
    before = len(open_requests(composition, listing))
    sent = filled(client, path, **({"message": "Kept words"} | fields))
    response = client.post(path, data=sent)
    assert response.status_code == 422
    document = parsed(response.get_data(as_text=True))
    errors = document.one("div", of="errors")
    assert errors.attributes["role"] == "alert"
    assert [link.attributes["href"] for link in errors.all("a")] == [f"#{field}"]
    assert document.one(id=field)
    again = dict(form_of(document.one("form", method="post")))
    assert again["message"] == sent["message"].strip()
    assert len(open_requests(composition, listing)) == before


@pytest.mark.fault(34)
def test_another_site_cannot_send_it(client: FlaskClient, composition, listing, path: str) -> None:
    before = len(open_requests(composition, listing))
    for token in ("", "forged"):
        response = client.post(path, data={"what": "hide", "csrf_token": token})
        assert response.status_code == 422
    assert len(open_requests(composition, listing)) == before


@pytest.mark.fault(29)
def test_hostile_words_come_back_as_words(client: FlaskClient, path: str) -> None:
    hostile = "</textarea><script>alert(1)</script>"
    response = client.post(path, data=filled(client, path, what="", message=hostile, reply_to='"><b>'))
    html = response.get_data(as_text=True)
    assert "<script>alert" not in html
    assert "><b>" not in html
    assert parsed(html).one("textarea").text == hostile


def test_records_that_are_down_lose_no_words(services, path: str) -> None:
    class Down:
        def request_removal(self, *_args: object, **_more: object) -> int:
            raise RecordsUnavailable("The records are locked.")

    client = create_app(replace(services, removals=Down())).test_client()
    response = client.post(path, data=filled(client, path, what="correct", message="Kept words"))
    assert response.status_code == 503
    document = parsed(response.get_data(as_text=True))
    assert document.one("textarea").text == "Kept words"
    assert "could not be kept" in document.one("div", of="errors").text


def test_the_form_is_spanish_under_es(client: FlaskClient, path: str) -> None:
    spanish = f"/es{path}"
    response = client.post(spanish, data=filled(client, spanish, what="hide"))
    assert response.headers["Location"] == "/es/corrections/hide/received"
    assert client.get(response.headers["Location"]).status_code == 200


def test_only_the_form_sets_a_cookie(client: FlaskClient, path: str) -> None:
    for plain in ("/", "/search?q=sciatica", "/privacy"):
        assert "Set-Cookie" not in client.get(plain).headers
    cookie = client.get(path).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
