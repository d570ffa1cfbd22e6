"""The one place where names and words are folded and split, for index and query alike.

Both engines are given what these functions return and analyse nothing themselves, so that they cannot differ.
A change here changes `FOLDING`, and with it the fingerprint of a generation: a rebuild is asked for.
"""

import re
import unicodedata
from collections.abc import Iterable

FOLDING = 1
_APOSTROPHES = re.compile("['’ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_JOINS = re.compile("['’ʼ`´‐‑-]")
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
MAX_WORD = 40
"""Letters of a word that are kept: longer ones are no names and would only cost memory."""


def fold(text: str) -> str:
    """Case and accents folded away: "Núñez" -> "nunez", "STRAẞE" -> "strasse"."""
    if text.isascii():
        return text.lower()
    # Decomposing can bring capitals back ("℠" becomes "SM"), so case is folded once more behind it.
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold()
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return plain.translate(_UNDECOMPOSED)


def query_words(text: str) -> tuple[str, ...]:
    """The words a person typed, folded, in order, each once: "O'Brien-Smith" -> ("obrien", "smith")."""
    joined = _APOSTROPHES.sub("", fold(text))
    return tuple(dict.fromkeys(word[:MAX_WORD] for word in _WORD.findall(joined)))


def index_words(texts: Iterable[str]) -> tuple[str, ...]:
    """Every folded word under which the texts are found, sorted.

    Beside the words themselves: the parts around an apostrophe ("o", "brien") and hyphenated words written as
    one ("smithjones"), since people type them either way.
    """
    return tuple(sorted(frozenset().union(*map(words_of, texts))))


def words_of(text: str) -> frozenset[str]:
    """The words of `index_words` for one text."""
    folded = fold(text)
    found = set(_WORD.findall(folded))
    if _JOINS.search(folded):
        joined = _APOSTROPHES.sub("", folded)
        found.update(_WORD.findall(joined), _WORD.findall(_HYPHEN.sub("", joined)))
    return frozenset(word[:MAX_WORD] for word in found)


def sort_name(family: str, given: str) -> str:
    """The key that sorting by name uses: folded, family name first, single spaces."""
    return " ".join(_WORD.findall(_APOSTROPHES.sub("", fold(f"{family} {given}"))))
