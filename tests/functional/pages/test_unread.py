"""Words of which nothing is understood, and numbers that are somebody's."""

import pytest

UNREAD = "None of these words were understood"


@pytest.mark.parametrize("text", ["!!! ???", "how do i back up my iphone"])
def test_words_that_choose_nobody_are_said_to(client, text):
    page = client.get("/search", query_string={"q": text, "near": "Chicago, IL"}).get_data(as_text=True)
    assert UNREAD in page


@pytest.mark.parametrize("text", ["sciatica", "chiropractor who speaks spanish", "Ravensworth", ""])
def test_words_that_are_understood_are_not(client, text):
    page = client.get("/search", query_string={"q": text, "near": "Chicago, IL"}).get_data(as_text=True)
    assert UNREAD not in page


def test_an_npi_finds_whose_it_is_and_nobody_else(client):
    first = client.get("/api/v1/search?near=60614&kind=practitioner&limit=1").get_json()["results"][0]
    for text in (first["npi"], f"NPI {first['npi']}", f"npi: {first['npi']}"):
        found = client.get("/api/v1/search", query_string={"q": text}).get_json()
        assert {result["npi"] for result in found["results"]} == {first["npi"]}, text
        assert client.get("/search", query_string={"q": text}).status_code == 200


def test_a_number_that_is_called_an_npi_and_is_none_says_what_is_wrong_with_it(client):
    refused = client.get("/api/v1/search?q=NPI+1234567890")
    assert refused.status_code == 422
    assert "check digit" in refused.get_json()["detail"]
