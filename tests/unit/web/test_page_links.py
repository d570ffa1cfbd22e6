"""Addresses of searches: what is kept and what is left out."""

from directory.web.pages.links import Parameters

SEARCH = Parameters.of(
    [("q", "a & b"), ("near", " "), ("language", "es"), ("language", "en"), ("cursor", "x"), ("from", "20")]
)


def test_empty_values_and_what_belongs_to_one_page_are_left_out() -> None:
    assert SEARCH.pairs == (("q", "a & b"), ("language", "es"), ("language", "en"))


def test_values_are_added_once() -> None:
    assert SEARCH.adding("language", "es") == SEARCH
    assert SEARCH.adding("language", "vi").getlist("language") == ["es", "en", "vi"]


def test_one_value_or_all_of_a_name_can_be_dropped() -> None:
    assert SEARCH.dropping_value("language", "es").getlist("language") == ["en"]
    assert SEARCH.dropping("language", "q").pairs == ()
    assert SEARCH.replacing("language", "vi").getlist("language") == ["vi"]


def test_addresses_are_encoded() -> None:
    assert SEARCH.href("/search") == "/search?q=a+%26+b&language=es&language=en"
    assert Parameters().href("/search") == "/search"


def test_the_first_value_is_found_or_the_default() -> None:
    assert SEARCH.get("language") == "es"
    assert SEARCH.get("near", "nowhere") == "nowhere"
