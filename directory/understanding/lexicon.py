"""Every phrase that means something, as a tree of folded words, with the words one typo away from its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from directory.search.spelling import within_one_typo
from directory.understanding.tokens import words_of

SHORTEST_TYPO = 5
"""A typo is forgiven in words of at least this many letters,"""
SHORTEST_ALONE = 6
"""and where one word is the whole phrase, if that word has this many."""
_NEVER_CORRECTED = frozenset({"cue", "filter", "unanswerable", "treatment_kind"})
_SHORTEST_PLURAL = 3
_FREE_FIRST_LETTER = 8
"""Words of this many letters may have the typo in their first letter too."""


class Concept(NamedTuple):
    """What a phrase stands for: `kind` is a vocabulary kind or "cue", `code` its code."""

    kind: str
    code: str


class Words(Protocol):
    """The word lists that a lexicon works with; see `words.Words`."""

    @property
    def same(self) -> Mapping[str, str]: ...
    @property
    def optional(self) -> frozenset[str]: ...
    @property
    def ordinary(self) -> frozenset[str]: ...
    @property
    def never_typos(self) -> frozenset[str]: ...
    @property
    def never_plural(self) -> frozenset[str]: ...
    @property
    def short_typos(self) -> frozenset[str]: ...


class Spelling(NamedTuple):
    """A word of the lexicon that a typed word may be, and how many typos lie between them (0 or 1)."""

    word: str
    typos: int


@dataclass(slots=True)
class Node:
    """A word of a phrase: what may follow, and the concepts of the phrase that ends here."""

    following: dict[str, "Node"] = field(default_factory=dict)
    concepts: tuple[Concept, ...] = ()


class Lexicon:
    """Phrases by their words. Built once; nothing changes afterwards.

    `same` maps a folded word to the one it is read as ("disk" -> "disc"). `optional` words may be left out or put
    in anywhere inside a phrase ("pain in [my] leg"). `ordinary` words are never corrected, `never_typos` not where
    they would be a phrase all alone; `short_typos` are the short words that may be one.
    """

    def __init__(
        self,
        phrases: Iterable[tuple[str, Concept]],
        words: Words,
    ) -> None:
        self.root = Node()
        self.optional = words.optional
        self._same = words.same
        self._ordinary = words.ordinary
        self._never_typos = words.never_typos
        self._short_typos = words.short_typos
        self._never_plural = words.never_plural
        self._words: set[str] = set()
        self._correctable: set[str] = set()
        for text, concept in phrases:
            self._add(text, concept)
        self._deletions = _deletions(self._correctable)

    def _add(self, text: str, concept: Concept) -> None:
        words = words_of(text)
        joined = words_of(text.replace("-", "")) if "-" in text else words
        for variant in dict.fromkeys((words, joined, self._bare(words))):
            if variant:
                self._put(tuple(self.same(word) for word in variant), concept)

    def _bare(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The phrase without its optional words, unless a single word would remain."""
        bare = tuple(word for word in words if word not in self.optional)
        return bare if len(bare) > 1 else words

    def _put(self, words: tuple[str, ...], concept: Concept) -> None:
        node = self.root
        for word in words:
            node = node.following.setdefault(word, Node())
        if concept not in node.concepts:
            node.concepts = (*node.concepts, concept)
        self._words.update(words)
        if concept.kind not in _NEVER_CORRECTED:
            self._correctable.update(word for word in words if len(word) >= SHORTEST_TYPO and word.isalpha())

    def same(self, word: str) -> str:
        """The word that a word is read as; itself, mostly."""
        return self._same.get(word, word)

    def knows(self, word: str) -> bool:
        """True for a word of any phrase, as it stands or in the other number."""
        return any(True for _ in self._known(word))

    def spellings(self, word: str) -> tuple[Spelling, ...]:
        """Words of the lexicon that a typed word may be: itself and its other number, else those one typo away."""
        known = tuple(Spelling(found, 0) for found in self._known(word))
        if known or len(word) < SHORTEST_TYPO or word in self._ordinary or not word.isalpha():
            return known
        return tuple(Spelling(found, 1) for found in self._one_typo_away(word))

    def stands_alone(self, typed: str, meant: str) -> bool:
        """Whether a misspelt word may be a phrase by itself; never where it is a word, a name or a town of its own."""
        return typed not in self._never_typos and (len(meant) >= SHORTEST_ALONE or meant in self._short_typos)

    def _known(self, word: str) -> Iterator[str]:
        read = self.same(word)
        if read in self._words:
            yield read
        for other in _other_number(read) if word not in self._never_plural else ():
            if other in self._words:
                yield other

    def _one_typo_away(self, word: str) -> Iterator[str]:
        near = {found for key in _with_deletions(word) for found in self._deletions.get(key, ())}
        for found in sorted(near):
            begins_alike = found[0] == word[0] or found[:2] == word[1::-1]
            if (begins_alike or len(found) >= _FREE_FIRST_LETTER) and within_one_typo(word, found):
                yield self.same(found)


def _other_number(word: str) -> Iterator[str]:
    """English and Spanish plural or singular of a word."""
    if len(word) < _SHORTEST_PLURAL:
        return
    yield f"{word}s"
    if not word.endswith(("a", "e", "o")):
        yield f"{word}es"
    for ending in ("es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_PLURAL:
            yield word.removesuffix(ending)


def _deletions(words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Every word and what remains of it without one letter -> the words."""
    table: dict[str, list[str]] = {}
    for word in sorted(words):
        for key in _with_deletions(word):
            table.setdefault(key, []).append(word)
    return {key: tuple(found) for key, found in table.items()}


def _with_deletions(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
