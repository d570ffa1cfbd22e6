"""The reader's own word lists and cues, read from the data files beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from directory.understanding.lexicon import Concept
from directory.understanding.tables import table
from directory.understanding.tokens import folded_word, words_of

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words. `same` maps a word to the one it is read as; `stop` has, per language, the words of everyday
    questions; `never_typos` are ordinary words a typo away from the vocabulary's, `never_places` ordinary words
    that are also towns, `surnames` vocabulary words that are also surnames."""

    same: Mapping[str, str]
    optional: frozenset[str]
    stop: Mapping[str, frozenset[str]]
    never_typos: frozenset[str]
    never_places: frozenset[str]
    surnames: frozenset[str]

    @property
    def ordinary(self) -> frozenset[str]:
        return self.stop["en"] | self.stop["es"]


@cache
def words() -> Words:
    """The committed word lists, read once a process."""
    data, stop = table("words.toml"), table("stop.toml")
    return Words(
        same={folded_word(word): folded_word(row[0]) for row in data["same"] for word in row[1:]},
        optional=_folded(data["optional"]),
        stop={language: frozenset(words_of(stop[language])) for language in LANGUAGES},
        never_typos=_folded(data.get("never_typos", ())),
        never_places=_folded(data.get("never_places", ())),
        surnames=_folded(data.get("surnames", ())),
    )


def _folded(raw: Any) -> frozenset[str]:
    return frozenset(word for text in raw for word in words_of(text))


@dataclass(frozen=True, slots=True)
class Answerless:
    """Something people ask for that listings do not state: what to say about it, and the filter key it belongs to."""

    code: str
    text: str
    text_es: str


@cache
def answerless() -> Mapping[str, Answerless]:
    """What no listing states, by code."""
    rows = table("unanswerable.toml")["unanswerable"]
    return {row["code"]: Answerless(row["code"], row["text"], row["text_es"]) for row in rows}


def cue_phrases() -> Iterator[tuple[str, Concept]]:
    """Every phrase of the cue, filter and unanswerable tables with what it stands for."""
    for row in table("cues.toml")["cue"]:
        yield from _phrases(row, Concept("cue", row["code"]))
    for row in table("filters.toml")["filter"]:
        yield from _phrases(row, Concept("filter", f"{row['key']}={row['value']}"))
    for row in table("unanswerable.toml")["unanswerable"]:
        yield from _phrases(row, Concept("unanswerable", row["code"]))
    for row in table("out_of_scope.toml")["out_of_scope"]:
        yield from _phrases(row, Concept("out_of_scope", row["name"]))


def _phrases(row: Mapping[str, Any], concept: Concept) -> Iterator[tuple[str, Concept]]:
    return ((text, concept) for language in LANGUAGES for text in row[language])
