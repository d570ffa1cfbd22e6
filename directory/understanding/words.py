"""The reader's own word lists and cues, read from the data files beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from directory.understanding.lexicon import Concept
from directory.understanding.tables import group, table
from directory.understanding.tokens import folded_word, words_of

LANGUAGES = ("en", "es")
_EVERYDAY_GROUPS = (
    *("relatives", "dates", "reports", "counted", "streets"),
    *("age_units", "age_marks", "miles", "kilometres"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words; the data files say what each list is for. `ordinary` are the everyday words of all languages."""

    same: Mapping[str, str]
    optional: frozenset[str]
    stop: Mapping[str, frozenset[str]]
    ordinary: frozenset[str]
    never_typos: frozenset[str]
    short_typos: frozenset[str]
    never_plural: frozenset[str]
    never_places: frozenset[str]
    seldom_places: frozenset[str]
    surname_places: frozenset[str]
    surnames: frozenset[str]


@cache
def words() -> Words:
    """The committed word lists, read once a process."""
    data, everyday, names = table("words.toml"), table("stop.toml"), table("names.toml")
    stop = {language: frozenset(words_of(everyday[language])) for language in LANGUAGES}
    listed = {name: frozenset(words_of(names[name])) for name in names}
    return Words(
        same={folded_word(word): folded_word(row[0]) for row in data["same"] for word in row[1:]},
        optional=_folded(data["optional"]),
        stop=stop,
        ordinary=frozenset[str]().union(*stop.values(), *(group(name) for name in _EVERYDAY_GROUPS)),
        never_typos=listed["never_typos"],
        short_typos=_folded(data["short_typos"]),
        never_plural=_folded(data["never_plural"]),
        never_places=listed["never_places"],
        seldom_places=listed["seldom_places"],
        surname_places=listed["surname_places"],
        surnames=listed["surnames"],
    )


def _folded(raw: Any) -> frozenset[str]:
    return frozenset(word for text in raw for word in words_of(text))


@dataclass(frozen=True, slots=True)
class Answerless:
    """Something people ask for that listings do not state: what to say about it, and the filter key it belongs to."""

    code: str
    text: str
    text_es: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Names of what is out of scope: `always` even where something of ours is asked, `over_asked` even where only a
    kind of professional is. `names_es` has their Spanish names."""

    always: frozenset[str]
    over_asked: frozenset[str]
    names_es: Mapping[str, str]


@cache
def scope() -> Scope:
    """How far the rows of out_of_scope.toml reach."""
    rows = table("out_of_scope.toml")["out_of_scope"]
    always = frozenset(row["name"] for row in rows if row.get("always"))
    over_asked = always | frozenset(row["name"] for row in rows if row.get("over_asked"))
    return Scope(always, over_asked, {row["name"]: row["name_es"] for row in rows})


@cache
def answerless() -> Mapping[str, Answerless]:
    """What no listing states, by code."""
    rows = table("unanswerable.toml")["unanswerable"]
    return {row["code"]: Answerless(row["code"], row["text"], row["text_es"]) for row in rows}


def cue_phrases() -> Iterator[tuple[str, Concept]]:
    """Every phrase of the cue, filter and unanswerable tables with what it stands for."""
    for row in table("cues.toml")["cue"]:
        yield from _phrases(row, Concept("cue", row["code"]))
    for row in table("cues.toml")["kind"]:
        yield from _phrases(row, Concept("treatment_kind", row["kind"]))
    for row in table("cues.toml")["means"]:
        yield from _phrases(row, Concept("treatment", row["treatment"]))
    for row in table("cues.toml")["done"]:
        yield from _phrases(row, Concept("treatment", row["treatment"]))
        yield from _phrases(row, Concept("cue", "done"))
    for row in table("filters.toml")["filter"]:
        yield from _phrases(row, Concept("filter", f"{row['key']}={row['value']}"))
    for row in table("unanswerable.toml")["unanswerable"]:
        yield from _phrases(row, Concept("unanswerable", row["code"]))
    for row in table("out_of_scope.toml")["out_of_scope"]:
        yield from _phrases(row, Concept("out_of_scope", row["name"]))


def _phrases(row: Mapping[str, Any], concept: Concept) -> Iterator[tuple[str, Concept]]:
    return ((text, concept) for language in LANGUAGES for text in row[language])
