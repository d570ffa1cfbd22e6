"""The catalogues of words: complete in both languages, with the same blanks to fill."""

import re
import string
from datetime import date

import pytest

from directory.search.listing import OFFERED, Field
from directory.web.pages.texts import LANGUAGES, Texts, load_texts


def forms(entry: object) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())  # type: ignore[attr-defined]


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    english, spanish = (load_texts(language).entries for language in LANGUAGES)
    assert set(english) == set(spanish)
    for key, entry in english.items():
        assert isinstance(entry, str) == isinstance(spanish[key], str), key
        for form in (*forms(entry), *forms(spanish[key])):
            assert blanks(form) | {"count"} == set().union({"count"}, *map(blanks, forms(entry))), key


def test_no_text_is_left_in_the_other_language() -> None:
    english, spanish = (load_texts(language).entries for language in LANGUAGES)
    same = {key for key, entry in english.items() if entry == spanish[key] and re.search(r"[a-z]{3}", str(entry))}
    assert same == {"site.name", "guide.error", "practitioner.npi"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_and_level_has_a_name(language: str) -> None:
    texts = load_texts(language)
    for field in OFFERED:
        assert texts(f"field.{field.value}")
    for field, token in ((Field.KIND, "clinic"), (Field.LEVEL, "reviewed"), (Field.CLINIC_MODEL, "network")):
        assert texts.entries[f"value.{field.value}.{token}"]


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 0, "0 listings"),
        ("en", 1, "1 listing"),
        ("en", 2, "2 listings"),
        ("en", 12_345, "12,345 listings"),
        ("es", 1, "1 ficha"),
        ("es", 0, "0 fichas"),
        ("es", 12_345, "12\u00a0345 fichas"),
    ],
)
def test_numbers_choose_their_plural(language: str, count: int, said: str) -> None:
    assert load_texts(language)("results.total", count=count) == said


@pytest.mark.parametrize(
    ("language", "miles", "said"),
    [("en", 1, "1 mile"), ("en", 2.5, "2.5 miles"), ("es", 1.0, "1 milla"), ("es", 2.5, "2,5 millas")],
)
def test_miles_are_written_as_each_language_does(language: str, miles: float, said: str) -> None:
    assert load_texts(language).miles(miles) == said


def test_dates_are_written_as_each_language_does() -> None:
    day = date(2026, 3, 9)
    assert [load_texts(language).date(day) for language in LANGUAGES] == ["March 9, 2026", "9 de marzo de 2026"]


def test_lists_end_in_a_word() -> None:
    texts = load_texts("en")
    assert [texts.all_of(items) for items in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert load_texts("es").any_of(("a", "b")) == "a o b"


def test_a_missing_text_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError):
        Texts("en", {})("nothing")


def test_only_texts_without_blanks_are_written_into_templates() -> None:
    texts = Texts("en", {"fixed": "Braces {{}} & all", "blank": "{n} left", "many": {"one": "one", "other": "{count}"}})
    assert [texts.is_fixed(key) for key in ("fixed", "blank", "plural")] == [True, False, False]
    assert texts("fixed") == "Braces {} & all"
