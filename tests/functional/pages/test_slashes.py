"""Addresses with a slash too many lead to the page, with everything that was asked, and never to another site."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/guide/", "/guide"),
        ("/es/guide/", "/es/guide"),
        ("/conditions/sciatica//", "/conditions/sciatica"),
        ("/search/?near=60614&q=s%C3%AD", "/search?near=60614&q=s%C3%AD"),
        ("/about/", "/about"),
    ],
)
def test_a_slash_too_many_leads_to_the_page(client: FlaskClient, typed: str, meant: str) -> None:
    response = client.get(typed)
    assert (response.status_code, response.headers["Location"]) == (308, meant)
    assert client.get(meant).status_code == 200


@pytest.mark.parametrize("typed", ["/none-such/", "//elsewhere.example/", "/api/v1/search/", "/es/none-such/"])
def test_what_is_no_page_leads_nowhere(client: FlaskClient, typed: str) -> None:
    response = client.get("/", environ_overrides={"PATH_INFO": typed, "REQUEST_URI": typed, "RAW_URI": typed})
    assert (response.status_code, response.headers.get("Location")) == (404, None)


@pytest.mark.fault(35)
def test_slashes_that_name_a_host_stay_here(client: FlaskClient) -> None:
    response = client.get("/", environ_overrides={"PATH_INFO": "//search/"})
    assert response.headers["Location"] == "/search"


def test_what_is_sent_is_not_led_elsewhere(client: FlaskClient) -> None:
    assert client.post("/guide/").status_code in (404, 405)
