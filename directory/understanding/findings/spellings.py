"""Reads misspelt words as the words of the lexicon that they are one slip away from."""

import re
from collections import defaultdict
from collections.abc import Iterable

_SHORTEST = 5
"""Letters: below, one slip makes one word into too many others."""
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")


class Spellings:
    """Finds lexicon words by one insertion, deletion, substitution or swap.

    `ordinary` words are never read as slips: "lever" is no fever.
    """

    def __init__(self, words: Iterable[str], stems: Iterable[str], ordinary: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._ordinary = frozenset(ordinary)
        self._stems = defaultdict(list)
        for stem in sorted(set(stems)):
            self._stems[stem[:3]].append(stem)
        self._near: dict[str, set[str]] = defaultdict(set)
        for word in sorted(self._words):
            if len(word) >= _SHORTEST:
                for key in _shortened(word):
                    self._near[key].add(word)

    def readings(self, word: str) -> tuple[str, ...]:
        """Return the words and stems ("numb*") of the lexicon that a folded word may stand for."""
        plain = [word, *_without_runs(word)]
        exact = [*dict.fromkeys(name for spelling in plain for name in self._exact(spelling))]
        exact = exact or [name for spelling in plain for name in self._inflected(spelling)]
        if exact or word in self._ordinary:
            return tuple(exact)
        return tuple(sorted({near for spelling in plain for near in self._misspelt(spelling)}))

    def _exact(self, word: str) -> list[str]:
        whole = [word] if word in self._words else []
        return whole + [f"{stem}*" for stem in self._stems.get(word[:3], ()) if word.startswith(stem)]

    def _inflected(self, word: str) -> list[str]:
        if len(word) < _SHORTEST:
            return []
        return [other for other in (f"{word}s", word.removesuffix("s")) if other != word and other in self._words]

    def _misspelt(self, word: str) -> Iterable[str]:
        if len(word) < _SHORTEST - 1:
            return
        for key in _shortened(word):
            for candidate in self._near.get(key, ()):
                if one_slip_apart(word, candidate):
                    yield candidate
                    yield from (name for name in self._exact(candidate) if name != candidate)


def one_slip_apart(one: str, other: str) -> bool:
    """Say whether two different words are one insertion, deletion, substitution or adjacent swap apart."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    return swapped or one[start + 1 :] == other[start + 1 :]


def _shortened(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _without_runs(word: str) -> tuple[str, ...]:
    if not _LONG_RUN.search(word):
        return ()
    return (_LONG_RUN.sub(r"\1\1", word), _LONG_RUN.sub(r"\1", word))
