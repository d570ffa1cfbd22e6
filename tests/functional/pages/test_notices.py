"""Warnings stand above and before every result, announced, in the language of the page."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from directory.guidance.notice import Notice, Triage
from directory.search.find import Finder
from directory.understanding.ask import Asking
from directory.understanding.reading import Reading
from directory.web.app import create_app
from tests.functional.pages.conftest import Element, parsed

NOTICES = {
    Triage.EMERGENCY: ("911", "Call now, or have somebody drive you."),
    Triage.URGENT: ("", "See a clinician within a day."),
    Triage.ROUTINE: ("", "Most new back pain gets better by itself."),
}


class Warned:
    """A reader that finds the same warnings in every text."""

    def __init__(self, *levels: Triage) -> None:
        self._levels = levels

    def read(self, text: str, language: str = "en") -> Reading:
        notices = tuple(
            Notice(f"rule-{level}", level, language, NOTICES[level][1], NOTICES[level][0], "A guideline")
            for level in self._levels
        )
        return Reading(text, language, triage=self._levels[0], notices=notices)


def warned(services, *levels: Triage) -> FlaskClient:
    reader = Warned(*levels)
    finder = Finder(services.engine, services.ranking, services.vocabulary)
    asking = Asking(finder, services.places, reader, services.vocabulary)
    return create_app(replace(services, reader=reader, asking=asking)).test_client()


def searched(client: FlaskClient, prefix: str = "") -> Element:
    return parsed(client.get(f"{prefix}/search?q=words&near=Chicago%2C+IL").get_data(as_text=True))


@pytest.mark.parametrize(
    ("prefix", "words", "phone"),
    [
        ("", "back pain and can't feel when I wipe", "911"),
        ("", "chiropractor, fell off a ladder from the roof, back pain, legs numb", "911"),
        ("", "my back hurts so much I want to end my life", "988"),
        ("/es", "dolor de espalda y no siento la entrepierna", "911"),
        ("/es", "quiero morirme del dolor de espalda", "988"),
    ],
)
def test_words_of_an_emergency_reach_the_page(client: FlaskClient, prefix: str, words: str, phone: str) -> None:
    query = {"q": words, "near": "Chicago, IL"}
    document = parsed(client.get(f"{prefix}/search", query_string=query).get_data(as_text=True))
    notice = document.all("section", of="notice--emergency")[0]
    assert notice.attributes["lang"] == ("es" if prefix else "en")
    assert notice.all("a")[0].attributes["href"] == f"tel:{phone}"


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_an_emergency_stands_before_everything_and_is_announced(services, prefix: str) -> None:
    document = searched(warned(services, Triage.EMERGENCY), prefix)
    notice = document.one("section", of="notice--emergency")
    assert notice.attributes["role"] == "alert"
    assert NOTICES[Triage.EMERGENCY][1] in notice.text
    assert notice.one("a").attributes["href"] == "tel:911"
    order = list(document.one("main").walk())
    assert order.index(notice) < min(order.index(item) for item in document.all("li", of="card"))
    assert order.index(notice) < order.index(document.one("h1"))
    assert order.index(notice) < order.index(document.one("form", id="search"))


def test_notices_come_in_the_order_of_the_rules_with_their_sources(services) -> None:
    document = searched(warned(services, Triage.EMERGENCY, Triage.URGENT, Triage.ROUTINE))
    notices = document.all("section", of="notice")
    assert [notice.all("h2")[0].text for notice in notices] == [
        "This may be an emergency",
        "See a clinician soon",
        "Good to know",
    ]
    for notice in notices:
        assert "Source: A guideline" in notice.text
        assert "a clinician has not reviewed them yet" in notice.text


def test_lesser_notices_are_announced_politely(services) -> None:
    notice = searched(warned(services, Triage.URGENT)).one("section", of="notice--urgent")
    assert notice.attributes["role"] == "status"
    assert notice.all("a") == []


def test_a_search_without_warnings_shows_none(client: FlaskClient) -> None:
    document = parsed(client.get("/search?q=chiropractor&near=Chicago%2C+IL").get_data(as_text=True))
    assert document.all(of="notice") == []
