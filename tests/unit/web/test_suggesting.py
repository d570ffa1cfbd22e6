from datetime import date
from types import SimpleNamespace

import pytest

from directory.domain.errors import EngineUnavailable
from directory.domain.place import Address, Place, PlaceKind
from directory.search.listing import Card, Kind, Listing
from directory.search.result import Hit, Result
from directory.vocabulary.reader import load
from directory.web.suggesting import LIMIT, Suggesting
from tests.fakes.engines import FailingEngine

TODAY = date(2026, 3, 1)


def listing(identifier, name, kind=Kind.PRACTITIONER, city="Chicago"):
    card = Card(Address("1 Invented St", city, "IL", "60614"))
    npi = identifier[1:11] if kind is Kind.PRACTITIONER else ""
    return Listing(identifier, kind, npi, name, name, 1, TODAY, TODAY, card)


class NamesEngine:
    """Answers every search with the same listings, and remembers what it was asked."""

    def __init__(self, *listings):
        self.hits = tuple(Hit(item, 1, None) for item in listings)
        self.asked = []

    def search(self, query):
        self.asked.append(query)
        return Result(self.hits[: query.limit], len(self.hits), {}, None, "one")


def suggesting(engine):
    chicago = Place(PlaceKind.CITY, "Chicago, IL", None, city="Chicago", state="IL")
    places = SimpleNamespace(complete=lambda text, limit: (chicago,) if text == "chi" else ())
    return Suggesting(load(), places, engine)


def labels(found, kind):
    return [item.label for item in found if item.kind == kind]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("chiro", "Chiropractor"),
        ("CHIRO", "Chiropractor"),
        ("bone cracker", "Chiropractor"),
        ("quiropr", "Chiropractor"),
        ("physical the", "Physical therapist"),
    ],
)
def test_a_specialty_is_found_by_any_of_its_forms(text, label):
    assert label in labels(suggesting(NamesEngine()).what(text, "en", TODAY), "specialty")


@pytest.mark.parametrize("text", ["slipped d", "disc herniation", "herniated", "hernia de d"])
def test_a_condition_is_found_by_any_of_its_forms(text):
    found = labels(suggesting(NamesEngine()).what(text, "en", TODAY), "condition")
    assert any("disc" in label.casefold() for label in found)


def test_each_concept_is_suggested_once_however_many_forms_match():
    found = suggesting(NamesEngine()).what("sciatic", "en", TODAY)
    assert len({(item.kind, item.code) for item in found}) == len(found)


def test_labels_are_in_the_language_of_the_page():
    assert labels(suggesting(NamesEngine()).what("chiro", "es", TODAY), "specialty") == ["Quiropráctico"]


def test_people_and_clinics_follow_with_their_town():
    engine = NamesEngine(
        listing("p1234567893.a", "Ana Núñez"), listing("cabc.x", "Chico Spine", Kind.CLINIC, city="Evanston")
    )
    person, clinic = suggesting(engine).what("zzq", "en", TODAY)
    assert (person.kind, person.code, person.label, person.detail) == (
        "practitioner",
        "1234567893",
        "Ana Núñez",
        "Chicago, IL",
    )
    assert (clinic.kind, clinic.code, clinic.detail) == ("clinic", "abc", "Evanston, IL")


def test_somebody_with_two_locations_is_suggested_once():
    engine = NamesEngine(listing("p1234567893.a", "Ana Núñez"), listing("p1234567893.b", "Ana Núñez"))
    assert len(suggesting(engine).what("zzq", "en", TODAY)) == 1


def test_there_are_never_more_than_fit_a_list():
    engine = NamesEngine(*(listing(f"c{number}.x", "Zzq", Kind.CLINIC) for number in range(30)))
    for text in ("zzq", "s", "b"):
        assert 1 <= len(suggesting(engine).what(text, "en", TODAY)) <= LIMIT


@pytest.mark.parametrize("text", ["", "  ", "zq", "-", "!?"])
def test_too_little_asks_nobody(text):
    engine = NamesEngine(listing("p1234567893.a", "Ana Núñez"))
    suggesting(engine).what(text, "en", TODAY)
    assert engine.asked == []


def test_without_an_engine_the_words_are_still_suggested():
    found = suggesting(FailingEngine(EngineUnavailable("down"))).what("chiro", "en", TODAY)
    assert labels(found, "specialty") == ["Chiropractor"]


def test_places_come_from_the_gazetteer():
    (place,) = suggesting(NamesEngine()).where("chi")
    assert (place.kind, place.code, place.label) == ("place", "Chicago, IL", "Chicago, IL")
    assert suggesting(NamesEngine()).where("zz") == ()
